from __future__ import annotations

from tests.agent.handbook.scene import Scene, gap, on, remedy, sh, verdict

PIP = {"pip": ("/root/work/.venv/bin/pip",)}
NO_PIP = "bash: line 4: pip: command not found"


def test_an_environment_that_was_made_but_never_activated() -> None:
    scene = on(sh("python3 -m venv .venv", "pip install x"), found=PIP)

    answer = scene.ask("pip install x", NO_PIP, 127)

    assert verdict(answer) == (
        "environment_inactive", "missing_prerequisite", "before",
        ("source .venv/bin/activate",),
    )  # fmt: skip


def test_an_environment_that_is_activated_too_late() -> None:
    scene = on(sh("python3 -m venv .venv", "pip install x", "source .venv/bin/activate"), found=PIP)

    answer = scene.ask("pip install x", NO_PIP, 127)

    assert gap(answer).kind == "wrong_order"


def served(*between: str) -> Scene:
    return on(
        sh("python3 -m venv .venv", "source .venv/bin/activate", "gen serve"),
        *between,
        sh("gen build"),
        found={"gen": ("/root/work/.venv/bin/gen",)},
        terminal=2,
        servers={"1": 6},
    )


def test_a_server_that_holds_the_terminal_where_the_environment_is_active() -> None:
    answer = served().ask("gen build", "bash: gen: command not found", 127)

    assert gap(answer).kind == "long_running"
    assert "line 6" in gap(answer).problem
    assert remedy(answer).commands == ("source .venv/bin/activate",)


def test_a_second_terminal_that_the_text_asks_for_lacks_only_the_activation() -> None:
    scene = served("Now open another terminal:")

    answer = scene.ask("gen build", "bash: gen: command not found", 127)

    assert gap(answer).kind == "missing_prerequisite"


def test_the_environment_of_an_earlier_remedy_is_no_gap() -> None:
    scene = on(sh("pip install gen", "gen build"))
    first = scene.ask("pip install gen", NO_PIP, 127)
    machine = {"found": {"gen": ("/root/.venv/bin/gen",)}}

    answer = (
        Scene(scene.text, machine)
        .after(first)
        .ask("gen build", "bash: gen: command not found", 127)
    )

    assert answer.diagnosis is None
    assert remedy(answer).commands == ("source ~/.venv/bin/activate",)


def test_a_program_of_node_modules_is_run_through_npx() -> None:
    scene = on(
        sh("npm install --save-dev lintor", "lintor src"),
        found={"lintor": ("/root/work/node_modules/.bin/lintor",)},
    )

    answer = scene.ask("lintor src", "bash: lintor: command not found", 127)

    assert verdict(answer)[1:] == ("missing_prerequisite", "replace", ("npx lintor src",))
