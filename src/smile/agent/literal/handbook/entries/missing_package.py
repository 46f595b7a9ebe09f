"""A Node package that the code needs and that no step installs."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, moved, needs, paste
from smile.wire import GapKind

_MISSING = (
    r"Cannot find package '([^'./][^']*)'",
    r"Cannot find module '([^'./][^']*)'",
    r"TS2307: Cannot find module '([^'./][^']*)'",
    r"TS7016: Could not find a declaration file for module '([^'./][^']*)'",
    r"Can't resolve '([^'./][^']*)'",
    r"[Ff]ailed to resolve import \"([^\"./][^\"]*)\"",
)


def diagnose(case: Case) -> Advice | None:
    """Node, a bundler or a compiler does not find a package."""
    match = next((m for p in _MISSING if (m := case.search(p)) is not None), None)
    if match is None or match[1].startswith("node:"):
        return None
    package = _package(match[1])
    if "TS7016" in match[0]:
        package = f"@types/{package}"
    later = next((c for c in case.later if package in commandline.installs(c.text)), None)
    if later is not None:
        return Advice(
            kind=GapKind.WRONG_ORDER,
            title=f"`{package}` is used before it is installed",
            problem=f"{needs(case)} needs the package `{package}`, which is only installed on "
            f"line {later.lines.first}.",
            fix=paste(case, f"Move line {later.lines.first} up:", later.text),
            remedy=before(case, later.text),
            changes=moved(case, later.lines.first),
        )
    recipe = install.javascript(case, package)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=f"The package `{package}` is not installed",
        problem=f"{needs(case)} needs the package `{package}`, which no earlier step installs.",
        fix=paste(case, f"Install `{package}` first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )


def _package(module: str) -> str:
    """``@a/b/c`` → ``@a/b``, ``lodash/fp`` → ``lodash``."""
    parts = re.split(r"/", module)
    return "/".join(parts[:2]) if module.startswith("@") else parts[0]
