"""Rights that the reader does not have: a script that is not executable, root's directories."""

from __future__ import annotations

from pathlib import PurePosixPath

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, instead, needs, paste
from smile.wire import GapKind

_ROOT = (
    r"are you root\?|EACCES|Operation not permitted|must be (?:run as )?root|Permission denied|"
    r"Could not open lock file|requires? (?:root|superuser|administrator) privileges|"
    r"dubious ownership|[Rr]ead-only file system"
)
_WALLS = r"/opt/smile\b|/workspace/tutorial\b|/proc/|/sys/|/dev/|[Rr]ead-only file system"
"""What the sandbox keeps from everybody in it."""


def diagnose(case: Case) -> Advice | None:
    """The system refuses access."""
    if case.search(r"Permission denied \(publickey"):
        return _no_key(case)
    if case.failure.exit_code == 126 and case.search(r"[Pp]ermission denied"):
        return _not_executable(case)
    if not case.search(_ROOT) and not case.search_problem(r"[Pp]ermission denied"):
        return None
    if case.facts.uid == 0 or "sudo" in case.words:
        return _even_to_root(case)
    allowed = case.facts.uid != 0 and "sudo" in case.facts.tools and "sudo" not in case.words
    command = f"sudo {case.command}"
    return Advice(
        kind=GapKind.PERMISSION,
        title="The reader has no right to do this",
        problem=f"{needs(case)} needs rights that an ordinary reader does not have.",
        fix=paste(case, "Do this as root:", command)
        if case.command
        else "Say which rights it needs, and how to get them.",
        remedy=instead(case, command) if allowed and case.command else None,
    )


def _even_to_root(case: Case) -> Advice:
    of_ours = case.search(_WALLS) or case.search(r"Operation not permitted")
    why = "the sandbox allows it to nobody" if of_ours else "it is refused even to root"
    return Advice(
        kind=GapKind.PERMISSION,
        title="This is refused even to root",
        problem=f"{needs(case)} could not be done: {why}.",
        fix=f"Say before line {case.line} what the reader must be allowed to do, and how.",
        gap=not of_ours,
    )


def _not_executable(case: Case) -> Advice:
    script = next((w for w in case.words if "/" in w), case.words[0] if case.words else "")
    command = f"chmod +x {script}"
    return Advice(
        kind=GapKind.PERMISSION,
        title=f"`{PurePosixPath(script).name}` is not executable",
        problem=f"Line {case.line} runs `{script}`, but no earlier step makes it executable.",
        fix=paste(case, "Make it executable first:", command),
        remedy=before(case, command),
    )


def _no_key(case: Case) -> Advice:
    return Advice(
        kind=GapKind.PERMISSION,
        title="The reader has no key for this server",
        problem=f"{needs(case)} logs in with an SSH key that a newcomer does not have.",
        fix="Use an address that everybody may read (https), or say how to set up the key.",
    )
