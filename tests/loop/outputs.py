"""Values that the tests of the loop share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smile.wire import (
    CommandOutcome,
    CommandRan,
    MentorResult,
    Remedy,
    RemedyAction,
    StudentOutput,
    StudentStatus,
)

T0 = datetime(2030, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def completed() -> StudentOutput:
    return StudentOutput(
        status=StudentStatus.COMPLETED, current_step="3", attempted_actions=("a",), summary="done"
    )


def asking(question: str = "What is missing?") -> StudentOutput:
    return StudentOutput(
        status=StudentStatus.ASK_MENTOR,
        current_step="2",
        attempted_actions=("make",),
        summary="stuck",
        question_for_mentor=question,
    )


def giving_up() -> StudentOutput:
    return StudentOutput(
        status=StudentStatus.CANNOT_COMPLETE,
        current_step="2",
        attempted_actions=(),
        summary="no way",
        reason="step 2 was skipped",
    )


def answer(
    text: str = "install make", *, resolvable: bool = True, action: RemedyAction | None = None
) -> MentorResult:
    remedy = Remedy(line=3, action=action) if action else None
    return MentorResult(mentor_output=text, timestamp=T0, resolvable=resolvable, remedy=remedy)


def command(iteration: int = 1, text: str = "make", second: float = 0) -> CommandRan:
    return CommandRan(
        timestamp=at(second),
        iteration=iteration,
        step=0,
        line=1,
        end_line=1,
        text=text,
        cwd="/workspace/work",
        outcome=CommandOutcome.EXITED,
        exit_code=0,
    )
