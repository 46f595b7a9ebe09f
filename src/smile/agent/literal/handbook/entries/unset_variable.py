"""A shell variable that no step sets: the command sees an empty word in its place."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors, variables
from smile.agent.literal.handbook.base import Advice, Paste
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, instead, paste
from smile.regex import regex
from smile.tutorial.model import Command, Lines
from smile.wire import Change, ChangeAction, GapKind, Remedy


def diagnose(case: Case) -> Advice | None:
    """A command, this one or one above that led here, expands a variable that nothing set."""
    if errors.missing_program(case):
        return None
    culprit, name = _culprit(case)
    if culprit is None:
        return None
    line = culprit.lines.first
    value = _value(case, name, line)
    fix: str | Paste = f"Say before line {line} what `{name}` is to be."
    changes: tuple[Change, ...] = ()
    if value:
        commands = _set(name, value)
        fix = paste(case, f"Set `{name}` before it is used:", *commands)
        change = Change(action=ChangeAction.BEFORE, line=line, commands=commands, say=fix.say)
        changes = (change,)
    return Advice(
        kind=GapKind.UNDEFINED_VARIABLE,
        title=f"`${name}` is never set",
        problem=f"The command on line {line} uses the variable `{name}`, which no step sets.",
        fix=fix,
        remedy=_remedy(case, culprit, name, value),
        location=case.at(Lines(culprit.lines.first, culprit.lines.last)),
        changes=changes,
    )


def _culprit(case: Case) -> tuple[Command | None, str]:
    here = next((c for c in case.commands if c.lines.first == case.line), None)
    if case.command:
        here = Command(case.command, Lines(case.line, case.location.end_line))
    if here is not None and (name := _said(case) or _unset(case, here)):
        return here, name
    if not errors.missing_path(case):
        return None, ""
    paths = regex(r"\s*(?:cd|mkdir|git clone|cp|mv)\b")
    for command in reversed([c for c in case.earlier if paths.match(c.text)]):
        if name := _unset(case, command):
            return command, name
    return None, ""


def _said(case: Case) -> str:
    """The variable that the Student found empty before it typed the command."""
    match = re.search(r"\$(\w+)[^\n]* is not set", case.failure.problem)
    return match[1] if match else ""


def _unset(case: Case, command: Command) -> str:
    """The first variable of a command that nothing above it sets."""
    above = [c.text for c in case.commands if c.lines.first < command.lines.first]
    for name in variables.unset(command.text, above):
        if not case.facts.variables.get(name) and not _from_file(case, name):
            return name
    return ""


def _from_file(case: Case, name: str) -> bool:
    return any(variables.is_set_in(w.content, name) for w in case.writes)


def _value(case: Case, name: str, line: int) -> str:
    """What the variable holds, as far as the rest of the tutorial lets one infer it."""
    if re.search(r"DIR|FOLDER|PROJECT|ROOT|WORKSPACE", name):
        for command in (c for c in case.commands if c.lines.first > line):
            words = commandline.words(command.text)
            if words[:1] == ("cd",) and len(words) > 1 and words[1].startswith(("~", "/")):
                return words[1]
        return "~/project"
    if re.search(r"^(?:PKG|PACKAGE|LIB|MODULE)", name):
        return _imported(case)
    if re.search(r"PORT", name):
        return "8000"
    return "alex" if re.search(r"NAME|USER", name) else ""


def _imported(case: Case) -> str:
    """The module that the tutorial's code imports or its commands run, when there is just one."""
    found = dict.fromkeys(
        m
        for w in case.writes
        if w.path.endswith(".py")
        for m in re.findall(r"^(?:import|from) (\w+)", w.content, re.MULTILINE)
    )
    used = [p for c in case.later for p in commandline.programs(c.text)]
    third_party = [m for m in found if not errors.is_standard(m)]
    named = [m for m in third_party if m in used] or third_party
    return named[0] if named else ""


def _remedy(case: Case, culprit: Command, name: str, value: str) -> Remedy | None:
    if not value:
        return None
    if culprit.lines.first != case.line:
        remedy = before(case, f"export {name}={value}")
        return remedy.model_copy(update={"line": culprit.lines.first})
    if re.search(r"PKG|PACKAGE|LIB|MODULE", name):
        return instead(case, re.sub(rf"\"?\$\{{?{name}\}}?\"?", value, case.command))
    return before(case, *_set(name, value))


def _set(name: str, value: str) -> tuple[str, ...]:
    """The commands that set a variable, and make the directory that it names."""
    makes = (f'mkdir -p "${name}"',) if value.startswith(("~", "/")) else ()
    return (f"export {name}={value}", *makes)
