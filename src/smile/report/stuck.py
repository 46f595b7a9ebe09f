"""Gaps from where the Student was stuck, and whether the Mentor's fix was seen to work."""

from __future__ import annotations

from smile.report.edits import edits_of
from smile.report.model import Evidence, Gap, Place, SetAside
from smile.report.output import telling_lines
from smile.report.past import judge, verdict
from smile.report.record import Attempt
from smile.report.stops import Stop, merge, same_cause, stop_of
from smile.tutorial.model import Lines, Tutorial
from smile.wire import (
    Location,
    MentorNote,
    Requested,
    Severity,
    Status,
    StudentOutput,
    StudentStatus,
)

__all__ = ["place_of", "stuck_gaps"]


def stuck_gaps(
    tutorial: Tutorial, attempts: tuple[Attempt, ...], status: Status
) -> tuple[tuple[Gap, ...], tuple[SetAside, ...]]:
    """The gaps that stopped the Student (ids empty), and what is not counted as one."""
    stops: list[Stop] = []
    set_aside: list[SetAside] = []
    for attempt in attempts:
        student = attempt.stopped
        if student is None or _ends_only(student):
            continue
        reason = _why_not_counted(student, attempt.answer)
        stop = stop_of(student, attempt)
        if not reason:
            merge(stops, stop)
        elif not any(same_cause(earlier, stop) for earlier in stops):
            set_aside.append(_aside(stop, reason, tutorial))
    gaps = [_gap(stop, attempts, tutorial) for stop in stops]
    last = attempts[-1].stopped if attempts else None
    blocked = status is Status.BLOCKER and not any(g.severity is Severity.CRITICAL for g in gaps)
    if blocked and not set_aside and last is not None and _ends_only(last):
        gaps.append(_gap(stop_of(last, attempts[-1]), attempts, tutorial))
    return tuple(gaps), _once(set_aside)


def _ends_only(student: StudentOutput) -> bool:
    """Whether the Student gave up without a place or a failure.

    It does so when it was told to stop, and after steps that it had to leave out: no new gap.
    """
    gave_up = student.status is StudentStatus.CANNOT_COMPLETE
    return gave_up and student.location is None and student.failure is None


def _why_not_counted(student: StudentOutput, answer: MentorNote | None) -> str:
    doubtful = student.failure.doubtful if student.failure else ()
    if doubtful:
        lines = ", ".join(str(place.line) for place in doubtful)
        word = "a step" if len(doubtful) == 1 else "steps"
        return f"It may come from {word} that SMILE did not follow: line {lines}."
    if answer is not None and answer.not_a_gap:
        return answer.not_a_gap
    if answer is None and student.status is StudentStatus.ASK_MENTOR:
        return "The run ended before the Mentor answered."
    return ""


def _once(aside: list[SetAside]) -> tuple[SetAside, ...]:
    """The last of those that show the same thing at the same place."""
    last = {(a.location.line_number, a.evidence.command, a.reason): a for a in aside}
    return tuple(last.values())


# --- values of the report ---------------------------------------------------------------------


def _gap(stop: Stop, attempts: tuple[Attempt, ...], tutorial: Tutorial) -> Gap:
    later = (a for a in attempts if a.iteration > stop.since)
    severity, fix = judge(stop, (verdict(stop, a, tutorial) for a in later))
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
        edits=edits_of(diagnosis.changes, tutorial.text),
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
    lines = telling_lines(failure.output)
    beside = [failure.problem] if failure.problem and failure.problem not in lines else []
    for seen in stop.seen_in.observations:
        if isinstance(seen, Requested) and seen.step == stop.student.step:
            refused = seen.error or (f"HTTP {seen.status}" if (seen.status or 0) >= 400 else "")
            if refused:
                beside.append(f"{seen.url}: {refused}")
    return Evidence(
        iteration=stop.seen_in.iteration,
        command=failure.command,
        exit_code=failure.exit_code,
        outcome=failure.outcome if failure.command else None,
        lines=lines,
        beside=tuple(dict.fromkeys(beside)),
    )


def place_of(location: Location, tutorial: Tutorial) -> Place:
    """The place with the text that really stands there, which a model may have misquoted."""
    last = max(location.line, location.end_line)
    quote = tutorial.quote(Lines(location.line, last)) or location.quote
    return Place(line_number=location.line, end_line=last, quote=quote)
