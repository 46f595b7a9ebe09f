"""What stands too low in a tutorial, as edits that put it where it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from smile.report.model import Edit
from smile.report.page import Page, bare, commands_of, is_blank, margin_of
from smile.tutorial.blocks import Block
from smile.tutorial.model import Command, Run, Step, WriteFile

__all__ = ["moves"]

Edits = tuple[Edit, ...]


def moves(page: Page, line: int, sources: tuple[int, ...]) -> Iterator[Edits]:
    """The ways to put what stands at the sources right before what stands at a line."""
    target = page.step_at(line)
    steps = [page.step_at(source) for source in sources]
    if target is None or not all(steps):
        return
    commands = [command for source in sources if (command := page.command_at(source))]
    step = steps[0]
    assert step is not None
    whole = [c.lines.first for c in commands_of(step)] == list(sources) or not commands
    if whole and len(set(map(id, steps))) == 1 and step is not target:
        for edits in _block(page, step, target, line):
            if _in_new_order(page, edits, step, line):
                yield edits
    if len(commands) == len(sources) and isinstance(target, Run):
        yield from _lines(page, commands, target, line)


def _block(page: Page, step: Step, target: Step, line: int) -> Iterator[Edits]:
    """The whole block with what announces it, before the other one or before its paragraph."""
    block, other = page.block_of(step.lines.first), page.block_of(target.lines.first)
    if block is None or other is None or block is other:
        return
    if isinstance(target, Run) and not target.inline and target.commands[0].lines.first != line:
        return
    first, last = _span(page, step, block)
    taken = page.rows[first - 1 : last]
    out = _out(page, first, last)
    old, new = (margin_of(page.row(each.lines.first)) for each in (block, other))
    rows = tuple((new + row.removeprefix(old)).rstrip() if row.strip() else "" for row in taken)
    for at in dict.fromkeys((page.top_of(other), other.lines.first)):
        above = ("",) if at > 1 and not is_blank(page.row(at - 1)) else ()
        yield (Edit(line_number=at, end_line=at - 1, lines=(*above, *rows, "")), out)


def _span(page: Page, step: Step, block: Block) -> tuple[int, int]:
    """The lines of the block and of the paragraph that announces it or names its file."""
    first = page.top_of(block)
    if isinstance(step, WriteFile) and 0 < step.named_at < first:
        above = page.block_of(step.named_at)
        if above is not None and above.kind == "para":
            first = above.lines.first
    return first, block.lines.last


def _out(page: Page, first: int, last: int) -> Edit:
    """Take lines out, and one of the blank lines around them."""
    if last + 1 < len(page.rows) and is_blank(page.row(last + 1)):
        last += 1
    elif first > 1 and is_blank(page.row(first - 1)):
        first -= 1
    return Edit(line_number=first, end_line=last, lines=())


def _lines(page: Page, commands: list[Command], target: Run, line: int) -> Iterator[Edits]:
    """Single commands of a block, into the other block."""
    before = page.command_at(line)
    if before is None or before in commands or target.inline:
        return
    lead = page.lead(before)
    rows = tuple(
        (lead + row.removeprefix(page.lead(command)) if number == 0 else row)
        for command in commands
        for number, row in enumerate(page.rows[command.lines.first - 1 : command.lines.last])
    )
    puts = Edit(line_number=line, end_line=line - 1, lines=rows)
    edits = (puts, *dict.fromkeys(_taken(page, command, commands) for command in commands))
    wanted = sorted(c.text for s in page.steps for c in commands_of(s))
    after = [c.text for s in page.patched(edits).steps for c in commands_of(s)]
    if sorted(after) == wanted and page.keeps(edits) and _precede(after, commands, before):
        yield edits


def _taken(page: Page, command: Command, commands: list[Command]) -> Edit:
    """The edit that takes a command out; its whole block when nothing else is left there."""
    step = page.step_at(command.lines.first)
    block = page.block_of(command.lines.first)
    alone = step is not None and all(c in commands for c in commands_of(step))
    if alone and block is not None:
        return _out(page, page.top_of(block), block.lines.last)
    return Edit(line_number=command.lines.first, end_line=command.lines.last, lines=())


def _precede(after: list[str], commands: list[Command], target: Command) -> bool:
    texts = [command.text for command in commands]
    ends = [n for n in range(len(after)) if after[n : n + len(texts)] == texts]
    return any(after[n + len(texts) : n + len(texts) + 1] == [target.text] for n in ends)


def _in_new_order(page: Page, edits: Edits, step: Step, line: int) -> bool:
    """Whether the steps are the same, and this one is done right before what stands at the line."""
    after = [bare(each) for each in page.patched(edits).steps]
    before = [bare(each) for each in page.steps if each is not step]
    target = page.step_at(line)
    if target is None:
        return False
    at = next(n for n, each in enumerate(s for s in page.steps if s is not step) if each is target)
    return after == [*before[:at], bare(step), *before[at:]]
