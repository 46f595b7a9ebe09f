"""A file or directory that was made before the reader changed to where it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from smile.agent.literal.handbook import commandline, errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, file_before, needs
from smile.tutorial.model import Command, Run, WriteFile
from smile.wire import Change, ChangeAction, GapKind, Remedy


def diagnose(case: Case) -> Advice | None:
    """Right below what makes the missing path, a ``cd`` leads away from it."""
    path = errors.missing_path(case)
    if not path or path.startswith(("/", "~")):
        return None
    for maker in case.makers(path):
        if maker.lines.first >= case.line or (isinstance(maker, Command) and _absolute(maker)):
            continue
        leaving = next((c for c in _right_below(case, maker) if _leads_away(c, path)), None)
        if leaving is None:
            continue
        line = maker.lines.first
        return Advice(
            kind=GapKind.WRONG_ORDER,
            title=f"`{path}` is made in another directory",
            problem=f"{needs(case)} needs `{path}`, which line {line} makes before line "
            f"{leaving.lines.first} (`{leaving.text.split('#')[0].strip()}`) goes elsewhere.",
            fix=f"Move line {line} down, below line {leaving.lines.first}.",
            remedy=_remedy(case, maker),
            changes=(Change(action=ChangeAction.MOVE, line=line, source=leaving.lines.first),),
        )
    return None


def _right_below(case: Case, maker: Command | WriteFile) -> Iterator[Command]:
    """The next command, or, below a file block, those of the next step."""
    below = [c for c in case.earlier if c.lines.first > maker.lines.last]
    if isinstance(maker, Command):
        yield from below[:1]
        return
    steps = [s for s in case.steps if s.lines.first > maker.lines.last]
    if steps and isinstance(steps[0], Run):
        yield from (c for c in steps[0].commands if c.lines.first < case.line)


def _leads_away(command: Command, path: str) -> bool:
    words = commandline.words(command.text)
    return words[:1] == ("cd",) and len(words) > 1 and words[1].strip("./") != path.strip("./")


def _absolute(maker: Command) -> bool:
    return any(w.startswith(("/", "~")) for w in commandline.words(maker.text)[1:])


def _remedy(case: Case, maker: Command | WriteFile) -> Remedy | None:
    if isinstance(maker, Command):
        return before(case, maker.text)
    return None if maker.elided else file_before(case, maker.path, maker.content)
