from __future__ import annotations

from tests.agent.handbook.scene import gap, on, sh, verdict

from smile.wire import CommandOutcome, Trigger


def test_a_server_is_left_running_in_the_background() -> None:
    answer = on(sh("gen serve")).ask(
        "gen serve", "Serving on http://127.0.0.1:8000/", None,
        trigger=Trigger.TIMEOUT, outcome=CommandOutcome.TIMED_OUT,
    )  # fmt: skip

    assert verdict(answer) == ("keeps_running", "long_running", "replace", ("gen serve &",))


def test_a_program_that_hangs_without_a_word_is_left_out() -> None:
    answer = on(sh("gen wait")).ask(
        "gen wait", "", None, trigger=Trigger.TIMEOUT, outcome=CommandOutcome.TIMED_OUT
    )

    assert gap(answer).kind == "long_running"
    assert not answer.resolvable
