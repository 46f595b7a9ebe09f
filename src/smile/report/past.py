"""Whether a later attempt got past a stop, and what that makes of the gap."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from smile.report.record import Attempt
from smile.report.stops import Stop, remedy_failed, same_place, same_symptom
from smile.tutorial.model import Run, Tutorial
from smile.wire import (
    CommandOutcome,
    CommandRan,
    FixState,
    Origin,
    Severity,
    StepEnded,
    StepState,
)

__all__ = ["Verdict", "judge", "verdict"]


class Verdict(Enum):
    """What a later attempt tells of a stop."""

    PAST = auto()
    LEFT_OUT = auto()
    OTHER_PROBLEM = auto()
    """Stuck at the same place for another cause: this one is gone, the step is not done."""
    SAME_PROBLEM = auto()
    NOTHING = auto()


def verdict(stop: Stop, attempt: Attempt, tutorial: Tutorial) -> Verdict:
    """What an attempt after the answer tells of it."""
    again = attempt.stopped
    if remedy_failed(stop, attempt):
        return Verdict.SAME_PROBLEM
    if again is not None and same_place(stop, again):
        same = same_symptom(stop, again)
        return Verdict.SAME_PROBLEM if same else Verdict.OTHER_PROBLEM
    step = -1 if stop.student.step is None else stop.student.step
    end = attempt.ended(step) if step >= 0 else None
    if end is not None and end.state is StepState.FOLLOWED:
        return Verdict.PAST
    if stop.given_up:
        return Verdict.LEFT_OUT if end else Verdict.NOTHING
    if any(_past_command(stop, step, seen, tutorial) for seen in attempt.commands()):
        return Verdict.PAST
    if end is not None:
        # Another command of the step failed, or the step was left out.
        return Verdict.NOTHING if end.state is StepState.FAILED else Verdict.LEFT_OUT
    return Verdict.PAST if step >= 0 and _did_later(attempt, step) else Verdict.NOTHING


def _past_command(stop: Stop, step: int, seen: CommandRan, tutorial: Tutorial) -> bool:
    """Whether this is the command of the stop and ended as wanted, or one below it in its step."""
    if _is_command_of(stop, seen) and _as_wanted(seen, tutorial):
        return True
    return seen.origin is Origin.TUTORIAL and seen.step == step and seen.line > stop.line


def _did_later(attempt: Attempt, step: int) -> bool:
    return any(
        seen.step > step
        and (
            isinstance(seen, CommandRan)
            or (isinstance(seen, StepEnded) and seen.state is StepState.FOLLOWED)
        )
        for seen in attempt.observations
    )


def _is_command_of(stop: Stop, seen: CommandRan) -> bool:
    return seen.line == stop.line and seen.text.strip() == stop.failure.command.strip() != ""


def _as_wanted(seen: CommandRan, tutorial: Tutorial) -> bool:
    if seen.outcome is CommandOutcome.RUNNING:
        return True
    if seen.outcome is not CommandOutcome.EXITED:
        return False
    step = tutorial.steps[seen.step] if 0 <= seen.step < len(tutorial.steps) else None
    return seen.exit_code == 0 or (isinstance(step, Run) and step.fails)


def judge(stop: Stop, verdicts: Iterable[Verdict]) -> tuple[Severity, FixState]:
    """How much a stop hurts and whether its fix works, by the attempts after the answer."""
    seen = list(verdicts)
    decisive = [v for v in seen if v in {Verdict.PAST, Verdict.SAME_PROBLEM}]
    fix = FixState.UNVERIFIED
    if decisive:
        # A problem that comes back is not mended: the last attempt that met it decides.
        fix = FixState.VERIFIED if decisive[-1] is Verdict.PAST else FixState.FAILED
    if stop.answer is None or not stop.answer.resolvable:
        return Severity.CRITICAL, fix
    if any(v in {Verdict.PAST, Verdict.OTHER_PROBLEM} for v in seen):
        return Severity.MAJOR, fix
    if stop.given_up or Verdict.LEFT_OUT in seen:
        return Severity.CRITICAL, fix
    untried = fix is FixState.UNVERIFIED and stop.answer.remedy is not None
    return Severity.MAJOR if untried else Severity.CRITICAL, fix
