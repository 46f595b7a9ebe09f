"""A directory that no step makes."""

from __future__ import annotations

import shlex

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """``cd`` goes nowhere, or a file is to be written into a directory that is not there."""
    path = errors.missing_path(case)
    directory = errors.missing_directory(case, path) if path else ""
    if not directory:
        return None
    cwd = case.facts.cwd.rstrip("/")
    directory = directory.removeprefix(cwd + "/") if cwd else directory
    command = f"mkdir -p {_quoted(directory)}"
    return Advice(
        kind=GapKind.MISSING_FILE,
        title=f"The directory `{directory}` does not exist",
        problem=f"{needs(case)} needs the directory `{directory}`, which no earlier step makes.",
        fix=paste(case, "Make the directory first:", command),
        remedy=before(case, command),
    )


def _quoted(path: str) -> str:
    """Quoted where the shell needs it, so that ``~`` still means home."""
    if path.startswith("~/"):
        return "~/" + shlex.quote(path[2:])
    return path if path.startswith("$") else shlex.quote(path)
