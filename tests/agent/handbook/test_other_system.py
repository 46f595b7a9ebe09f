from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy, sh


def test_homebrew_is_another_systems() -> None:
    answer = on(sh("brew install jq")).ask("brew install jq", "bash: brew: command not found", 127)

    assert gap(answer).kind == "environment_assumption"
    assert not answer.resolvable


def test_opening_a_browser_can_be_left_out_without_harm() -> None:
    answer = on(sh("open http://localhost:80")).ask(
        "open http://localhost:80", "bash: open: command not found", 127
    )

    assert remedy(answer).action == "accept"
