"""A file or directory that is needed before the step that makes it."""

from __future__ import annotations

from smile.agent.literal.handbook import definitions as known
from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice, Paste
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import (
    accept,
    before,
    file_before,
    moved,
    needs,
    paste,
    shortest,
)
from smile.tutorial.model import Command, Skip, SkipReason, WriteFile
from smile.wire import Change, GapKind, Remedy

_UNNAMED = {SkipReason.UNKNOWN, SkipReason.ILLUSTRATION}
_SHORT = {"javascript": "js", "typescript": "ts", "py": "python", "rs": "rust"}


def diagnose(case: Case) -> Advice | None:
    """A step below makes the missing path."""
    path = errors.missing_path(case)
    if not path:
        return None
    directory = errors.missing_directory(case, path)
    maker = case.made_later(directory or path)
    if maker is None and directory:
        maker = case.made_later(path) if directory == path else None
    if maker is None and not directory:
        maker = _shown_below(case, path)
    if maker is None or _is_same_tool(case, maker):
        return None
    shown = (
        f"`{maker.path}` is written"
        if isinstance(maker, WriteFile)
        else (f"`{shortest(maker.text)}` stands")
    )
    return Advice(
        kind=GapKind.WRONG_ORDER,
        title=f"`{path}` is used before it is made",
        problem=f"{needs(case)} needs `{path}`, but {shown} only on line {maker.lines.first}.",
        fix=_fix(case, maker),
        remedy=_remedy(case, maker),
        changes=_changes(case, maker),
    )


def _changes(case: Case, maker: Command | WriteFile) -> tuple[Change, ...]:
    """It moves, unless a writer has to say first which file the block is."""
    known = isinstance(maker, Command) or maker in case.writes
    return moved(case, maker.lines.first) if known else ()


def _shown_below(case: Case, path: str) -> WriteFile | None:
    """A block right below, of the file's language, that names no file of its own."""
    if any(True for _ in case.makers(path)):
        return None
    below = next((s for s in case.steps if s.lines.first > case.location.end_line), None)
    if not isinstance(below, Skip) or below.reason not in _UNNAMED or not below.text.strip():
        return None
    fence = case.lines[below.lines.first - 1].strip("`~ ").split(" ")[0].split(",")[0]
    if known.language(path) not in {fence, _SHORT.get(fence, fence)}:
        return None
    return WriteFile(below.lines, path, below.text.rstrip("\n") + "\n")


def _is_same_tool(case: Case, maker: Command | WriteFile) -> bool:
    """The step below is the failing command over again, which fails likewise."""
    return isinstance(maker, Command) and maker.text.strip() == case.command


def _fix(case: Case, maker: Command | WriteFile) -> str | Paste:
    line = maker.lines.first
    if isinstance(maker, Command):
        return paste(case, f"Move line {line} up, before line {case.line}:", maker.text)
    return f"Move the block of `{maker.path}` (line {line}) up, before line {case.line}."


def _remedy(case: Case, maker: Command | WriteFile) -> Remedy | None:
    if case.programs[:1] == ("rm",):
        return accept(case)
    if isinstance(maker, Command):
        return before(case, maker.text)
    if maker.elided:
        return None
    return file_before(case, maker.path, maker.content)
