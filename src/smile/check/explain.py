"""Suspects to gaps: what a run would say of them, in the same words.

The Mentor is asked as a stuck Student would ask it, with what the machine would print. Nothing of
that was seen, so none of it becomes evidence.
"""

from __future__ import annotations

from datetime import UTC, datetime

from smile.agent.literal import mentor
from smile.check.files import HOME, WORK
from smile.check.reading import Foreseen, Reading, Suspect, Unfit
from smile.report.findings import in_order
from smile.report.model import Evidence, Gap, SetAside
from smile.report.seen import left_behind, missing_pictures
from smile.report.stuck import place_of
from smile.wire import (
    Facts,
    Failure,
    GapKind,
    Location,
    Severity,
    StudentOutput,
    StudentStatus,
    Trigger,
)

__all__ = ["gaps", "set_aside"]

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When the Mentor is asked: its answer is not kept, so neither is the time."""
_NOTHING_SEEN = Evidence(iteration=0)


def gaps(reading: Reading, suspects: tuple[Suspect, ...]) -> tuple[Gap, ...]:
    """The gaps of a tutorial, in the order of lines, missing pictures among them."""
    found: dict[tuple[str, int], Gap] = {}
    for suspect in suspects:
        gap = _unfit(reading, suspect) if isinstance(suspect, Unfit) else _stuck(reading, suspect)
        if gap is not None:
            found.setdefault((gap.title, gap.location.line_number), gap)
    return in_order((*found.values(), *missing_pictures(reading.tutorial)))


def set_aside(reading: Reading, suspects: tuple[Suspect, ...]) -> tuple[SetAside, ...]:
    """What may only lack because the text was handed over alone."""
    links = [s for s in suspects if isinstance(s, Unfit) and s.doubt]
    aside = left_behind(reading.tutorial)
    if not links:
        return aside
    first = Location(line=links[0].lines.first, end_line=links[0].lines.last)
    linked = SetAside(
        title="The linked files were not handed over with the text",
        location=place_of(first, reading.tutorial),
        problem="None of the files that the text links to was found beside it.",
        reason=links[0].doubt,
        evidence=Evidence(iteration=0, lines=tuple(link.title for link in links)),
    )
    return (*aside, linked)


def _unfit(reading: Reading, suspect: Unfit) -> Gap | None:
    if suspect.doubt:
        return None
    place = Location(line=suspect.lines.first, end_line=suspect.lines.last)
    return Gap(
        id="",
        title=suspect.title,
        kind=GapKind(suspect.kind),
        severity=Severity.MINOR,
        location=place_of(place, reading.tutorial),
        problem=suspect.problem,
        suggested_fix=suspect.fix,
        evidence=_NOTHING_SEEN,
    )


def _stuck(reading: Reading, suspect: Foreseen) -> Gap | None:
    """What the Mentor says of it; ``None`` when it would not blame the tutorial."""
    question = _question(reading, suspect)
    answer = mentor.answer(reading.steps, reading.tutorial.text, question, (), _NEVER)
    diagnosis = answer.diagnosis
    if diagnosis is None or answer.not_a_gap:
        return None
    return Gap(
        id="",
        title=diagnosis.title,
        kind=diagnosis.kind,
        severity=Severity.MAJOR,  # whether there is no way past it only a run can tell
        location=place_of(diagnosis.location, reading.tutorial),
        problem=diagnosis.problem,
        suggested_fix=diagnosis.suggested_fix,
        evidence=_NOTHING_SEEN,
        rule=diagnosis.rule,
    )


def _question(reading: Reading, suspect: Foreseen) -> StudentOutput:
    lines = suspect.command.lines
    return StudentOutput(
        status=StudentStatus.ASK_MENTOR,
        current_step="",
        attempted_actions=(),
        summary="",
        question_for_mentor="What am I missing?",
        trigger=Trigger.COMMAND_FAILURE,
        location=Location(
            line=lines.first, end_line=lines.last, quote=reading.tutorial.quote(lines)
        ),
        failure=Failure(
            command=suspect.command.text,
            exit_code=1,
            output=suspect.output,
            problem=suspect.problem,
        ),
        facts=Facts(
            cwd=suspect.cwd or WORK,
            home=HOME,
            work_dir=WORK,
            distribution="debian",
            release="12",
            tools={"apt-get": "/usr/bin/apt-get", "python3": "/usr/bin/python3"},
            entries=suspect.entries,
            found=dict(suspect.found),
        ),
    )
