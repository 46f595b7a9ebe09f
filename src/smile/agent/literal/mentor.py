"""The Mentor that needs no model: it looks the failure up in the handbook.

A pure function of the question: it runs nothing and reads nothing but what the Student saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smile.agent.literal.handbook.base import Advice, Paste, name_of
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.rules import RULES
from smile.agent.literal.handbook.style import shortest
from smile.tutorial.model import Step
from smile.wire import (
    Change,
    ChangeAction,
    Diagnosis,
    GapKind,
    MentorNote,
    MentorResult,
    Remedy,
    RemedyAction,
    StudentOutput,
    Trigger,
)

_BY_TRIGGER = {
    Trigger.MISSING_DEPENDENCY: GapKind.MISSING_PREREQUISITE,
    Trigger.AMBIGUOUS_INSTRUCTION: GapKind.AMBIGUOUS_INSTRUCTION,
    Trigger.TIMEOUT: GapKind.LONG_RUNNING,
}


def answer(
    steps: tuple[Step, ...],
    text: str,
    question: StudentOutput,
    notes: tuple[MentorNote, ...],
    now: datetime,
) -> MentorResult:
    """Answer a stuck Student.

    Args:
        steps: the parsed tutorial.
        text: its raw text, which all lines refer to.
        question: the stuck report, with the failure and the facts of the machine.
        notes: the earlier answers; a remedy that was tried for this place is not given again.
        now: the time to stamp the answer with.
    """
    case = Case(steps, text, question, notes)
    first: tuple[str, Advice] | None = None
    for name, advice in _opinions(case):
        if advice.remedy is not None and case.tried(advice.remedy):
            first = first or (name, advice)
            continue
        return _result(case, *(first if _is_blind(advice, first) else None) or (name, advice), now)
    if first is not None:
        return _helpless(case, *first, now)
    return _result(case, "unexplained", _unexplained(case), now)


def _is_blind(advice: Advice, first: tuple[str, Advice] | None) -> bool:
    """An opinion without a remedy says less than one whose remedy did not help."""
    return first is not None and advice.remedy is None


def _opinions(case: Case) -> Iterator[tuple[str, Advice]]:
    for rule in RULES:
        if (advice := rule.diagnose(case)) is not None:
            yield name_of(rule), advice


def _result(case: Case, name: str, advice: Advice, now: datetime) -> MentorResult:
    if advice.remedy is not None and case.tried(advice.remedy):
        return _helpless(case, name, advice, now)
    resolvable = advice.remedy is not None
    return MentorResult(
        mentor_output=_spoken(advice),
        timestamp=now,
        resolvable=resolvable,
        remedy=advice.remedy or _skip(case),
        diagnosis=_diagnosis(case, name, advice),
        not_a_gap="" if advice.gap else advice.problem,
    )


def _helpless(case: Case, name: str, advice: Advice, now: datetime) -> MentorResult:
    return MentorResult(
        mentor_output=f"{advice.problem} What was suggested for it did not help: leave line "
        f"{case.line} out.",
        timestamp=now,
        resolvable=False,
        remedy=_skip(case),
        diagnosis=_diagnosis(case, name, advice),
        not_a_gap="" if advice.gap else advice.problem,
    )


def _skip(case: Case) -> Remedy:
    return Remedy(line=case.line, action=RemedyAction.SKIP)


def _diagnosis(case: Case, name: str, advice: Advice) -> Diagnosis | None:
    if not advice.gap:
        return None
    return Diagnosis(
        kind=advice.kind,
        title=advice.title,
        problem=advice.problem,
        suggested_fix=str(advice.fix),
        location=advice.location or case.location,
        rule=name,
        changes=advice.changes or tuple(_changes(advice)),
    )


def _changes(advice: Advice) -> Iterator[Change]:
    """The remedy as a change of the text, where the text to paste says the same."""
    remedy, fix = advice.remedy, advice.fix
    if remedy is None:
        return
    if isinstance(fix, Paste) and (
        remedy.action is RemedyAction.BEFORE or remedy.commands == fix.commands
    ):
        action = ChangeAction(remedy.action.value)
        yield Change(action=action, line=remedy.line, commands=fix.commands, say=fix.say)
    elif remedy.path:
        yield Change(action=ChangeAction.RENAME, line=remedy.line, path=remedy.path)
    elif remedy.action in {RemedyAction.AFTER, RemedyAction.REPLACE}:
        for file in remedy.files:
            yield Change(
                action=ChangeAction.WRITE, line=remedy.line, path=file.path, content=file.content
            )


def _spoken(advice: Advice) -> str:
    """The answer for a person: what is wrong, and what to do about it."""
    remedy = advice.remedy
    if remedy is None:
        return f"{advice.problem} There is no way past it that the text tells."
    at = f"line {remedy.line}"
    typed = " && ".join(f"`{c}`" for c in remedy.commands)
    written = ", ".join(f"`{f.path}`" for f in remedy.files)
    do = " and ".join(p for p in (typed and f"run {typed}", written and f"write {written}") if p)
    ways = {
        RemedyAction.BEFORE: f"Before {at}, {do}.",
        RemedyAction.AFTER: f"After {at}, {do}.",
        RemedyAction.REPLACE: f"At {at}, {do} instead."
        if do
        else f"Write the file of {at} as `{remedy.path}`.",
        RemedyAction.SKIP: f"Leave {at} out.",
        RemedyAction.ACCEPT: f"Go on after {at} in spite of the error.",
    }
    return f"{advice.problem} {ways[remedy.action]}"


def _unexplained(case: Case) -> Advice:
    kind = GapKind.BROKEN_COMMAND
    if case.question.trigger is not None:
        kind = _BY_TRIGGER.get(case.question.trigger, kind)
    what = f"`{shortest(case.command)}`" if case.command else f"the step on line {case.line}"
    code = case.failure.exit_code
    ended = f" (exit code {code})" if code else ""
    lines = [ln.strip() for ln in case.output.splitlines() if ln.strip()]
    said = case.failure.problem or (lines[-1] if lines else "")
    shown = f": “{shortest(said, 160)}”" if said else ""
    begin = "The command" if case.command else "The step"
    return Advice(
        kind=kind,
        title=f"{what[0].upper()}{what[1:]} fails",
        problem=f"{begin} on line {case.line} fails{ended}{shown}. The text does not say what to "
        "do then.",
        fix="Check the command with what a reader has at this place; when the failure is meant, "
        "say so right beside it.",
    )
