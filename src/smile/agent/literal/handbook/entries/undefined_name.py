"""A name that the code of a file block uses and that nothing in that file defines.

Most often an import was left out: it is put back when its module is known, or when another block
of the tutorial imports the same name.
"""

from __future__ import annotations

import re

from smile.agent.literal.handbook import definitions as known
from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.tutorial.model import Lines, WriteFile
from smile.wire import GapKind, Location, Remedy, RemedyAction, RemedyFile

_NAMES = (
    r"NameError: name '(\w+)' is not defined",
    r"UnboundLocalError: .*'(\w+)'",
    r"ReferenceError: (\w+) is not defined",
    r"error TS2304: Cannot find name '(\w+)'",
    r"error TS2552: Cannot find name '(\w+)'",
    r"error TS258\d: Cannot find name '(\w+)'",
    r"error: [‘'](\w+)[’'] undeclared",  # noqa: RUF001
    r"implicit declaration of function [‘'](\w+)[’']",  # noqa: RUF001
    r"error: [‘'](\w+)[’'] was not declared in this scope",  # noqa: RUF001
    r"error: unknown type name [‘'](\w+)[’']",  # noqa: RUF001
    r"error\[E04(?:25|33|12)\]: .*?`(\w+)`",
    r"^\S+\.go:\d+:\d+: undefined: (\w+)",
    r"jinja2\.exceptions\.UndefinedError: '(\w+)' is undefined",
)


def diagnose(case: Case) -> Advice | None:
    """A program stopped at an unknown name in a file that the tutorial writes."""
    match = next((m for p in _NAMES if (m := case.search(p)) is not None), None)
    if match is None:
        return None
    name = match[1]
    path, number, source = errors.traced(case)
    write = _block(case, path, name)
    if write is None:
        return None
    where = case.locate(write.path, source if name in source else _first_use(write, name), number)
    location = where or case.at(write.lines)
    line = known.line_for(case, write, name)
    problem = f"`{write.path}` uses `{name}` (line {location.line}), and nothing defines it."
    title = f"`{name}` is not defined in `{write.path}`"
    if not line:
        fix = f"Define or import `{name}` in `{write.path}` before it is used."
        return Advice(GapKind.UNDEFINED_VARIABLE, title, problem, fix, location=location)
    return Advice(
        kind=GapKind.UNDEFINED_VARIABLE,
        title=title,
        problem=problem,
        fix=f"Add this to `{write.path}`:\n\n```{known.language(write.path)}\n{line}\n```",
        remedy=_remedy(case, write, line),
        location=_span(case, write, line, location),
    )


def _span(case: Case, write: WriteFile, line: str, use: Location) -> Location:
    """From where the line belongs to where the name is used: what a writer has to look at."""
    above = known.line_above(write.content, line)
    found = case.locate(write.path, above) if above else None
    first = write.lines.first + 1 if found is None or not above else found.line + 1
    if not write.lines.first < first <= use.line <= write.lines.last:
        return use
    return case.at(Lines(first, use.line))


def _block(case: Case, path: str, name: str) -> WriteFile | None:
    """The block with the file that the error names; without one, the last that uses the name."""
    using = [w for w in case.writes if re.search(rf"\b{re.escape(name)}\b", w.content)]
    named = [w for w in using if path and w.path.rpartition("/")[2] == path.rpartition("/")[2]]
    above = [w for w in named or using if w.lines.first <= case.line]
    return above[-1] if above else None


def _first_use(write: WriteFile, name: str) -> str:
    uses = (ln for ln in write.content.splitlines() if re.search(rf"\b{re.escape(name)}\b", ln))
    return next(uses, "")


def _remedy(case: Case, write: WriteFile, line: str) -> Remedy | None:
    content = case.content(write.path)
    if content is None:
        return None
    file = RemedyFile(path=write.path, content=known.insert(content, line))
    return Remedy(line=write.lines.first, action=RemedyAction.AFTER, files=(file,))
