"""A package that its registry does not have, and whose name is a slip of one that exists."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.nearness import nearest
from smile.agent.literal.handbook.style import instead, paste
from smile.agent.literal.handbook.tables import npm, packages, pypi
from smile.wire import GapKind

_REFUSALS = (
    r"No matching distribution found for ([\w.-]+)",
    r"Because ([\w.-]+) was not found in the package registry",
    r"'((?:@[\w.-]+/)?[\w.-]+)@[^']*' is not in this registry",
    r"404 Not Found - GET \S+/((?:@[\w.-]+(?:/|%2f))?[\w.-]+) ",
    r"Unable to locate package ([\w.+-]+)",
    r"Couldn't find any package by \w+ '([\w.+-]+)'",
    r"could not find `([\w-]+)` in registry",
    r"the crate `([\w-]+)` could not be found",
)
_DEFAULT = (
    "requests numpy pandas matplotlib scipy django flask fastapi sqlalchemy pydantic express "
    "react react-dom lodash axios mongoose typescript build-essential python3-venv python3-pip "
    "libc6-dev libssl-dev nodejs"
).split()


def diagnose(case: Case) -> Advice | None:
    """The unknown package is a slip of a known one."""
    refused = next((m[1] for p in _REFUSALS if (m := case.search(p)) is not None), "")
    if not refused or refused not in case.command:
        return None
    meant = nearest(refused, _candidates(case, refused))
    if not meant:
        return None
    command = re.sub(rf"(?<![\w-]){re.escape(refused)}(?![\w-])", meant, case.command, count=1)
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"The package `{refused}` is misspelt",
        problem=f"The command on line {case.line} installs `{refused}`, which does not exist; "
        f"`{meant}` is meant.",
        fix=paste(case, f"Write `{meant}`:", command),
        remedy=instead(case, command),
    )


def _candidates(case: Case, refused: str) -> list[str]:
    named = [p for c in case.commands for p in commandline.installs(c.text) if p != refused]
    source = commandline.installer(case.command)
    tables = {"pypi": pypi.COMMANDS, "npm": npm.COMMANDS, "apt": packages.COMMANDS}
    known = [p for listed in tables.get(source, {}).values() for p in listed.split()]
    known += list(pypi.MODULES.values()) if source == "pypi" else []
    return [*named, *(commandline.unpinned(p.strip('"')) for p in known), *_DEFAULT]
