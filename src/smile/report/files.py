"""Other names and contents for the files that a tutorial shows, as edits of its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from smile.report.model import Edit
from smile.report.page import Page
from smile.tutorial.model import Placement, WriteFile
from smile.wire import Change

__all__ = ["named", "written"]

Edits = tuple[Edit, ...]


# --- another name -----------------------------------------------------------------------------


def named(page: Page, change: Change) -> Iterator[Edits]:
    """The file's new name where its block or the text above it names it."""
    step = page.step_at(change.line)
    if not isinstance(step, WriteFile) or step.path == change.path:
        return
    first = min(step.named_at or step.lines.first, step.lines.first)
    for last in dict.fromkeys((first, step.lines.first, step.lines.first + 1)):
        edits = tuple(_renamed(page, range(first, last + 1), step.path, change.path))
        if edits and _is_called(page, edits, step, change.path):
            yield edits


def _renamed(page: Page, lines: range, old: str, new: str) -> Iterator[Edit]:
    for wrong, right in ((old, new), (PurePosixPath(old).name, PurePosixPath(new).name)):
        pattern = rf"(?<![\w./-]){re.escape(wrong)}(?![\w/-])"
        instead = right.replace("\\", r"\\")
        changed = {n: re.sub(pattern, instead, page.row(n)) for n in lines}
        edits = [
            Edit(line_number=n, end_line=n, lines=(row,))
            for n, row in changed.items()
            if row != page.row(n)
        ]
        if edits:
            yield from edits
            return


def _is_called(page: Page, edits: Edits, step: WriteFile, path: str) -> bool:
    after = page.patched(edits).steps
    at = page.steps.index(step)
    if len(after) != len(page.steps) or not page.keeps(edits, renamed=(step.path, path)):
        return False
    new = after[at]
    return isinstance(new, WriteFile) and (new.path, new.content) == (path, step.content)


# --- another content --------------------------------------------------------------------------


def written(page: Page, change: Change) -> Iterator[Edits]:
    """The lines in which the blocks of a file differ from what it is to hold."""
    blocks = [s for s in page.steps if isinstance(s, WriteFile) and s.path == change.path]
    ways = [
        edits
        for count in range(1, len(blocks) + 1)
        if blocks[count - 1].lines.first >= change.line
        if (edits := _differences(page, blocks[:count], change.content)) is not None
    ]
    for edits in sorted(ways, key=_size):
        for each in (edits, tuple(_below_its_name(page, edit) for edit in edits)):
            if each and _holds(page, each, change):
                yield each


def _below_its_name(page: Page, edit: Edit) -> Edit:
    """Lines at the top of a block go below its first line: that may be what names the file."""
    line = edit.line_number
    if edit.end_line >= line or not any(s.lines.first + 1 == line for s in page.steps):
        return edit
    return Edit(line_number=line + 1, end_line=line, lines=edit.lines)


def _holds(page: Page, edits: Edits, change: Change) -> bool:
    """Whether the blocks of the file are that still, and hold the lines that it is to hold."""
    after = page.patched(edits).steps
    if len(after) != len(page.steps) or not page.keeps(edits):
        return False
    blocks = [(a, b) for a, b in zip(page.steps, after, strict=True) if isinstance(a, WriteFile)]
    if any(not isinstance(b, WriteFile) or b.path != a.path for a, b in blocks):
        return False
    shown = {row for _, b in blocks if isinstance(b, WriteFile) for row in b.content.split("\n")}
    return shown.issuperset(change.content.removesuffix("\n").split("\n"))


def _size(edits: Edits) -> int:
    return sum(len(edit.lines) + edit.end_line - edit.line_number + 1 for edit in edits)


def _differences(page: Page, blocks: list[WriteFile], content: str) -> Edits | None:
    """Edits that make the file of these blocks come to the content; ``None``: not to be told."""
    lines: list[tuple[int, str]] = []
    for block in blocks:
        rows = _rows(page, block)
        if rows is None or block.elided or block.placement is Placement.MERGE:
            return None
        if block.placement is Placement.REPLACE:
            lines = rows
        else:
            lines = lines + rows if block.placement is Placement.APPEND else rows + lines
    old, new = [text for _, text in lines], content.removesuffix("\n").split("\n")
    edits = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        edit = _edit(page, lines, (i, j), new[k:m])
        if edit is None:
            return None
        edits.append(edit)
    return tuple(edits)


def _edit(
    page: Page, lines: list[tuple[int, str]], span: tuple[int, int], new: list[str]
) -> Edit | None:
    i, j = span
    numbers = [number for number, _ in lines[i:j]]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return None  # it spans two blocks
    if not numbers and not lines:
        return None
    beside = lines[i] if i < len(lines) else lines[-1]
    first = numbers[0] if numbers else (beside[0] if i < len(lines) else beside[0] + 1)
    row = page.row(beside[0])
    margin = row[: len(row) - len(beside[1])] if beside[1] else ""
    rows = tuple((margin + text) if text else "" for text in new)
    return Edit(line_number=first, end_line=first + len(numbers) - 1, lines=rows)


def _rows(page: Page, block: WriteFile) -> list[tuple[int, str]] | None:
    """Each line of the content with its line of the page; ``None`` when they don't agree."""
    found: list[tuple[int, str]] = []
    at = block.lines.first
    for text in block.content.removesuffix("\n").split("\n"):
        while at <= block.lines.last and not _shows(page.row(at), text):
            at += 1
        if at > block.lines.last:
            return None
        found.append((at, text))
        at += 1
    return found


def _shows(row: str, text: str) -> bool:
    return row.endswith(text) and not row[: len(row) - len(text)].strip(" \t>")
