"""A suggested fix as edits of the tutorial, in the author's own style.

The Mentor says what is to change and where (``Change``); here it is found how that is written:
which block it goes into or above, with which fence, prompt and indentation. A way to write it is
taken only when the patched text, parsed again, asks for just that and all else as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import assert_never

from smile.report.files import named, written
from smile.report.model import Edit
from smile.report.moving import moves
from smile.report.page import Page, commands_of, is_blank, margin_of, page_of
from smile.tutorial.model import Command, Run, Step, Stop, Terminal
from smile.wire import Change, ChangeAction

__all__ = ["edits_of"]

Edits = tuple[Edit, ...]


def edits_of(changes: Iterable[Change], text: str) -> Edits:
    """The edits that the changes come to; none when not all of them can be written."""
    page = page_of(text)
    found: list[Edit] = []
    for _, group in groupby(changes, lambda change: (change.action, change.line)):
        edits = next(_ways(page, tuple(group)), ())
        if not edits:
            return ()
        found += edits
    return tuple(found)


def _ways(page: Page, changes: tuple[Change, ...]) -> Iterator[Edits]:
    """The ways to write changes of one kind at one line, the best first."""
    change = changes[0]
    match change.action:
        case ChangeAction.BEFORE:
            yield from _before(page, changes)
        case ChangeAction.REPLACE:
            yield from _replace(page, change)
        case ChangeAction.RENAME:
            yield from named(page, change)
        case ChangeAction.WRITE:
            yield from written(page, change)
        case ChangeAction.MOVE:
            yield from moves(page, change.line, tuple(each.source for each in changes))
        case ChangeAction.SAY_BEFORE | ChangeAction.SAY_AFTER:
            yield from _say(page, change)
        case _:
            assert_never(change.action)


# --- commands before a step -------------------------------------------------------------------


def _before(page: Page, changes: tuple[Change, ...]) -> Iterator[Edits]:
    step = page.step_at(changes[0].line)
    if step is None:
        return
    commands = tuple(command for change in changes for command in change.commands)
    style = page.style(step)
    if _begins_with(step, changes[0].line):
        for line in _above(page, step):
            edits = (_inserted(page, line, style.block(commands, changes[0].say)),)
            if _is_own_step(page, edits, commands, step):
                yield edits
    command = page.command_at(changes[0].line)
    if isinstance(step, Run) and command is not None and not step.inline:
        rows = _typed(page, command, commands)
        line = command.lines.first
        edits = (Edit(line_number=line, end_line=line - 1, lines=rows),)
        if _types(page, edits, step, {line: (*commands, command.text)}):
            yield edits


def _begins_with(step: Step, line: int) -> bool:
    """Whether there is room above: the step begins here, in the terminal that is in use."""
    if not isinstance(step, Run):
        return True
    return step.commands[0].lines.first == line and step.terminal is Terminal.SAME


def _above(page: Page, step: Step) -> tuple[int, ...]:
    """Lines that a block of its own can go before: the announcing paragraph, or the block."""
    block = page.block_of(step.lines.first)
    if block is None:
        return ()
    top = page.top_of(block)
    if top != block.lines.first and page.row(top).strip(" \t>")[:1].islower():
        return ()  # "and run them:" goes on with what stands above
    return tuple(dict.fromkeys((top, block.lines.first)))


def _inserted(page: Page, line: int, rows: tuple[str, ...]) -> Edit:
    """Rows before a line, with a blank one around them where there is none."""
    blank = (margin_of(rows[0]).rstrip(),)
    above = () if is_blank(page.row(line - 1)) else blank
    below = () if is_blank(page.row(line)) else blank
    lines = (*above, *rows, *below)
    return Edit(line_number=line, end_line=line - 1, lines=lines)


def _is_own_step(page: Page, edits: Edits, commands: tuple[str, ...], target: Step) -> bool:
    """Whether just these commands are typed right before the step, and all else is as it was."""
    after = page.patched(edits).steps
    at = page.steps.index(target)
    if len(after) != len(page.steps) + 1 or not page.keeps(edits):
        return False
    new = after[at]
    return (
        isinstance(new, Run)
        and tuple(c.text for c in new.commands) == commands
        and new.terminal is Terminal.SAME
        and not (new.optional or new.fails or new.background)
    )


def _typed(page: Page, like: Command, commands: Iterable[str]) -> tuple[str, ...]:
    """Commands written as this one is; what continues a command has its margin only."""
    lead = page.lead(like)
    margin = margin_of(lead)
    rows: list[str] = []
    for command in commands:
        first, *more = command.split("\n")
        rows += [lead + first, *(margin + line for line in more)]
    return tuple(rows)


def _types(page: Page, edits: Edits, step: Run, instead: dict[int, tuple[str, ...]]) -> bool:
    """Whether the step's commands are as before, but for those of some lines."""
    wanted = [t for c in step.commands for t in instead.get(c.lines.first, (c.text,))]
    after = page.patched(edits).steps
    at = page.steps.index(step)
    if len(after) != len(page.steps) or not page.keeps(edits):
        return False
    return [c.text for c in commands_of(after[at])] == wanted


# --- a command instead of another -------------------------------------------------------------


def _replace(page: Page, change: Change) -> Iterator[Edits]:
    step, command = page.step_at(change.line), page.command_at(change.line)
    if not isinstance(step, Run) or command is None:
        return
    first, last = command.lines.first, command.lines.last
    for rows in _rewritten(page, step, command, change.commands):
        edits = (Edit(line_number=first, end_line=last, lines=rows),)
        if _types(page, edits, step, {first: change.commands}):
            yield edits


def _rewritten(
    page: Page, step: Run, old: Command, new: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    rows = page.rows[old.lines.first - 1 : old.lines.last]
    if not new:
        if len(step.commands) > 1:
            yield ()
        return
    before, after = old.text.split("\n"), "\n".join(new).split("\n")
    if len(before) == len(rows) == len(after):
        pairs = list(zip(rows, before, after, strict=True))
        if all(row.count(text) == 1 for row, text, _ in pairs):
            yield tuple(row.replace(text, other, 1) for row, text, other in pairs)
        return
    ticked = [row for row in rows if row.count(f"`{old.text}`") == 1]
    if len(ticked) == 1 and len(new) == 1:
        yield tuple(row.replace(f"`{old.text}`", f"`{new[0]}`", 1) for row in rows)
    if not step.inline:
        yield _typed(page, old, new)


# --- sentences --------------------------------------------------------------------------------


def _say(page: Page, change: Change) -> Iterator[Edits]:
    step = page.step_at(change.line)
    block = page.block_of(change.line) if step is not None else None
    if step is None or block is None:
        return
    above = change.action is ChangeAction.SAY_BEFORE
    line = page.top_of(block) if above else block.lines.last + 1
    margin = page.style(step).margin
    rows = tuple(f"{margin}{row}".rstrip() for row in change.say.split("\n"))
    edits = (_inserted(page, line, rows),)
    # A sentence may well say of the steps around it where or how they are done.
    if _kinds(page.patched(edits)) == _kinds(page):
        yield edits


def _kinds(page: Page) -> list[type[Step]]:
    return [type(step) for step in page.steps if not isinstance(step, Stop)]
