"""A tutorial's text as a writer sees it: which block a step stands in, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from smile.regex import regex
from smile.report import patch
from smile.report.model import Edit
from smile.tutorial.blocks import Block, read
from smile.tutorial.model import Command, Lines, Run, Step, WriteFile
from smile.tutorial.parse import steps_of

__all__ = ["Page", "Style", "bare", "commands_of", "is_blank", "margin_of", "page_of"]

_FENCE = regex(r"^((?:[ \t]|>)*)(`{3,}|~{3,})([^\n]*)$")
_INDENTED = regex(r"^((?:[ \t]|>)*?)(\t| {4})(?![ \t>])")
_LANGUAGE = regex(r"^\s*[\w+-]*")
_BULLET = regex(r"^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_SHELLS = {"bash", "sh", "shell", "console", "zsh", "shell-session", "shellsession", "terminal"}
_NOWHERE = Lines(0, 0)


@dataclass(frozen=True, slots=True)
class Style:
    """How the author writes a block of commands.

    ``margin`` stands before each line (indentation, quote signs), ``prompt`` before each command.
    Without ``fence`` the block is only indented, by ``indent`` more than a sentence.
    """

    margin: str = ""
    indent: str = ""
    fence: str = "```"
    info: str = "bash"
    prompt: str = ""

    def block(self, commands: Iterable[str], say: str = "") -> tuple[str, ...]:
        """The lines of a block, below a sentence when there is one."""
        body = [line for command in commands for line in self.typed(command)]
        fenced = [f"{self.fence}{self.info}", *body, self.fence] if self.fence else body
        block = [f"{self.indent}{row}" for row in fenced]
        rows = [say, "", *block] if say else block
        return tuple(f"{self.margin}{row}" if row else self.margin.rstrip() for row in rows)

    def typed(self, command: str) -> list[str]:
        """The lines of one command, without the margin."""
        first, *more = command.split("\n")
        return [self.prompt + first, *more]


class Page:
    """A text with its rows, blocks and steps; lines are counted from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows = [row.removesuffix("\r") for row in text.split("\n")]
        document = read(text)
        self.blocks = document.blocks
        self.steps = steps_of(document)

    def row(self, line: int) -> str:
        """The text of a line; empty outside of the page."""
        return self.rows[line - 1] if 0 < line <= len(self.rows) else ""

    def step_at(self, line: int) -> Step | None:
        """The step that begins on a line, or whose command does, or whose file is named there."""
        for step in self.steps:
            if step.lines.first == line or any(c.lines.first == line for c in commands_of(step)):
                return step
        named = (s for s in self.steps if isinstance(s, WriteFile) and s.named_at == line)
        return next(named, None)

    def command_at(self, line: int) -> Command | None:
        """The command that begins on a line."""
        found = (c for s in self.steps for c in commands_of(s) if c.lines.first == line)
        return next(found, None)

    def block_of(self, line: int) -> Block | None:
        """The block that a line stands in."""
        return next((b for b in self.blocks if line in b.lines), None)

    def top_of(self, block: Block) -> int:
        """The first line of a block of code, or of the paragraph that announces it ("…:")."""
        at = self.blocks.index(block)
        above = self.blocks[at - 1] if at else None
        if above is None or not self._announces(above, block):
            return block.lines.first
        return above.lines.first

    def _announces(self, above: Block, block: Block) -> bool:
        if above.kind != "para" or not above.text.rstrip().endswith(":"):
            return False
        here = (block.item, block.quoted, block.regions)
        between = range(above.lines.last + 1, block.lines.first)
        return (
            (above.item, above.quoted, above.regions) == here
            and all(is_blank(self.row(line)) for line in between)
            and not _BULLET.match(self.row(above.lines.first).lstrip(" \t>"))
        )

    @cached_property
    def shell(self) -> Run | None:
        """The first block of commands: how this author writes them."""
        runs = (s for s in self.steps if isinstance(s, Run) and not s.inline)
        return next(runs, None)

    def style(self, step: Step) -> Style:
        """How a block of commands beside this step is written."""
        margin = self._margin(step)
        like = step if isinstance(step, Run) and not step.inline else self.shell
        if like is None:
            return Style(margin=margin)
        command = like.commands[0]
        block = self.block_of(command.lines.first)
        opening = _FENCE.match(self.row(block.lines.first)) if block is not None else None
        lead = self.lead(command)
        if opening is None:
            own = _INDENTED.match(lead)
            return Style(
                margin=own[1] if own and like is step else margin,
                indent=own[2] if own else "    ",
                fence="",
                info="",
                prompt=lead[own.end() :] if own else "",
            )
        info = opening[3].strip() if opening[3].lstrip().startswith("{") else ""
        language = _LANGUAGE.match(opening[3])
        inner = lead.removeprefix(opening[1])
        info = info or (language[0].strip() if language else "")
        return Style(margin, "", opening[2], info, inner)

    def _margin(self, step: Step) -> str:
        row = self.row(step.lines.first)
        if not isinstance(step, Run):
            return margin_of(row)
        opening = _FENCE.match(row)
        return opening[1] if opening else ""

    def lead(self, command: Command) -> str:
        """What stands before a command on its line: margin and prompt."""
        row, first = self.row(command.lines.first), command.text.split("\n")[0]
        before, found, _ = row.partition(first)
        return before if found else margin_of(row)

    def patched(self, edits: Iterable[Edit]) -> Page:
        """The page with these edits in it."""
        return page_of(patch.apply(self.text, edits))

    def keeps(self, edits: tuple[Edit, ...], *, renamed: tuple[str, str] = ("", "")) -> bool:
        """Whether all steps that the edits don't touch are the same in the patched page."""
        after = {(s.lines.first, bare(s, renamed)) for s in self.patched(edits).steps}
        kept = [s for s in self.steps if not any(_touches(edit, s) for edit in edits)]
        return all((patch.moved(s.lines.first, edits), bare(s, renamed)) in after for s in kept)


@lru_cache(maxsize=8)
def page_of(text: str) -> Page:
    """The page of a text; the last ones are kept, for each change of a report asks for one."""
    return Page(text)


def margin_of(row: str) -> str:
    """What stands before a row's text: indentation and quote signs."""
    return row[: len(row) - len(row.lstrip(" \t>"))]


def is_blank(row: str) -> bool:
    """Whether nothing stands in a row but its margin."""
    return not row.strip(" \t>")


def commands_of(step: Step) -> tuple[Command, ...]:
    """The commands of a step; none when it is of another kind."""
    return step.commands if isinstance(step, Run) else ()


def bare(step: Step, renamed: tuple[str, str] = ("", "")) -> Step:
    """The step without its place; a file of the first name counts as one of the second."""
    if isinstance(step, Run):
        commands = tuple(
            replace(c, lines=_NOWHERE, expected_lines=c.expected_lines and _NOWHERE)
            for c in step.commands
        )
        return replace(step, lines=_NOWHERE, commands=commands)
    if isinstance(step, WriteFile):
        path = renamed[1] if step.path == renamed[0] else step.path
        return replace(step, lines=_NOWHERE, named_at=0, path=path)
    return replace(step, lines=_NOWHERE)


def _touches(edit: Edit, step: Step) -> bool:
    first, last = step.lines.first, step.lines.last
    if edit.end_line < edit.line_number:
        return first < edit.line_number <= last
    return edit.line_number <= last and edit.end_line >= first
