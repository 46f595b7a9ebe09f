from __future__ import annotations

from tests.agent.handbook.scene import gap, on, sh, verdict


def test_a_program_that_a_later_step_installs_is_installed_first() -> None:
    scene = on(sh("ninja --version"), sh("sudo apt install ninja-build"))

    answer = scene.ask("ninja --version", "bash: ninja: command not found", 127)

    assert verdict(answer) == (
        "program_later", "wrong_order", "before",
        ("apt-get update", "apt install -y ninja-build"),
    )  # fmt: skip
    assert gap(answer).location.line == 4


def test_a_package_with_another_name_than_its_program_is_recognised() -> None:
    scene = on(sh("tsc a.ts"), sh("npm install -g typescript"))

    answer = scene.ask("tsc a.ts", "bash: tsc: command not found", 127)

    assert verdict(answer)[:2] == ("program_later", "wrong_order")
