"""A port that a server of an earlier step still holds."""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import needs, said
from smile.wire import ChangeAction, GapKind

_TAKEN = (
    r"EADDRINUSE|[Aa]ddress already in use|port is already (?:in use|allocated)|"
    r"[Pp]ort \d+ is (?:already )?in use|That port is already in use|Only one usage of each socket"
)


def diagnose(case: Case) -> Advice | None:
    """A server can't start since another one listens on its port."""
    if not case.search(_TAKEN):
        return None
    port = case.search(r"(?:port |:::|:|address )(\d{2,5})\b")
    named = f"port {port[1]}" if port else "its port"
    lines = sorted(case.facts.servers.values())
    if lines:
        return Advice(
            kind=GapKind.LONG_RUNNING,
            title=f"The server of line {lines[-1]} still runs",
            problem=f"{needs(case)} can't have {named}: the server started on line {lines[-1]} "
            "still runs, and no step stops it.",
            fix=f"Say before line {case.line}: stop the server of line {lines[-1]} with Ctrl+C.",
            changes=said(case, ChangeAction.SAY_BEFORE, "Press Ctrl+C to stop the server."),
        )
    return Advice(
        kind=GapKind.ENVIRONMENT_ASSUMPTION,
        title=f"{named[0].upper()}{named[1:]} is taken",
        problem=f"{needs(case)} can't have {named}: another program listens there.",
        fix="Say how to choose another port.",
    )
