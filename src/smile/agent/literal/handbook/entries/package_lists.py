"""A package of the distribution that apt does not find: its lists were never fetched."""

from __future__ import annotations

from smile.agent.literal.handbook import install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, paste
from smile.wire import GapKind

_UNKNOWN = r"Unable to locate package ([\w.+-]+)|has no installation candidate|E: Couldn't find"


def diagnose(case: Case) -> Advice | None:
    """Apt knows no such package, or fetches one that is gone."""
    match = case.search(_UNKNOWN)
    if match is None and not case.search(r"Failed to fetch .* 404 +Not Found"):
        return None
    if install.lists_updated(case):
        return _nowhere(case, match[1] or "" if match else "")
    command = f"{case.sudo}apt-get update"
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title="The package lists were not updated",
        problem=f"The command on line {case.line} installs packages, but no earlier step runs "
        "`apt-get update`; a fresh machine has no package lists.",
        fix=paste(case, "Fetch the package lists first:", command),
        remedy=before(case, command),
    )


def _nowhere(case: Case, package: str) -> Advice:
    named = f"`{package}`" if package else "a package"
    system = case.facts.distribution.capitalize() or "this system"
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"{named} does not exist" if package else "A package does not exist",
        problem=f"The command on line {case.line} installs {named}, which {system} "
        f"{case.facts.release} does not have".rstrip()
        + ".",
        fix="Name the package as it is called there, or say for which system the command is.",
    )
