"""A program that does not come back: a server, a watcher, or something that hangs."""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, said, shortest
from smile.wire import ChangeAction, CommandOutcome, GapKind, Trigger

_SERVES = (
    r"https?://|[Ll]istening|[Ss]erving|[Rr]unning on|[Ww]atching|[Ss]tarted (?:server|on)|"
    r"ready in|CTRL-?\+?C|[Pp]ress Ctrl"
)


def diagnose(case: Case) -> Advice | None:
    """The step's time passed and the command still ran."""
    timed_out = case.failure.outcome is CommandOutcome.TIMED_OUT
    if not timed_out and case.question.trigger is not Trigger.TIMEOUT:
        return None
    what = f"`{shortest(case.command)}` on line {case.line}"
    if case.search(_SERVES) and case.command:
        return Advice(
            kind=GapKind.LONG_RUNNING,
            title=f"`{shortest(case.command, 40)}` keeps running",
            problem=f"{what} does not come back, and the text does not say to leave it running "
            "and open a second terminal, or how to stop it.",
            fix="Say below it: “Leave this running and open a second terminal”, or “Press Ctrl+C "
            "to stop it”.",
            remedy=instead(case, f"{case.command} &"),
            changes=said(
                case, ChangeAction.SAY_AFTER, "Leave this running and open a second terminal."
            ),
        )
    return Advice(
        kind=GapKind.LONG_RUNNING,
        title=f"`{shortest(case.command, 40)}` does not end",
        problem=f"{what} was still running when the time for a step had passed.",
        fix="Say how long it takes, or how to stop it.",
    )
