"""An output that the tutorial shows, as edits that make it what was printed."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import PurePosixPath

from smile.plain import plain
from smile.regex import regex
from smile.report.model import Edit
from smile.report.page import Page, page_of
from smile.sandbox.base import WORK_DIR
from smile.tutorial.model import Expect, Lines, Run, Tutorial
from smile.wire import OutputDiffered

__all__ = ["shown_again"]

LONGEST = 10
"""So many lines may come in place of others: what is longer, a writer shortens."""

_OURS = (WORK_DIR, *(f"{PurePosixPath(WORK_DIR).name}{sign}" for sign in "@/:"))
"""How programs write the directory of this machine, or a project that is named after it."""

_WORD = regex(r"[^\W\d_]{2,}")


def shown_again(tutorial: Tutorial, seen: OutputDiffered) -> tuple[Edit, ...]:
    """Edits of the lines that were not printed; the lines that resemble what was, stay.

    None when it can't be told which lines stand for which, or when what was printed tells of the
    machine that it was printed on.
    """
    page = page_of(tutorial.text)
    shown = _shown(tutorial, page, seen)
    text = plain(seen.actual).strip("\n")
    printed = text.split("\n") if text.strip() else []
    if not printed and isinstance(page.step_at(_lines(tutorial, seen).first), Expect):
        return ()  # an empty block shows nothing
    old, new = [_words(text) for _, text in shown], [_words(text) for text in printed]
    missing = {line.strip() for line in seen.missing}
    edits = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or not any(text.strip() in missing for _, text in shown[i:j]):
            continue
        edit = _edit(page, shown[i:j], printed[k:m])
        if edit is None:
            return ()
        edits.append(edit)
    return tuple(edits) if page.keeps(tuple(edits)) else ()


def _edit(page: Page, shown: list[tuple[int, str]], printed: list[str]) -> Edit | None:
    """These lines instead of those; ``None`` where a writer has to see to it."""
    first, last = shown[0][0], shown[-1][0]
    if last - first != len(shown) - 1 or len(printed) > LONGEST:
        return None
    shows = "\n".join(text for _, text in shown)
    if any(name in line and name not in shows for line in printed for name in _OURS):
        return None
    row, text = page.row(first), shown[0][1]
    margin = row[: len(row) - len(text)]
    lines = tuple((margin + line).rstrip() for line in printed)
    return Edit(line_number=first, end_line=last, lines=lines)


def _shown(tutorial: Tutorial, page: Page, seen: OutputDiffered) -> list[tuple[int, str]]:
    """The lines of the shown output, each with its line of the page; empty when not found."""
    found: list[tuple[int, str]] = []
    lines = _lines(tutorial, seen)
    at = lines.first
    for text in plain(seen.expected).strip("\n").split("\n"):
        while at <= lines.last and page.row(at).strip(" \t>") != text.strip(" \t>"):
            at += 1
        if at > lines.last:
            return []
        found.append((at, text if page.row(at).endswith(text) else text.strip(" \t>")))
        at += 1
    return found


def _lines(tutorial: Tutorial, seen: OutputDiffered) -> Lines:
    """Where the output is shown: right below the command, or in a block of its own."""
    for step in tutorial.steps:
        if isinstance(step, Run) and seen.line in step.lines:
            for command in step.commands:
                inside = command.expected_lines
                if inside and command.text == seen.command and command.expected == seen.expected:
                    return inside
        elif isinstance(step, Expect) and seen.line in step.lines:
            return step.lines
    return Lines(seen.line, max(seen.line, seen.end_line))


def _words(line: str) -> tuple[str, ...]:
    """What of a line does not vary from run to run."""
    return tuple(word.lower() for word in _WORD.findall(line))
