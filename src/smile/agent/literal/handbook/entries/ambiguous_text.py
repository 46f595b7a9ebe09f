"""Text that can be read in two ways, or that asks for something without saying what."""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.wire import GapKind, Trigger


def diagnose(case: Case) -> Advice | None:
    """The Student said that it does not know what the text wants."""
    if case.question.trigger is not Trigger.AMBIGUOUS_INSTRUCTION or case.command:
        return None
    said = (case.question.problem or case.failure.problem).strip()
    return Advice(
        kind=GapKind.AMBIGUOUS_INSTRUCTION,
        title="The text does not say what exactly to do",
        problem=said or f"Line {case.line} can be read in more than one way.",
        fix="Say it in one command or one file block: which file it goes into, whether it "
        "replaces what is there, and where the command is typed.",
    )
