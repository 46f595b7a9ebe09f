"""``smile-audit.log``: everything that was seen, one line each, outputs indented below."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from smile.plain import plain
from smile.report.record import RunRecord
from smile.wire import (
    COMMAND,
    Asked,
    CommandBegan,
    CommandOutcome,
    CommandRan,
    FileWritten,
    Improvised,
    JournalEntry,
    Observation,
    Origin,
    OutputDiffered,
    Requested,
    StepBegan,
    StepEnded,
)

__all__ = ["render"]

INDENT = "    | "


def render(record: RunRecord) -> str:
    """The log as text.

    A line that begins with a time is an entry; what a program printed begins with spaces and a
    bar, so that no output can look like an entry.
    """
    lines: list[str] = []
    for entry in record.entries:
        if not isinstance(entry.observation, CommandBegan):  # what came of it follows
            lines += _lines(entry)
    return "".join(f"{line}\n" for line in lines)


def _lines(entry: JournalEntry) -> list[str]:
    seen = entry.observation
    if seen is not None:
        where = f"line {seen.line}" if seen.line else "-"
        head = f"{_time(seen.timestamp)}  iteration {seen.iteration}  {where}  {_flat(_what(seen))}"
        return [head, *_below(seen)]
    head = f"{_time(entry.timestamp)}  iteration {entry.iteration}  -  {_flat(_turn(entry))}"
    return [*_under_way(entry), head.rstrip()]


def _under_way(entry: JournalEntry) -> list[str]:
    seen = entry.under_way
    if seen is None:
        return []
    where = f"line {seen.line}" if seen.line else "-"
    what = f"{_sign(seen.origin)} {seen.text}" if seen.kind == COMMAND else f"step {seen.step}"
    told = _flat(f"{what}  -> under way when the run ended ({seen.seconds:.1f} s)")
    return [f"{_time(entry.timestamp)}  iteration {seen.iteration}  {where}  {told}"]


def _turn(entry: JournalEntry) -> str:
    """What an entry that is no observation says."""
    said = entry.message
    if entry.student_output is not None:
        student = entry.student_output
        said = f"{student.status.value}: {student.question_for_mentor or student.summary}"
    elif entry.mentor_result is not None:
        said = entry.mentor_result.mentor_output
    elif entry.status is not None:
        said = f"{entry.status.value} {entry.message}"
    return f"{entry.event.value} {said}"


def _what(seen: Observation) -> str:
    match seen:
        case CommandBegan():
            return f"{_sign(seen.origin)} {seen.text}"
        case CommandRan():
            return f"{_sign(seen.origin)} {seen.text}  -> {_end(seen)} ({seen.seconds:.1f} s)"
        case FileWritten():
            return f"{seen.operation} {seen.path}{_by(seen.origin)}"
        case Requested():
            return f"visited {seen.url}  -> {seen.status or seen.error or 'no answer'}"
        case Asked():
            spoken = "mentioned" if seen.mentioned else "not mentioned"
            return f"{seen.command} asked {seen.question!r}, answered {seen.answer!r} ({spoken})"
        case OutputDiffered():
            return f"{seen.command} printed something else than the tutorial shows"
        case Improvised():
            return f"got past it alone ({seen.kind.value}): {seen.problem}: {seen.what}"
        case StepBegan():
            return f"step {seen.step} ({seen.kind}) begins"
        case StepEnded():
            why = f": {seen.why}" if seen.why else ""
            return f"step {seen.step} ({seen.kind}) {seen.state.value}{why}"
        case _ as never:
            assert_never(never)


def _below(seen: Observation) -> list[str]:
    match seen:
        case CommandRan() if seen.output.strip():
            return _indented(seen.output, INDENT)
        case OutputDiffered():
            return [
                *_indented(seen.expected, INDENT + "shown   "),
                *_indented(seen.actual, INDENT + "printed "),
            ]
        case _:
            return []


def _sign(origin: Origin) -> str:
    return "$" if origin is Origin.TUTORIAL else f"({origin.value}) $"


def _by(origin: Origin) -> str:
    return "" if origin is Origin.TUTORIAL else f" ({origin.value})"


def _end(seen: CommandRan) -> str:
    if seen.outcome is CommandOutcome.EXITED:
        return f"exit {seen.exit_code}"
    return seen.outcome.value.replace("_", " ")


def _indented(text: str, indent: str) -> list[str]:
    return [f"{indent}{line}".rstrip() for line in plain(text).strip("\n").split("\n")]


def _flat(text: str) -> str:
    return plain(text).strip().replace("\n", " ⏎ ").replace("\t", " ")


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
