"""An old version that the tutorial pins: it can't be installed any more, or fails to run."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import paste, shortest
from smile.tutorial.model import Command
from smile.wire import GapKind, Remedy, RemedyAction

_CANT_INSTALL = (
    r"Could not find a version that satisfies|No matching distribution|No solution found|"
    r"ETARGET|No matching version|metadata-generation-failed|subprocess-exited-with-error|"
    r"Failed (?:building|to build)|no version|not found in the package|"
    r"Getting requirements to build|ResolutionImpossible|use_2to3|error in .* setup command"
)
_BROKEN_INSIDE = r"(?:site-packages|node_modules|dist-packages)/(?:lib/)?((?:@[\w.-]+/)?[\w.-]+)"


def diagnose(case: Case) -> Advice | None:
    """The failing command installs a pinned package, or what it runs was pinned above."""
    for command in reversed([c for c in case.commands if c.lines.first <= case.line]):
        for package, pin in commandline.installs(command.text).items():
            if re.match(r"(?:==|@)\D?\d", pin) and _to_blame(case, command, package):
                return _advice(case, command, package, pin)
    return None


def _to_blame(case: Case, command: Command, package: str) -> bool:
    if command.lines.first == case.line:
        return bool(case.search(_CANT_INSTALL))
    if errors.missing_path(case) and not case.search(r"Traceback|node:internal"):
        return False
    inside = {
        m.casefold().replace("_", "-") for m in re.findall(_BROKEN_INSIDE, _where_it_broke(case))
    }
    if package.casefold().replace("_", "-") in inside and case.search(
        r"(?:Import|Attribute|ModuleNotFound|Type|Syntax|Reference)Error"
    ):
        return True
    return any(package in install.provider(p) for p in case.programs)


def _where_it_broke(case: Case) -> str:
    """The innermost frame of a traceback; all of the output when there is none.

    Those further out only called what broke, as a framework calls what it was given.
    """
    python = re.findall(r'^\s+File "[^"]+", line \d+', case.output, re.MULTILINE)
    node = re.findall(r"^\s+at .*$", case.output, re.MULTILINE)
    return python[-1] if python else node[0] if node else case.output


def _advice(case: Case, command: Command, package: str, pin: str) -> Advice:
    line = command.lines.first
    loose = re.sub(rf"({re.escape(package)}(?:\[[^\]]*\])?){re.escape(pin)}", r"\1", command.text)
    fails = "can't be installed any more" if line == case.line else "does not work any more"
    problem = f"Line {line} pins `{package}` to `{pin}`, which {fails} with what a reader has today"
    shows = "" if line == case.line else f": `{shortest(case.command)}` on line {case.line} fails"
    return Advice(
        kind=GapKind.VERSION_MISMATCH,
        title=f"`{package}{pin}` is too old",
        problem=f"{problem}{shows}.",
        fix=paste(case, "Install the current version, or pin one that was tried lately:", loose),
        remedy=Remedy(line=line, action=RemedyAction.REPLACE, commands=(loose,)),
        location=case.at(command.lines),
    )
