"""A program that sits in a virtual environment, or in node_modules, that is not active here.

Either the text never activates it, or only later, or it did so in the first terminal, which a
server still holds.
"""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, instead, moved, paste, said
from smile.regex import regex
from smile.tutorial.model import Command, Run, Terminal
from smile.wire import Change, ChangeAction, GapKind

_ENVIRONMENT = regex(r"^(?P<env>.*/[^/]*(?:env|ENV)[^/]*)/bin/(?P<program>[^/]+)$")


def diagnose(case: Case) -> Advice | None:
    """The missing program was found in an environment nearby."""
    program = errors.missing_program(case)
    if not program:
        return None
    found = [p for paths in case.facts.found.values() for p in paths]
    if any(p.endswith(f"/node_modules/.bin/{program}") for p in found):
        return _npx(case, program)
    env = _environment(case, program, found)
    if not env or case.facts.variables.get("VIRTUAL_ENV") == env or _by_path(case, env):
        return None
    return _explain(case, program, env)


def _environment(case: Case, program: str, found: list[str]) -> str:
    made = {p for c in case.earlier for p in _made(c)} | {
        w for c in case.remedied if "venv" in c for w in commandline.words(c)
    }
    for path in found:
        env = path.removesuffix(f"/bin/{program}")
        if path != env and (_ENVIRONMENT.match(path) or any(case.same(env, m) for m in made)):
            return env
    return ""


def _made(command: Command) -> frozenset[str]:
    if re.search(r"-m venv|virtualenv|uv (?:venv|init|sync|add)", command.text):
        return commandline.products(command.text)
    return frozenset()


def _by_path(case: Case, env: str) -> bool:
    """The author starts the programs of this environment by their path, or sets PATH for it."""
    texts = [c.text for c in case.commands]
    used = any(_says(case, t, f"{env}/bin/") for t in texts)
    return used and not any(_activates(t, env) for t in texts)


def _says(case: Case, text: str, path: str) -> bool:
    home, cwd = case.facts.home or "/root", case.facts.cwd
    spellings = {path, path.replace(home, "~", 1), path.replace(home, "$HOME", 1)}
    spellings.add(path.removeprefix(cwd + "/") if cwd else path)
    return any(s in text for s in spellings)


def _activates(text: str, env: str) -> bool:
    name = env.rpartition("/")[2]
    return f"{name}/bin/activate" in text


def _explain(case: Case, program: str, env: str) -> Advice:
    activate = f"source {_short(case, env)}/bin/activate"
    ours = any(env.rpartition("/")[2] + "/bin/activate" in c for c in case.remedied) and not any(
        _activates(c.text, env) for c in case.commands
    )
    remedy = before(case, activate)
    later = next((c for c in _next(case) if _activates(c.text, env)), None)
    earlier = any(_activates(c.text, env) for c in case.earlier)
    holding = sorted(case.facts.servers.items())
    changes: tuple[Change, ...] = ()
    kind, title = GapKind.MISSING_PREREQUISITE, "The virtual environment is not activated"
    why = f"`{program}` is installed in the virtual environment `{_short(case, env)}`"
    if case.facts.terminal > 1 and holding and not _announced(case):
        started = holding[0][1]
        return Advice(
            kind=GapKind.LONG_RUNNING,
            title="The terminal is still taken by a server",
            problem=f"The server started on line {started} still runs in the first terminal when "
            f"line {case.line} is to be typed, and the text neither stops it nor opens a second "
            "one, where the virtual environment must be activated again.",
            fix=f"Say before line {case.line}: press Ctrl+C to stop the server of line {started}, "
            f"or open a second terminal and run `{activate}` there.",
            remedy=remedy,
            changes=said(case, ChangeAction.SAY_BEFORE, "Press Ctrl+C to stop the server."),
        )
    if later is not None and not earlier:
        kind, title = GapKind.WRONG_ORDER, f"`{program}` is used before its environment is active"
        why += f", which is only activated on line {later.lines.first}"
        changes = moved(case, later.lines.first)
    else:
        why += ", which is not active where line " + f"{case.line} is typed"
    fix = paste(case, "Activate the virtual environment first:", activate)
    return Advice(kind, title, f"{why}.", fix, remedy, gap=not ours, changes=changes)


def _next(case: Case) -> list[Command]:
    """The commands that follow at once: of this block and of the next one."""
    runs = [s for s in case.steps if isinstance(s, Run) and s.lines.last >= case.line]
    return [c for r in runs[:2] for c in r.commands if c.lines.first > case.line]


def _announced(case: Case) -> bool:
    return case.block is not None and case.block.terminal is Terminal.NEW


def _short(case: Case, path: str) -> str:
    cwd, home = case.facts.cwd.rstrip("/"), (case.facts.home or "/root").rstrip("/")
    if cwd and path.startswith(cwd + "/"):
        return path.removeprefix(cwd + "/")
    return "~" + path.removeprefix(home) if path.startswith(home + "/") else path


def _npx(case: Case, program: str) -> Advice:
    command = re.sub(rf"(?<![\w/-]){re.escape(program)}(?![\w-])", f"npx {program}",
                     case.command, count=1)  # fmt: skip
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=f"`{program}` is not on PATH",
        problem=f"`{program}` was installed into the project, so the shell does not find it on "
        f"line {case.line}.",
        fix=paste(case, f"Run it through `npx`, or install it with `npm install -g {program}`:",
                  command),
        remedy=instead(case, command),
    )  # fmt: skip
