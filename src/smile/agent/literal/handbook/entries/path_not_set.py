"""A program that is installed where PATH does not lead: ``~/.local/bin``, ``~/.cargo/bin``."""

from __future__ import annotations

from pathlib import PurePosixPath

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, paste
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """The missing program exists in a directory of programs that is not on PATH."""
    program = errors.missing_program(case)
    if not program:
        return None
    on_path = case.facts.variables.get("PATH", "").split(":")
    for path in (p for paths in case.facts.found.values() for p in paths):
        place = PurePosixPath(path)
        if place.name != program or place.parent.name not in {"bin", "sbin", "Scripts"}:
            continue
        if str(place.parent) not in on_path and "node_modules" not in path:
            return _advice(case, program, str(place.parent))
    return None


def _advice(case: Case, program: str, directory: str) -> Advice:
    home = (case.facts.home or "/root").rstrip("/")
    if directory.startswith(home + "/"):
        directory = "$HOME" + directory.removeprefix(home)
    command = f'export PATH="{directory}:$PATH"'
    return Advice(
        kind=GapKind.UNDEFINED_VARIABLE,
        title=f"`{program}` is not on PATH",
        problem=f"`{program}` was installed into `{directory}`, but no step adds that directory "
        f"to the variable PATH, so line {case.line} does not find it.",
        fix=paste(case, "Let the shell find it:", command),
        remedy=before(case, command),
    )
