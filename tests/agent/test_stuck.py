"""When the Student asks, and for which reason."""

import itertools

import pytest

from smile.agent.stuck import judge, specific_trigger
from smile.wire import CommandOutcome, Failure, Patience, StudentBehavior, Trigger

FAILURES = {
    Trigger.MISSING_DEPENDENCY: Failure(
        command="make", exit_code=127, output="bash: make: command not found"
    ),
    Trigger.AMBIGUOUS_INSTRUCTION: Failure(
        command="cd <your-project>", exit_code=2, output="syntax error"
    ),
    Trigger.COMMAND_FAILURE: Failure(command="./check", exit_code=1, output="no"),
    Trigger.TIMEOUT: Failure(command="./wait", outcome=CommandOutcome.TIMED_OUT),
}
SWITCHES = {
    Trigger.MISSING_DEPENDENCY: "ask_on_missing_dependency",
    Trigger.AMBIGUOUS_INSTRUCTION: "ask_on_ambiguous_instruction",
    Trigger.COMMAND_FAILURE: "ask_on_command_failure",
    Trigger.TIMEOUT: "ask_on_timeout",
}


@pytest.mark.parametrize(("trigger", "failure"), FAILURES.items())
def test_the_most_specific_trigger_wins(trigger: Trigger, failure: Failure) -> None:
    assert specific_trigger(failure) is trigger


@pytest.mark.parametrize(("trigger", "failure"), FAILURES.items())
def test_low_patience_asks_at_the_first_difficulty(trigger: Trigger, failure: Failure) -> None:
    verdict = judge(failure, 1, StudentBehavior())
    assert (verdict.trigger, verdict.ask) == (trigger, True)


@pytest.mark.parametrize(("trigger", "failure"), FAILURES.items())
def test_a_trigger_switched_off_waits_for_the_last_retry(
    trigger: Trigger, failure: Failure
) -> None:
    behavior = StudentBehavior.model_validate({SWITCHES[trigger]: False})
    asked = [judge(failure, n, behavior).ask for n in (1, 2, 3)]
    assert asked == [False, False, True]
    assert judge(failure, 3, behavior).trigger is Trigger.MAX_RETRIES


def test_patience_changes_after_how_many_failures_is_asked() -> None:
    failure = FAILURES[Trigger.COMMAND_FAILURE]

    def first(patience: Patience) -> int:
        behavior = StudentBehavior(patience_level=patience, max_retries_before_help=4)
        return next(n for n in itertools.count(1) if judge(failure, n, behavior).ask)

    assert [first(p) for p in (Patience.LOW, Patience.MEDIUM, Patience.HIGH)] == [1, 2, 4]


@pytest.mark.parametrize(
    "command", ["cp path/to/file .", "export KEY=YOUR_API_KEY; x", "git clone x/your-name/y"]
)
def test_a_placeholder_is_ambiguous(command: str) -> None:
    failure = Failure(command=command, exit_code=1, output="nope")
    assert specific_trigger(failure) is Trigger.AMBIGUOUS_INSTRUCTION


@pytest.mark.parametrize("command", ["cat <input >output", "sort < list.txt", "grep '<b>(x)' f"])
def test_a_redirection_is_no_placeholder(command: str) -> None:
    assert specific_trigger(Failure(command=command, exit_code=1)) is Trigger.COMMAND_FAILURE


def test_a_file_that_can_not_be_written_is_a_failure_like_a_commands() -> None:
    failure = Failure(
        problem="can't write /w/src/a.py: No such file or directory", path="/w/src/a.py"
    )
    assert specific_trigger(failure) is Trigger.COMMAND_FAILURE
