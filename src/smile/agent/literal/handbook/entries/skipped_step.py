"""A step that the tutorial leaves out, or has too late, and that a program asks for by name."""

from __future__ import annotations

import re

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, moved, needs, paste
from smile.agent.literal.handbook.tables.symptoms import SKIPPED
from smile.wire import GapKind


def diagnose(case: Case) -> Advice | None:
    """The message is known to mean that some command was not run before."""
    for message, like, usual, does in SKIPPED:
        if not case.search(message) or re.search(like, case.command):
            continue
        if any(re.search(like, c.text) for c in case.earlier):
            continue
        later = next((c for c in case.later if re.search(like, c.text)), None)
        command = later.text if later is not None else usual
        if not command:
            continue
        where = (
            "no earlier step does that"
            if later is None
            else (f"`{command}` stands only on line {later.lines.first}")
        )
        return Advice(
            kind=GapKind.MISSING_PREREQUISITE if later is None else GapKind.WRONG_ORDER,
            title=f"`{command}` was not run before",
            problem=f"{needs(case)} needs a step that {does}, but {where}.",
            fix=paste(case, "Do this first:", command),
            remedy=before(case, command),
            changes=moved(case, later.lines.first) if later is not None else (),
        )
    return None
