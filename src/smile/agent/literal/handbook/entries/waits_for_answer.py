"""A program asks a question that the tutorial does not mention, and waits or gives up."""

from __future__ import annotations

import re

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, paste, shortest
from smile.agent.literal.handbook.tables.prompts import EDITORS, QUESTIONS, REFUSED, UNATTENDED
from smile.wire import CommandOutcome, GapKind, Trigger


def diagnose(case: Case) -> Advice | None:
    """The output ends in a question, or says that nobody answered one."""
    question = asked(case)
    if not question:
        return None
    command = unattended(case.command)
    problem = (
        f"The command on line {case.line}, `{shortest(case.command)}`, asks a question "
        f"(“{shortest(question)}”), and the text does not say what to answer."
    )
    if command == case.command:
        fix = "Say which questions come and what to answer, or give the answers as options."
        return Advice(GapKind.INTERACTIVE_PROMPT, "A question without an answer", problem, fix)
    return Advice(
        kind=GapKind.INTERACTIVE_PROMPT,
        title="A question without an answer",
        problem=problem,
        fix=paste(case, "Answer it in the command itself:", command),
        remedy=instead(case, command),
    )


def asked(case: Case) -> str:
    """The question that nobody answered; empty when there was none."""
    lines = [line.rstrip() for line in case.output.splitlines() if line.strip()]
    if any(case.search(pattern) for pattern in REFUSED) and case.failure.exit_code != 0:
        return next((ln.strip() for ln in reversed(lines) if _is_question(ln)), lines[-1].strip())
    hung = (
        case.question.trigger is Trigger.TIMEOUT or case.failure.outcome is CommandOutcome.TIMED_OUT
    )
    if not hung:
        return ""
    if EDITORS & set(case.programs):
        return "an editor opens and waits for keys"
    last = case.output.splitlines()[-1:] if lines else []
    return last[0].strip() if last and _is_question(last[0]) else ""


def _is_question(line: str) -> bool:
    return any(re.search(pattern, line) for pattern in QUESTIONS)


def unattended(command: str) -> str:
    """The command with the option that makes it ask nothing; unchanged when none is known."""
    if (match := re.search(r"^(.*manage\.py createsuperuser)(.*)$", command)) is not None:
        return f"DJANGO_SUPERUSER_PASSWORD=tutorial-pass-1 {match[1]} --noinput{_whom(match[2])}"
    for beginning, old, new in UNATTENDED:
        if re.match(beginning, command):
            changed = re.sub(old, new, command, count=1).rstrip()
            return changed if " -y -y" not in changed else command
    return command


def _whom(options: str) -> str:
    """Createsuperuser asks nothing only when name and address are given."""
    name = "" if "--username" in options else " --username admin"
    mail = "" if "--email" in options else " --email admin@example.com"
    return f"{name}{mail}{options}"
