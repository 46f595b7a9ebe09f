"""Where the Student was stuck, one value for each cause, through all iterations that met it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smile.report.output import same_failure
from smile.report.record import Attempt
from smile.wire import (
    Change,
    ChangeAction,
    Diagnosis,
    Failure,
    GapKind,
    Location,
    MentorNote,
    Remedy,
    RemedyAction,
    StudentOutput,
    Trigger,
)

__all__ = ["Stop", "merge", "remedy_failed", "same_cause", "same_place", "same_symptom", "stop_of"]

_KINDS = {
    Trigger.MISSING_DEPENDENCY: GapKind.MISSING_PREREQUISITE,
    Trigger.AMBIGUOUS_INSTRUCTION: GapKind.AMBIGUOUS_INSTRUCTION,
    Trigger.COMMAND_FAILURE: GapKind.BROKEN_COMMAND,
    Trigger.TIMEOUT: GapKind.LONG_RUNNING,
    Trigger.MAX_RETRIES: GapKind.BROKEN_COMMAND,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the Student was stuck for one cause, through all iterations that met it.

    ``student`` and ``seen_in`` are the attempt that shows it; ``since`` is the last iteration
    that asked about it, so that only later ones can tell whether the answer helped.
    """

    student: StudentOutput
    seen_in: Attempt
    diagnosis: Diagnosis
    given: bool
    """The diagnosis is the Mentor's own."""
    since: int
    answer: MentorNote | None
    remedies: tuple[Remedy, ...] = ()

    @property
    def line(self) -> int:
        """Where it stopped; that is not always where the tutorial lacks something."""
        return (self.student.location or self.diagnosis.location).line

    @property
    def given_up(self) -> bool:
        """The Mentor's last word is to leave the command out."""
        last = self.answer.remedy if self.answer else None
        return last is not None and last.action is RemedyAction.SKIP

    @property
    def failure(self) -> Failure:
        """What was seen to fail; empty when nothing was."""
        return self.student.failure or Failure()


def stop_of(student: StudentOutput, attempt: Attempt) -> Stop:
    """The stop of an attempt, with the Mentor's diagnosis or else the Student's own words."""
    answer = attempt.answer
    given = answer.diagnosis if answer else None
    return Stop(
        student=student,
        seen_in=attempt,
        diagnosis=given or _own_diagnosis(student, answer),
        given=given is not None,
        since=attempt.iteration,
        answer=answer,
        remedies=(answer.remedy,) if answer and answer.remedy else (),
    )


def _own_diagnosis(student: StudentOutput, answer: MentorNote | None) -> Diagnosis:
    """What the Student tells, for an answer in plain text and for one that gave up."""
    failure = student.failure or Failure()
    trouble = student.reason or student.problem or failure.problem or student.summary
    title = f"`{_first_line(failure.command)}` fails" if failure.command else _first_line(trouble)
    return Diagnosis(
        kind=_KINDS[student.trigger] if student.trigger else GapKind.AMBIGUOUS_INSTRUCTION,
        title=title,
        problem=trouble,
        suggested_fix=answer.answer if answer and answer.resolvable else "",
        location=student.location or Location(line=1, end_line=1),
    )


def _first_line(text: str) -> str:
    line = next(iter(text.strip().splitlines()), "")
    return line if len(line) <= 80 else line[:79] + "…"


# --- the same problem twice -------------------------------------------------------------------


def merge(stops: list[Stop], stop: Stop) -> None:
    """Add a stop to those before it, or to the one of them that it shows again."""
    for index, earlier in enumerate(stops):
        if remedy_failed(earlier, stop.seen_in):
            stops[index] = _mend_remedy(earlier, stop)
            return
        if same_cause(earlier, stop):
            stops[index] = _supersede(earlier, stop)
            return
    stops.append(stop)


def same_cause(earlier: Stop, stop: Stop) -> bool:
    """Whether the later stop shows the gap of the earlier one."""
    if remedy_failed(earlier, stop.seen_in):
        return True
    return same_place(earlier, stop.student) and _same_problem(earlier, stop)


def remedy_failed(earlier: Stop, attempt: Attempt) -> bool:
    """Whether this attempt was stopped by what the Mentor had added: not the tutorial's fault."""
    student = attempt.stopped
    if student is None or student.failure is None:
        return False
    command = student.failure.command
    line = student.location.line if student.location else earlier.line
    added = any(
        remedy.action is not RemedyAction.REPLACE and _among(command, remedy)
        for remedy in earlier.remedies
    )
    return added and attempt.from_note(command, line)


def _among(command: str, remedy: Remedy) -> bool:
    return bool(command) and command.strip() in {text.strip() for text in remedy.commands}


def _mend_remedy(earlier: Stop, stop: Stop) -> Stop:
    """The same gap, with what the answer about its remedy adds to the fix."""
    texts = [stop.diagnosis.suggested_fix, earlier.diagnosis.suggested_fix]
    remedy = stop.answer.remedy if stop.answer else None
    if remedy is not None and remedy.action is RemedyAction.REPLACE:
        texts = texts[:1]
    elif remedy is not None and remedy.action is RemedyAction.AFTER:
        texts.reverse()
    fix = "\n\n".join(dict.fromkeys(text for text in texts if text))
    changes = _mended(earlier.diagnosis.changes, stop)
    return replace(
        earlier,
        diagnosis=earlier.diagnosis.model_copy(update={"suggested_fix": fix, "changes": changes}),
        since=stop.since,
        answer=stop.answer,
        remedies=(*earlier.remedies, *stop.remedies),
    )


def _mended(changes: tuple[Change, ...], stop: Stop) -> tuple[Change, ...]:
    """The changes with what the answer about their remedy adds to them, or corrects in them."""
    failed, more = stop.failure.command.strip(), stop.diagnosis.changes
    instead = [c for c in more if c.action is ChangeAction.REPLACE and c.line == stop.line]
    if not instead:
        return (*more, *changes)
    return tuple(
        change.model_copy(
            update={
                "commands": tuple(
                    new
                    for old in change.commands
                    for new in (instead[-1].commands if old == failed else (old,))
                )
            }
        )
        for change in changes
    )


def _supersede(earlier: Stop, stop: Stop) -> Stop:
    """The same problem again: the last diagnosis of the Mentor stands."""
    known = stop if stop.given or not earlier.given else earlier
    # A fix that is proposed once more was already seen to fail.
    repeated = known.diagnosis.suggested_fix == earlier.diagnosis.suggested_fix
    unchanged = repeated and all(remedy in earlier.remedies for remedy in stop.remedies)
    return replace(
        stop,
        since=earlier.since if unchanged else stop.since,
        diagnosis=known.diagnosis,
        given=known.given,
        answer=stop.answer or earlier.answer,
        remedies=(*earlier.remedies, *stop.remedies),
    )


def same_place(stop: Stop, student: StudentOutput) -> bool:
    """Whether the Student is stuck at the same command, file or address of the same line."""
    failure = student.failure or Failure()
    line = student.location.line if student.location else None
    if stop.student.location and line is not None and line != stop.line:
        return False
    if failure.command.strip() == stop.failure.command.strip():
        return (failure.path, failure.url) == (stop.failure.path, stop.failure.url)
    # What a remedy puts in the place of a command stands for that command.
    return any(
        remedy.action is RemedyAction.REPLACE and _among(failure.command, remedy)
        for remedy in stop.remedies
    )


def _same_problem(earlier: Stop, stop: Stop) -> bool:
    ours, theirs = earlier.diagnosis, stop.diagnosis
    if earlier.given and stop.given and (ours.kind, ours.title) == (theirs.kind, theirs.title):
        return True
    return same_symptom(earlier, stop.student)


def same_symptom(stop: Stop, student: StudentOutput) -> bool:
    """Whether what was seen to fail looks the same; both are at the same place."""
    if stop.student.failure is None or student.failure is None:
        return stop.student.failure is student.failure and stop.student.trigger is student.trigger
    return same_failure(stop.student.failure, student.failure)
