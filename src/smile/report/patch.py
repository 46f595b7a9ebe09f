"""Edits of a text: applied, followed through it, shown as a diff. They touch no other line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from smile.report.model import Edit

__all__ = ["apply", "clash", "contains", "diff", "moved", "placed"]

_NO_END = "\\ No newline at end of file\n"


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits in it; new lines end as those around them do.

    Raises ``ValueError`` when two edits clash or one lies outside of the text.
    """
    rows = text.split("\n")
    end = "\r" if len(rows) > 1 and rows[0].endswith("\r") else ""
    out: list[str] = []
    at = 0
    for edit in _in_order(edits):
        first, last = edit.line_number - 1, edit.end_line
        if not at <= first <= last <= len(rows):
            raise ValueError(f"lines {edit.line_number} to {edit.end_line} can't be edited")
        out += rows[at:first]
        if first == len(rows) and edit.lines:
            out[-1:] = [out[-1] + end]  # it is the last line no more
        out += [line + end for line in edit.lines]
        if last == len(rows) and edit.lines:
            out[-1] = out[-1].removesuffix(end)
        at = last
    return "\n".join([*out, *rows[at:]])


def clash(one: Edit, other: Edit) -> bool:
    """Whether the two can't both be applied."""
    first, second = _in_order((one, other))
    if second.end_line < second.line_number:  # it inserts: at the edges of the first there is room
        return first.line_number < second.line_number <= first.end_line
    return second.line_number <= first.end_line


def contains(edit: Edit, other: Edit) -> bool:
    """Whether an edit does all that another one does at the same place."""
    if (edit.line_number, edit.end_line) != (other.line_number, other.end_line):
        return False
    lines, part = edit.lines, other.lines
    return any(lines[at : at + len(part)] == part for at in range(len(lines) - len(part) + 1))


def moved(line: int, edits: Iterable[Edit]) -> int:
    """Where a line of the text is afterwards; one that was replaced is at its replacement."""
    shift = 0
    for edit in _in_order(edits):
        if edit.end_line < edit.line_number and edit.line_number <= line:
            shift += len(edit.lines)
        elif edit.line_number <= line <= edit.end_line:
            into = min(line - edit.line_number, max(0, len(edit.lines) - 1))
            return edit.line_number + into + shift
        elif edit.end_line < line:
            shift += len(edit.lines) - (edit.end_line - edit.line_number + 1)
    return line + shift


def placed(edits: Iterable[Edit]) -> Iterator[tuple[Edit, int, int]]:
    """Each edit with the first and the last of its lines afterwards."""
    shift = 0
    for edit in _in_order(edits):
        first = edit.line_number + shift
        yield edit, first, first + len(edit.lines) - 1
        shift += len(edit.lines) - (edit.end_line - edit.line_number + 1)


def diff(old: str, new: str, name: str) -> str:
    """A unified diff that ``patch -p0`` and ``git apply`` take; empty when nothing differs."""
    lines = difflib.unified_diff(_lines(old), _lines(new), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in lines)


def _lines(text: str) -> Sequence[str]:
    """The lines with their ends: only a line feed ends one."""
    rows = text.split("\n")
    return [*(f"{row}\n" for row in rows[:-1]), *filter(None, rows[-1:])]


def _in_order(edits: Iterable[Edit]) -> Iterator[Edit]:
    """By line; what is inserted before a line comes before what replaces it."""
    yield from sorted(edits, key=lambda edit: (edit.line_number, edit.end_line))
