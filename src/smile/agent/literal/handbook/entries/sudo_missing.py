"""``sudo`` where there is none: a container's root user needs no sudo and often has none."""

from __future__ import annotations

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, paste
from smile.regex import regex
from smile.wire import GapKind

_SUDO = regex(r"\bsudo (?:-[EHSn]+ )*")


def diagnose(case: Case) -> Advice | None:
    """Take ``sudo`` away for root; for others there is nothing that helps."""
    if errors.missing_program(case) != "sudo":
        return None
    command = _SUDO.sub("", case.command)
    return Advice(
        kind=GapKind.PERMISSION,
        title="`sudo` is not there",
        problem=f"The command on line {case.line} begins with `sudo`, which containers and bare "
        "systems do not have; whoever works as root there does not need it.",
        fix=paste(case, "As root (in a container, say) leave `sudo` out:", command),
        remedy=instead(case, command) if case.facts.uid == 0 else None,
    )
