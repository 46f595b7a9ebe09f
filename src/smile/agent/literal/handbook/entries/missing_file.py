"""A file that a command needs and that the tutorial never shows."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, needs, paste
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """Nothing in the tutorial makes the missing file."""
    path = errors.missing_path(case)
    if not path:
        return None
    if errors.wanted_file(case) == "app.py" and (named := _application(case)):
        return named
    named_at = _named_in_block(case, path)
    where = f" It is named on line {named_at}." if named_at else ""
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"`{path}` does not exist",
        problem=f"{needs(case)} needs `{path}`, which no earlier step makes.{where}",
        fix=f"Show the contents of `{path}` before line {case.line}, or say where to get it.",
    )


def _named_in_block(case: Case, path: str) -> int:
    """The line of a file block that names the path, 0 when the command itself does or none."""
    if any(path in word for word in case.words):
        return 0
    for block in reversed([w for w in case.writes if w.lines.first < case.line]):
        for line in range(block.lines.first + 1, block.lines.last):
            if path in case.lines[line - 1]:
                return line
    return 0


def _application(case: Case) -> Advice | None:
    """Flask looks for app.py; the text calls its application otherwise."""
    blocks = [w for w in case.writes if "Flask(" in w.content and w.lines.first < case.line]
    if not blocks or "--app" in case.command:
        return None
    module = blocks[-1].path.removesuffix(".py").replace("/", ".")
    command = re.sub(r"\bflask ", f"flask --app {module} ", case.command, count=1)
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"Flask does not find `{blocks[-1].path}`",
        problem=f"{needs(case)} looks for `app.py` or `wsgi.py`, but line "
        f"{blocks[-1].lines.first} calls the file `{blocks[-1].path}`.",
        fix=paste(case, "Say where the application is:", command),
        remedy=instead(case, command),
    )
