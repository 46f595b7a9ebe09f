"""Git does not know who commits."""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """A commit fails since name and address are not configured."""
    if not case.search(r"Please tell me who you are|Author identity unknown|empty ident name"):
        return None
    commands = (
        'git config --global user.name "Alex Example"',
        'git config --global user.email "alex@example.com"',
    )
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title="Git is not configured",
        problem=f"{needs(case)} commits, but no earlier step tells Git the name and the address "
        "of who commits.",
        fix=paste(case, "Tell Git who you are, with your own name and address:", *commands),
        remedy=before(case, *commands),
    )
