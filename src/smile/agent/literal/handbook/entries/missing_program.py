"""A program that no step installs and that a fresh machine does not have."""

from __future__ import annotations

from smile.agent.literal.handbook import errors, granted, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.agent.literal.handbook.tables import npm
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """The shell, or a program behind it, does not find a program."""
    program = errors.missing_program(case)
    if not program:
        return None
    recipe = _in_project(case, program) or install.program(case, program)
    problem = f"{needs(case)} needs `{program}`, which no earlier step installs."
    place = granted.place(case, program)
    if place is not None:
        problem = f"{problem} Line {place.line} takes it for granted."
    title = f"`{program}` is not installed"
    if recipe is None or recipe is install.NOTHING:
        fix = f"Say how to install `{program}` before line {case.line}."
        return Advice(GapKind.MISSING_PREREQUISITE, title, problem, fix, location=place)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=title,
        problem=problem,
        fix=paste(case, f"Install `{program}` first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
        location=place,
    )


def _in_project(case: Case, program: str) -> install.Recipe | None:
    """``npm run`` and ``npx`` look into the project: what they miss is its dependency."""
    if not case.programs or program == case.programs[0]:
        return None
    if case.programs[0] not in {"npm", "npx", "yarn", "pnpm"}:
        return None
    if program in {"git", "python", "python3", "make", "g++", "node"}:
        return None
    declared = any(
        w.path.endswith("package.json") and "ependencies" in w.content for w in case.writes
    )
    if declared and "node_modules/" not in case.facts.entries:
        return install.Recipe("", ("npm install",), ("npm install",))
    package = npm.COMMANDS.get(program, program)
    command = f"npm install --save-dev {package}"
    return install.Recipe(package, (command,), (command,))
