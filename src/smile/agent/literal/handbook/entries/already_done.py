"""A step that repeats what an earlier remedy did: it fails because the work is done.

No gap of its own: the one that the remedy was for already tells of it.
"""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import accept, shortest
from smile.wire import GapKind

_DONE = r"File exists|already exists|is already initialized|already (?:a|in)|Reinitialized"


def diagnose(case: Case) -> Advice | None:
    """The command failed only since its result is there."""
    repeated = not case.is_command_of_tutorial() and case.search(_DONE)
    if not repeated:
        return None
    return Advice(
        kind=GapKind.WRONG_ORDER,
        title="Done before its turn",
        problem=f"`{shortest(case.command)}` was already done by an earlier remedy: go on.",
        fix="",
        remedy=accept(case),
        gap=False,
    )
