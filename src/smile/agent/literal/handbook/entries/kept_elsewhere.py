"""A file that the code of another one looks for in a directory where it isn't kept."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs
from smile.tutorial.model import Lines, WriteFile
from smile.wire import Change, ChangeAction, GapKind


def diagnose(case: Case) -> Advice | None:
    """A block names a path of which the tutorial writes the file, but into another directory."""
    path = errors.missing_path(case)
    if not path or path.startswith("~") or path in case.command:
        return None
    write = _written(case, path)
    if write is None:
        return None
    parent = str(PurePosixPath(path).parent)
    make = f"mkdir -p {shlex.quote(parent)} && " if parent != "." else ""
    command = f"{make}cp {shlex.quote(write.path)} {shlex.quote(path)}"
    place = _mentioned(case, path)
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"`{path}` is kept as `{write.path}`",
        problem=f"{needs(case)} looks for `{path}`, but line {write.named_at or write.lines.first} "
        f"puts the file at `{write.path}`.",
        fix=f"Write `{path}` where the file is made (line {write.named_at or write.lines.first}), "
        f"or `{write.path}` where it is used (line {place.first if place else case.line}).",
        remedy=before(case, command),
        location=case.at(place) if place else None,
        changes=_changes(case, path, write),
    )


def _changes(case: Case, path: str, write: WriteFile) -> tuple[Change, ...]:
    """The path that the file has, where another block speaks of it."""
    for block in case.writes:
        if path in block.content:
            content = block.content.replace(path, write.path)
            action, line = ChangeAction.WRITE, block.lines.first
            return (Change(action=action, line=line, path=block.path, content=content),)
    return ()


def _written(case: Case, path: str) -> WriteFile | None:
    """A file block above with the same name and another directory, whose file is in reach."""
    wanted = PurePosixPath(path)
    for write in reversed([w for w in case.writes if w.lines.first < case.line]):
        there = PurePosixPath(write.path)
        reachable = there.name in {e.rstrip("/") for e in case.facts.entries} or "/" in write.path
        if there.name == wanted.name and there != wanted and reachable:
            return write
    return None


def _mentioned(case: Case, path: str) -> Lines | None:
    """The line of a file block that speaks of the path."""
    for write in case.writes:
        for offset, line in enumerate(write.content.split("\n")):
            if path in line:
                number = min(write.lines.first + 1 + offset, write.lines.last)
                return Lines(number, number)
    return None
