from __future__ import annotations

from tests.agent.handbook.scene import gap, on, sh, verdict


def test_a_program_in_the_users_own_directory_needs_path() -> None:
    scene = on(
        sh("cargo install frob", "frob -v"),
        found={"frob": ("/root/.cargo/bin/frob",)},
        variables={"PATH": "/usr/bin:/bin"},
    )

    answer = scene.ask("frob -v", "bash: frob: command not found", 127)

    assert verdict(answer) == (
        "path_not_set", "undefined_variable", "before",
        ('export PATH="$HOME/.cargo/bin:$PATH"',),
    )  # fmt: skip


def test_an_environment_whose_programs_are_started_by_path_needs_path_too() -> None:
    scene = on(
        sh("python3 -m venv ~/.toolenv", "~/.toolenv/bin/pip install frob", "frob -v"),
        found={"frob": ("/root/.toolenv/bin/frob",)},
        variables={"PATH": "/usr/bin:/bin"},
    )

    answer = scene.ask("frob -v", "bash: frob: command not found", 127)

    assert gap(answer).kind == "undefined_variable"
    assert "PATH" in gap(answer).suggested_fix
