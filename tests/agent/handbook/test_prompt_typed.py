from __future__ import annotations

from tests.agent.handbook.scene import on, sh, verdict


def test_a_prompt_sign_is_taken_off_the_command() -> None:
    command = "> npm install -g typescript"

    answer = on(sh(command)).ask(command, "install: missing file operand", 1)

    assert verdict(answer) == (
        "prompt_typed", "broken_command", "replace", ("npm install -g typescript",),
    )  # fmt: skip
