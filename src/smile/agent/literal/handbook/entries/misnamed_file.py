"""A file that has one name where it is made and another where it is used."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.nearness import akin
from smile.agent.literal.handbook.style import instead, needs, paste
from smile.tutorial.model import WriteFile
from smile.wire import GapKind, Remedy, RemedyAction


def diagnose(case: Case) -> Advice | None:
    """A file block, or a file that is there, has nearly the missing name."""
    path = errors.missing_path(case)
    if not path or path == ".git":
        return None
    typed = next((w for w in case.words if w.strip("'\"") == path), "")
    write = _written_as(case, path)
    if write is not None:
        return _called_twice(case, write, path, typed)
    near = next((e for e in case.facts.entries if typed and _alike(path, e)), "")
    if near:
        return _use(case, path, near.rstrip("/"), typed)
    return _config_misnamed(case) if case.failure.exit_code else None


def _alike(path: str, entry: str) -> bool:
    name, other = PurePosixPath(path).name, entry.rstrip("/")
    same_sort = bool(PurePosixPath(name).suffix) == bool(PurePosixPath(other).suffix)
    return name != other and same_sort and akin(name, other)


def _written_as(case: Case, path: str) -> WriteFile | None:
    above = [w for w in case.writes if w.lines.first < case.line]
    if any(case.same(w.path, path) for w in above):
        return None
    return next((w for w in reversed(above) if akin(w.path, path)), None)


def _called_twice(case: Case, write: WriteFile, path: str, typed: str) -> Advice:
    if typed:
        return _use(case, path, write.path, typed, write)
    right = str(PurePosixPath(write.path).with_name(PurePosixPath(path).name))
    return _rename(case, write, right)


def _use(case: Case, path: str, right: str, typed: str, write: WriteFile | None = None) -> Advice:
    if "/" not in right and "/" in path:
        right = str(PurePosixPath(path).with_name(right))
    command = re.sub(rf"(?<![\w./-]){re.escape(typed)}(?![\w/-])", right, case.command, count=1)
    where = f" where line {write.lines.first} makes it" if write is not None else " there"
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"`{path}` is called `{right}`",
        problem=f"{needs(case)} uses `{path}`, but the file is called `{right}`{where}.",
        fix=paste(case, "Use the name that the file has:", command),
        remedy=instead(case, command),
    )


def _rename(case: Case, write: WriteFile, right: str) -> Advice:
    line = write.named_at or write.lines.first
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"`{right}` is called `{write.path}`",
        problem=f"{needs(case)} needs `{right}`, but line {line} calls the file `{write.path}`.",
        fix=f"Call the file `{right}` on line {line}.",
        remedy=Remedy(line=write.lines.first, action=RemedyAction.REPLACE, path=right),
        location=case.at(write.lines) if not write.named_at else None,
    )


def _config_misnamed(case: Case) -> Advice | None:
    """A block whose name the text has only there, while it often speaks of a very near name.

    What the missing path should have come from may hang on such a file.
    """
    for write in reversed([w for w in case.writes if w.lines.first < case.line]):
        name = PurePosixPath(write.path).name
        spoken = re.findall(r"[\w.-]*\w\.\w+|[A-Z]\w+file\b", case.text)
        written = {PurePosixPath(w.path).name for w in case.writes}
        near = [s for s in spoken if s not in written and s != name and _slip(name, s)]
        if near and spoken.count(name) <= 1:
            right = str(PurePosixPath(write.path).with_name(near[0]))
            return _rename(case, write, right)
    return None


def _slip(name: str, other: str) -> bool:
    a, b = PurePosixPath(name), PurePosixPath(other)
    return a.suffix == b.suffix and a.stem.rstrip("0123456789_-") == b.stem
