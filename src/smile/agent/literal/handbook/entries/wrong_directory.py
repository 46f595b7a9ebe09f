"""A path that exists, but not from where the reader stands: a ``cd`` is missing."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from pathlib import PurePosixPath

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """What is missing here was found at the same relative path below another directory."""
    path = errors.missing_path(case)
    if not path or path.startswith("~") or (path.startswith("/") and not case.failure.path):
        return None
    for base in _bases(case, path):
        way = _way(case, base)
        if way:
            return _advice(case, path, way)
    return None


def _bases(case: Case, path: str) -> Iterator[str]:
    """The directories from which the path, or the directory to write into, would be right."""
    cwd = case.facts.cwd.rstrip("/")
    relative = path.removeprefix(cwd + "/").removeprefix("./").rstrip("/")
    wanted = errors.missing_directory(case, relative) or relative
    work = case.facts.work_dir or cwd
    for place in sorted(case.places, key=lambda p: (not p.startswith(work), p.count("/"))):
        tail = "/" + wanted
        if wanted and place.rstrip("/").endswith(tail):
            base = place.rstrip("/").removesuffix(tail)
            if base and base != cwd and base.startswith((work, case.facts.home or "/root")):
                yield base


def _way(case: Case, base: str) -> str:
    """How to get there: below or above as a relative path, else from home."""
    cwd, home = case.facts.cwd or "/", (case.facts.home or "/root").rstrip("/")
    relative = os.path.relpath(base, cwd)
    if not relative.startswith("..") or set(PurePosixPath(relative).parts) == {".."}:
        return relative
    return "~" + base.removeprefix(home) if (base + "/").startswith(home + "/") else relative


def _advice(case: Case, path: str, way: str) -> Advice:
    command = f"cd {way}"
    return Advice(
        kind=GapKind.MISSING_DIRECTORY_CHANGE,
        title=f"`{way}` is not entered" if not way.startswith(".") else "A `cd` is missing",
        problem=f"{needs(case)} is meant for the directory `{way}`, where `{path}` is; no earlier "
        "step goes there.",
        fix=paste(case, "Change the directory first:", command),
        remedy=before(case, command),
    )
