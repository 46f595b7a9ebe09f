"""Debian's own Python: pip refuses to install into it (PEP 668), venv comes in its own package."""

from __future__ import annotations

from smile.agent.literal.handbook import install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, moved, paste
from smile.tutorial.model import Command
from smile.wire import GapKind

_VENV = r"ensurepip is not\s+available|No module named '?(?:venv|ensurepip)\b|python3-venv package"
_PIP = r"No module named '?pip\b"


def diagnose(case: Case) -> Advice | None:
    """Pip or venv say that they can't work with the system's Python as it is."""
    if case.search(_VENV) or "ensurepip is not" in case.output:
        recipe = install.system(case, ["python3-venv"])
        problem = f"Line {case.line} makes a virtual environment, for which Debian and Ubuntu need "
        return Advice(
            kind=GapKind.MISSING_PREREQUISITE,
            title="`python3-venv` is not installed",
            problem=f"{problem}the package `python3-venv`; no earlier step installs it.",
            fix=paste(case, "On Debian and Ubuntu install this first:", *recipe.shown),
            remedy=before(case, *recipe.typed),
        )
    if not case.search(r"externally-managed-environment|externally managed") and not (
        case.search(_PIP) and "pip" in case.words
    ):
        return None
    return _unmanaged(case)


def _unmanaged(case: Case) -> Advice:
    later = next((c for c in case.later if "bin/activate" in c.text), None)
    made = next((c for c in case.commands if "-m venv" in c.text), None)
    if later is not None and made is not None and not install.in_environment(case):
        return _activated_later(case, made, later)
    recipe = install.environment(case)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title="pip needs a virtual environment",
        problem=f"The command on line {case.line} installs with pip, but Debian and Ubuntu let "
        "pip install only into a virtual environment, and no earlier step makes one.",
        fix=paste(case, "Make a virtual environment and activate it first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )


def _activated_later(case: Case, made: Command, later: Command) -> Advice:
    below = [c for c in (made, later) if c.lines.first > case.line]
    commands = [c.text for c in below]
    return Advice(
        kind=GapKind.WRONG_ORDER,
        title="pip runs before the virtual environment is active",
        problem=f"The command on line {case.line} installs with pip, but the virtual environment "
        f"is only activated on line {later.lines.first}.",
        fix=paste(case, "Activate the virtual environment first:", *commands),
        remedy=before(case, *commands),
        changes=moved(case, *(c.lines.first for c in below)),
    )
