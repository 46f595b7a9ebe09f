"""A program that is needed before the step that installs it."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, moved, paste
from smile.tutorial.model import Command
from smile.wire import Change, ChangeAction, GapKind


def diagnose(case: Case) -> Advice | None:
    """A command below installs the missing program."""
    program = errors.missing_program(case)
    if not program:
        return None
    command = _installed_by(case, program)
    if command is None:
        return None
    return Advice(
        kind=GapKind.WRONG_ORDER,
        title=f"`{program}` is used before it is installed",
        problem=f"The command on line {case.line} needs `{program}`, which is only installed on "
        f"line {command.lines.first}.",
        fix=paste(case, f"Move line {command.lines.first} up, before line {case.line}:",
                  command.text),
        remedy=before(case, *_typed(case, command.text)),
        changes=(*_lists(case, command.text), *moved(case, command.lines.first)),
    )  # fmt: skip


def _lists(case: Case, text: str) -> tuple[Change, ...]:
    """The package lists, where what is moved needs them."""
    *update, _ = _typed(case, text)
    change = Change(action=ChangeAction.BEFORE, line=case.line, commands=tuple(update))
    return (change,) if update else ()


def _installed_by(case: Case, program: str) -> Command | None:
    wanted = install.provider(program) | {f"python3-{program}"}
    for command in case.later:
        if wanted & {p.casefold() for p in commandline.installs(command.text)}:
            return command
    return None


def _typed(case: Case, text: str) -> tuple[str, ...]:
    """The later command so that it needs no answer, and with fresh package lists."""
    if commandline.installer(text) != "apt" or "apt" not in text:
        return (text,)
    if not re.search(r"\s(?:-\w*y|--yes|--assume-yes)\b", text):
        text = re.sub(r"\binstall\b", "install -y", text, count=1)
    if case.facts.uid == 0:
        text = re.sub(r"\bsudo ", "", text)
    update = () if install.lists_updated(case) else (f"{case.sudo}apt-get update",)
    return (*update, text)
