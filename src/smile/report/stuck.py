"""Gaps from where the Student was stuck, and whether the Mentor's fix was seen to work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from smile.report.model import Evidence, Gap, Place, SetAside
from smile.report.output import same_failure, telling_lines
from smile.report.record import Attempt
from smile.tutorial.model import Lines, Run, Tutorial
from smile.wire import (
    CommandOutcome,
    CommandRan,
    Diagnosis,
    Failure,
    FixState,
    GapKind,
    Location,
    MentorNote,
    Origin,
    Remedy,
    RemedyAction,
    Requested,
    Severity,
    StepEnded,
    StepState,
    StudentOutput,
    StudentStatus,
    Trigger,
)

__all__ = ["place_of", "stuck_gaps"]

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
    def failure(self) -> Failure:
        """What was seen to fail; empty when nothing was."""
        return self.student.failure or Failure()


class Verdict(Enum):
    """What a later attempt tells of a stop."""

    PAST = auto()
    LEFT_OUT = auto()
    OTHER_PROBLEM = auto()
    """Stuck at the same place for another cause: this one is gone, the step is not done."""
    SAME_PROBLEM = auto()
    NOTHING = auto()


def stuck_gaps(
    tutorial: Tutorial, attempts: tuple[Attempt, ...]
) -> tuple[tuple[Gap, ...], tuple[SetAside, ...]]:
    """The gaps that stopped the Student (ids empty), and what is not counted as one."""
    stops: list[Stop] = []
    set_aside: list[SetAside] = []
    for attempt in attempts:
        student = attempt.stopped
        if student is None:
            continue
        reason = _why_not_counted(student, attempt.answer)
        stop = _stop(student, attempt)
        if not reason:
            _merge(stops, stop)
        elif not any(_same_cause(earlier, stop) for earlier in stops):
            set_aside.append(_aside(stop, reason, tutorial))
    return tuple(_gap(stop, attempts, tutorial) for stop in stops), _once(set_aside)


def _why_not_counted(student: StudentOutput, answer: MentorNote | None) -> str:
    doubtful = student.failure.doubtful if student.failure else ()
    if doubtful:
        lines = ", ".join(str(place.line) for place in doubtful)
        word = "a step" if len(doubtful) == 1 else "steps"
        return f"It may come from {word} that SMILE did not follow: line {lines}."
    if answer is None and student.status is StudentStatus.ASK_MENTOR:
        return "The run ended before the Mentor answered."
    return ""


def _once(aside: list[SetAside]) -> tuple[SetAside, ...]:
    """The last of those that show the same thing at the same place."""
    last = {(a.location.line_number, a.evidence.command, a.reason): a for a in aside}
    return tuple(last.values())


def _stop(student: StudentOutput, attempt: Attempt) -> Stop:
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


def _merge(stops: list[Stop], stop: Stop) -> None:
    for index, earlier in enumerate(stops):
        if _remedy_failed(earlier, stop.seen_in):
            stops[index] = _mend_remedy(earlier, stop)
            return
        if _same_cause(earlier, stop):
            stops[index] = _supersede(earlier, stop)
            return
    stops.append(stop)


def _same_cause(earlier: Stop, stop: Stop) -> bool:
    if _remedy_failed(earlier, stop.seen_in):
        return True
    return _same_place(earlier, stop.student) and _same_problem(earlier, stop)


def _remedy_failed(earlier: Stop, attempt: Attempt) -> bool:
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
    return replace(
        earlier,
        diagnosis=earlier.diagnosis.model_copy(update={"suggested_fix": fix}),
        since=stop.since,
        answer=stop.answer,
        remedies=(*earlier.remedies, *stop.remedies),
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


def _same_place(stop: Stop, student: StudentOutput) -> bool:
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
    return _same_symptom(earlier, stop.student)


def _same_symptom(stop: Stop, student: StudentOutput) -> bool:
    if stop.student.failure is None or student.failure is None:
        return stop.student.failure is student.failure and stop.student.trigger is student.trigger
    return same_failure(stop.student.failure, student.failure)


# --- whether it was got past ------------------------------------------------------------------


def _verdict(stop: Stop, attempt: Attempt, tutorial: Tutorial) -> Verdict:
    again = attempt.stopped
    if _remedy_failed(stop, attempt):
        return Verdict.SAME_PROBLEM
    if again is not None and _same_place(stop, again):
        same = _same_symptom(stop, again)
        return Verdict.SAME_PROBLEM if same else Verdict.OTHER_PROBLEM
    step = stop.student.step
    end = attempt.ended(step) if step is not None and step >= 0 else None
    if end is not None and end.state is StepState.FOLLOWED:
        return Verdict.PAST
    if end is not None and end.state is not StepState.FAILED:
        return Verdict.LEFT_OUT
    if _went_beyond(stop, attempt, tutorial, step_failed=end is not None):
        return Verdict.PAST
    return Verdict.NOTHING


def _went_beyond(stop: Stop, attempt: Attempt, tutorial: Tutorial, *, step_failed: bool) -> bool:
    """Whether the command of the stop ended as wanted, or something after it was done."""
    step = -1 if stop.student.step is None else stop.student.step
    for seen in attempt.observations:
        if isinstance(seen, CommandRan):
            if _is_command_of(stop, seen) and _as_wanted(seen, tutorial):
                return True
            if seen.origin is Origin.TUTORIAL and seen.line > stop.line > 0 and seen.step == step:
                return True
        done = isinstance(seen, CommandRan) or (
            isinstance(seen, StepEnded) and seen.state is StepState.FOLLOWED
        )
        if done and seen.step > step >= 0 and not step_failed:
            return True
    return False


def _is_command_of(stop: Stop, seen: CommandRan) -> bool:
    return seen.line == stop.line and seen.text.strip() == stop.failure.command.strip() != ""


def _as_wanted(seen: CommandRan, tutorial: Tutorial) -> bool:
    if seen.outcome is CommandOutcome.RUNNING:
        return True
    if seen.outcome is not CommandOutcome.EXITED:
        return False
    step = tutorial.steps[seen.step] if 0 <= seen.step < len(tutorial.steps) else None
    return seen.exit_code == 0 or (isinstance(step, Run) and step.fails)


def _judge(stop: Stop, verdicts: Iterable[Verdict]) -> tuple[Severity, FixState]:
    seen = list(verdicts)
    decisive = [v for v in seen if v in {Verdict.PAST, Verdict.SAME_PROBLEM}]
    fix = FixState.UNVERIFIED
    if decisive:
        # A problem that comes back is not mended: the last attempt that met it decides.
        fix = FixState.VERIFIED if decisive[-1] is Verdict.PAST else FixState.FAILED
    if stop.answer is None or not stop.answer.resolvable:
        return Severity.CRITICAL, fix
    if any(v in {Verdict.PAST, Verdict.LEFT_OUT, Verdict.OTHER_PROBLEM} for v in seen):
        return Severity.MAJOR, fix
    untried = fix is FixState.UNVERIFIED and stop.answer.remedy is not None
    return Severity.MAJOR if untried else Severity.CRITICAL, fix


# --- values of the report ---------------------------------------------------------------------


def _gap(stop: Stop, attempts: tuple[Attempt, ...], tutorial: Tutorial) -> Gap:
    later = (a for a in attempts if a.iteration > stop.since)
    severity, fix = _judge(stop, (_verdict(stop, a, tutorial) for a in later))
    diagnosis = stop.diagnosis
    return Gap(
        id="",
        title=diagnosis.title,
        kind=diagnosis.kind,
        severity=severity,
        location=place_of(diagnosis.location, tutorial),
        problem=diagnosis.problem,
        suggested_fix=diagnosis.suggested_fix,
        evidence=_evidence(stop),
        fix=fix,
        trigger=stop.student.trigger,
        rule=diagnosis.rule,
    )


def _aside(stop: Stop, reason: str, tutorial: Tutorial) -> SetAside:
    where = stop.student.location or stop.diagnosis.location
    return SetAside(
        title=stop.diagnosis.title,
        location=place_of(where, tutorial),
        problem=stop.diagnosis.problem,
        reason=reason,
        evidence=_evidence(stop),
    )


def _evidence(stop: Stop) -> Evidence:
    failure = stop.failure
    lines = list(telling_lines(failure.output))
    if failure.problem and failure.problem not in lines:
        lines.append(failure.problem)
    for seen in stop.seen_in.observations:
        if isinstance(seen, Requested) and seen.step == stop.student.step:
            refused = seen.error or (f"HTTP {seen.status}" if (seen.status or 0) >= 400 else "")
            if refused:
                lines.append(f"{seen.url}: {refused}")
    return Evidence(
        iteration=stop.seen_in.iteration,
        command=failure.command,
        exit_code=failure.exit_code,
        outcome=failure.outcome if failure.command else None,
        lines=tuple(dict.fromkeys(lines)),
    )


def place_of(location: Location, tutorial: Tutorial) -> Place:
    """The place with the text that really stands there, which a model may have misquoted."""
    last = max(location.line, location.end_line)
    quote = tutorial.quote(Lines(location.line, last)) or location.quote
    return Place(line_number=location.line, end_line=last, quote=quote)
