"""Which suggested fixes go into the text together, and what a run of that text says of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smile.redaction.shapes import MARK
from smile.report import patch
from smile.report.model import Edit, Gap, Report, RunCommand
from smile.wire import CommandOutcome, FixState, GapKind, Origin, Severity, Status, StepState

__all__ = ["Batch", "Judged", "batch_of", "judge", "left", "next_batch", "same_gap"]

NEAR = 2
"""Lines by which a place may differ in two runs."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Gaps whose edits go into the text together; ``edits`` are those, none twice.

    ``covered``: gaps whose edits another one's stand for, which was found at the same line later.
    """

    gaps: tuple[Gap, ...] = ()
    covered: tuple[Gap, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What was seen of a fix; ``why`` is the end of a sentence, empty when it is verified."""

    gap: Gap
    state: FixState
    why: str = ""


def next_batch(report: Report, text: str, tried: Iterable[Gap]) -> Batch:
    """The fixes of a report to try next, without those that were tried.

    An output is looked at last, in a text that else runs well: what is shown may be right, and
    print something else only because of what goes wrong above it.
    """
    gaps = left(report, tried)
    outputs = [gap for gap in gaps if gap.kind is GapKind.OUTPUT_MISMATCH]
    batch = batch_of((gap for gap in gaps if gap not in outputs), text)
    stuck = (g for g in report.gaps if g.severity is not Severity.MINOR)
    return batch if batch.gaps or any(stuck) else batch_of(outputs, text)


def left(report: Report, tried: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps of a report whose fixes were not tried."""
    known = {_key(gap) for gap in tried}
    return tuple(gap for gap in report.gaps if _key(gap) not in known)


def _key(gap: Gap) -> tuple[str, str, str]:
    return gap.kind, gap.title, gap.location.quote


def batch_of(gaps: Iterable[Gap], text: str) -> Batch:
    """Put the edits of gaps together, in the order in which the gaps were found.

    What was found later at the same line was found with the earlier remedy in place: it holds
    both, and stands for them.
    """
    chosen: list[Gap] = []
    covered: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.evidence.iteration):
        if not gap.edits or _hides(gap, text) or not _fits(gap, text):
            continue
        for earlier in [g for g in chosen if _clash(g, gap)]:
            chosen.remove(earlier)
            covered.append(earlier)
        chosen.append(gap)
    return Batch(tuple(chosen), tuple(covered), _together(chosen))


def _hides(gap: Gap, text: str) -> bool:
    """Whether a secret of the text would be lost: a report has it not, nor what quotes from it."""
    rows = text.split("\n")
    return any(
        MARK in "\n".join(edit.lines)
        and MARK not in "\n".join(rows[edit.line_number - 1 : edit.end_line])
        for edit in gap.edits
    )


def _fits(gap: Gap, text: str) -> bool:
    """Whether the edits can be applied: a report's file may hold anything."""
    if any("\n" in line or "\r" in line for edit in gap.edits for line in edit.lines):
        return False
    try:
        patch.apply(text, gap.edits)
    except ValueError:
        return False
    return True


def _clash(one: Gap, other: Gap) -> bool:
    pairs = ((a, b) for a in one.edits for b in other.edits)
    return any(patch.clash(a, b) and a != b for a, b in pairs)


def _together(gaps: Iterable[Gap]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for edit in (edit for gap in gaps for edit in gap.edits):
        if any(patch.contains(known, edit) for known in edits):
            continue
        edits = [known for known in edits if not patch.contains(edit, known)]
        edits.append(edit)
    return tuple(edits)


# --- what the run of the patched text says ----------------------------------------------------


def judge(batch: Batch, before: Report, after: Report) -> tuple[Judged, ...]:
    """What became of each fix of a batch.

    Args:
        batch: what was put into the text.
        before: the report of the text without it.
        after: the report of the text with it.
    """
    blamed = dict(_blamed(batch, before, after))
    return tuple(_judged(gap, batch, after, blamed) for gap in (*batch.gaps, *batch.covered))


def _judged(gap: Gap, batch: Batch, after: Report, blamed: dict[str, Gap]) -> Judged:
    if any(same_gap(gap, left, batch.edits) for left in after.gaps):
        return Judged(gap, FixState.FAILED, "the gap is still there with it")
    if gap.id in blamed:
        new = blamed[gap.id]
        where = f"line {new.location.line_number} of the patched text"
        return Judged(gap, FixState.FAILED, f"it makes a new gap on {where}: {new.title}")
    if not _got_past(gap, batch, after):
        return Judged(gap, FixState.UNVERIFIED, "the run of the patched text did not get past it")
    return Judged(gap, FixState.VERIFIED)


def same_gap(old: Gap, new: Gap, edits: tuple[Edit, ...]) -> bool:
    """Whether a gap of the patched text is this one of the text before."""
    if old.kind is not new.kind:
        return False
    first = patch.moved(old.location.line_number, edits) - NEAR
    last = patch.moved(old.location.end_line, edits) + NEAR
    near = new.location.line_number <= last and new.location.end_line >= first
    same_command = old.evidence.command == new.evidence.command != ""
    if _without_lines(old.title) == _without_lines(new.title):
        return near or same_command
    return near and same_command and old.rule == new.rule


def _without_lines(title: str) -> str:
    return re.sub(r"\bline \d+", "line", title)


def _got_past(gap: Gap, batch: Batch, after: Report) -> bool:
    lines = [gap.location.end_line, *(edit.line_number for edit in gap.edits)]
    place = max(patch.moved(line, batch.edits) for line in lines)
    if any(c.line == place and _well(c) for c in _of_tutorial(after)):
        return True
    left_out = (s for s in after.not_followed if s.state is StepState.SKIPPED)
    if any(s.line_number <= place <= s.end_line for s in left_out):
        return False
    if after.summary.status is Status.COMPLETED:
        return True
    return any(c.line > place for c in _of_tutorial(after))


def _well(command: RunCommand) -> bool:
    return command.exit_code == 0 or command.outcome is CommandOutcome.RUNNING


def _of_tutorial(report: Report) -> Iterator[RunCommand]:
    return (c for c in report.audit_trail.commands if c.origin is Origin.TUTORIAL)


def _blamed(batch: Batch, before: Report, after: Report) -> Iterator[tuple[str, Gap]]:
    """The gaps whose fixes made a gap of the patched text that was not there before."""
    for new in after.gaps:
        if any(same_gap(old, new, batch.edits) for old in before.gaps):
            continue
        inside = [gap.id for gap in batch.gaps if _lies_in(new, gap, batch.edits)]
        if not inside and _worked(new, before):
            inside = _nearest_above(new, batch)
        yield from ((each, new) for each in inside)


def _lies_in(new: Gap, gap: Gap, edits: tuple[Edit, ...]) -> bool:
    """Whether the gap is in lines that the fix of this one wrote."""
    return any(
        new.location.line_number <= last and new.location.end_line >= first
        for edit, first, last in patch.placed(edits)
        if any(patch.contains(edit, own) for own in gap.edits)
    )


def _worked(new: Gap, before: Report) -> bool:
    """Whether the command of this gap did what it was to do when the text was as before."""
    return any(_well(c) for c in _of_tutorial(before) if c.command == new.evidence.command)


def _nearest_above(new: Gap, batch: Batch) -> list[str]:
    def place(gap: Gap) -> int:
        return max(patch.moved(edit.line_number, batch.edits) for edit in gap.edits)

    above = [gap for gap in batch.gaps if place(gap) <= new.location.line_number]
    return [max(above, key=place).id] if above else []
