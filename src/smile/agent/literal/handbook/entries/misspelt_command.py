"""A program's name with a slip of the finger: one letter off a program that exists."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.nearness import nearest
from smile.agent.literal.handbook.style import instead, paste
from smile.agent.literal.handbook.tables import npm, packages, pypi
from smile.wire import GapKind

_ALWAYS = (
    "apt-get apt cd ls cp mv rm mkdir rmdir cat echo printf touch export source chmod chown head "
    "tail grep sort uniq find xargs sed which type pwd env kill sleep true false ln tee tar gzip "
    "test date whoami id uname dpkg pip pip3 python3.11 bash sh set alias unset history"
).split()


def diagnose(case: Case) -> Advice | None:
    """The missing program is unknown, and one that is known differs by a slip."""
    typed = errors.missing_program(case)
    if not typed or typed not in case.command or _is_real(case, typed):
        return None
    meant = nearest(typed, _candidates(case, typed))
    if not meant:
        return None
    command = re.sub(rf"(?<![\w/-]){re.escape(typed)}(?![\w-])", meant, case.command, count=1)
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"`{typed}` is misspelt",
        problem=f"The command on line {case.line} says `{typed}`; there is no such program, "
        f"`{meant}` is meant.",
        fix=paste(case, f"Write `{meant}`:", command),
        remedy=instead(case, command),
    )


def _is_real(case: Case, typed: str) -> bool:
    installed = (p for c in case.commands for p in commandline.installs(c.text))
    return install.known(typed) or typed in _ALWAYS or typed in installed


def _candidates(case: Case, typed: str) -> list[str]:
    """Programs to compare with, those of the tutorial first."""
    used = [p for c in case.commands for p in commandline.programs(c.text) if "/" not in p]
    used += [p for c in case.commands for p in commandline.installs(c.text)]
    near = [p for p in used if p != typed] + list(case.facts.tools)
    if len(typed) <= 3:
        return [p for p in near if len(p) > 2] + ["git", "make", "curl", "grep", "mkdir", "node"]
    return [*near, *_ALWAYS, *packages.COMMANDS, *pypi.COMMANDS, *npm.COMMANDS]
