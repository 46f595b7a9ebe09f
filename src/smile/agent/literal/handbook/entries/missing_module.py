"""A Python module that can't be imported: its package is missing, or the reader is elsewhere."""

from __future__ import annotations

from smile.agent.literal.handbook import commandline, errors, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, moved, needs, paste
from smile.agent.literal.handbook.tables import pypi
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """An import failed with ModuleNotFoundError, or ``python -m`` found nothing."""
    module = errors.missing_module(case)
    if not module or errors.is_standard(module):
        return None
    if any(_is_module(w.path, module) for w in case.writes):
        return _own(case, module)
    package = pypi.MODULES.get(module, module.replace("_", "-"))
    for command in case.later:
        names = {p.casefold().replace("_", "-") for p in commandline.installs(command.text)}
        if package.strip('"').split("[")[0].casefold() in names:
            return Advice(
                kind=GapKind.WRONG_ORDER,
                title=f"`{package}` is used before it is installed",
                problem=f"{needs(case)} needs the Python package `{package}`, which is only "
                f"installed on line {command.lines.first}.",
                fix=paste(case, f"Move line {command.lines.first} up:", command.text),
                remedy=before(case, command.text),
                changes=moved(case, command.lines.first),
            )
    recipe = install.python(case, package)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=f"The Python package `{package}` is not installed",
        problem=f"{needs(case)} needs the Python package `{package}`, which no earlier step "
        "installs.",
        fix=paste(case, f"Install `{package}` first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )


def _is_module(path: str, module: str) -> bool:
    return path.endswith(f"{module}.py") or f"{module}/" in path


def _own(case: Case, module: str) -> Advice | None:
    """A module that the tutorial writes: it comes later, or the reader is in another place."""
    write = next(w for w in case.writes if _is_module(w.path, module))
    if write.lines.first > case.line:
        return Advice(
            kind=GapKind.WRONG_ORDER,
            title=f"`{write.path}` is used before it is written",
            problem=f"{needs(case)} imports `{module}`, which is only written on line "
            f"{write.lines.first}.",
            fix=f"Move the block of `{write.path}` up, before line {case.line}.",
            changes=moved(case, write.lines.first),
        )
    for place in case.places:
        tail = "/" + write.path.removeprefix("./")
        if place.endswith(tail) and place.removesuffix(tail) != case.facts.cwd:
            directory = place.removesuffix(tail)
            return Advice(
                kind=GapKind.MISSING_DIRECTORY_CHANGE,
                title=f"The directory of `{write.path}` is not entered",
                problem=f"{needs(case)} imports `{module}`, but the reader is not in its "
                "directory there.",
                fix=paste(case, "Go there first:", f"cd {directory}"),
                remedy=before(case, f"cd {directory}"),
            )
    return None
