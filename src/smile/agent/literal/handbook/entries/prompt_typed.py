"""A prompt sign in front of a command that a reader types or copies along with it."""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, paste
from smile.regex import regex
from smile.wire import GapKind

_PROMPT = regex(r"^(?:[$%>#➜]|PS[^>]*>|\w+@\w+:[^$#]*[$#]|bash[\d.-]*[:$]) +(?=\S)")


def diagnose(case: Case) -> Advice | None:
    """The command begins with a prompt sign."""
    if (match := _PROMPT.match(case.command)) is None:
        return None
    command = case.command[match.end() :]
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title="A prompt sign is part of the command",
        problem=f"Line {case.line} begins with `{match[0].strip()}`, which is no part of the "
        "command; typed as it stands the shell reads it as something else.",
        fix=paste(case, "Leave the prompt sign out:", command),
        remedy=instead(case, command),
    )
