"""An option with a slip: the program refuses it and has one that is nearly the same."""

from __future__ import annotations

import re

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.nearness import nearest
from smile.agent.literal.handbook.style import instead, paste
from smile.agent.literal.handbook.tables.names import OPTIONS
from smile.wire import GapKind

_Q = "[`'\"‘’“”]?"  # noqa: RUF001 - programs quote with these
_REFUSALS = (
    (
        rf"(?:unrecognized|unrecognised|unknown|invalid|illegal|bad|undefined|unexpected)"
        rf" (?:command[- ]line )?(?:option|argument|flag|switch|parameter)s?:?"
        rf" ?(?:--)? ?{_Q}(-{{0,2}}[\w-]+)"
    ),
    rf"[Nn]o such (?:option|flag):? {_Q}(-{{1,2}}[\w-]+)",
    rf"Command line option (?:'(\w)'|{_Q}(--[\w-]+)){_Q}? ",
    rf"^[Oo]ption {_Q}(-{{1,2}}[\w-]+){_Q} (?:not recognized|is unknown|does not exist)",
    rf"option {_Q}?(-{{1,2}}[\w-]+){_Q}?:? (?:is unknown|is not known|not recognized)",
    rf"(?:Unrecognized|Unknown) (?:compiler )?option:? {_Q}(-{{0,2}}[\w-]+)",
    r"flag provided but not defined: (-[\w-]+)",
    rf"Unknown cli config {_Q}(--[\w-]+)",
    r"unrecognized arguments: (?:\S+ )*?(--[\w-]+)",
)


def diagnose(case: Case) -> Advice | None:
    """The refused option is a slip of one that the program, the text or the handbook knows."""
    refused = refused_option(case)
    if not refused:
        return None
    meant = nearest(refused, _candidates(case, refused))
    if not meant:
        return None
    command = re.sub(rf"(?<!\S){re.escape(refused)}(?![\w-])", meant, case.command, count=1)
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"The option `{refused}` is misspelt",
        problem=f"The command on line {case.line} has the option `{refused}`, which the program "
        f"refuses; `{meant}` is meant.",
        fix=paste(case, f"Write `{meant}`:", command),
        remedy=instead(case, command),
    )


def refused_option(case: Case) -> str:
    """The word of the command that the program refuses as an option; empty when none."""
    options = [w.split("=")[0] for w in case.command.split() if w.startswith("-")]
    for pattern in _REFUSALS:
        if (match := case.search(pattern)) is None:
            continue
        named = next(g for g in match.groups() if g)
        for option in options:
            if option.lstrip("-") == named.lstrip("-"):
                return option
    return ""


def _candidates(case: Case, refused: str) -> list[str]:
    """Options to compare with: of the message, of the tutorial, the usual ones."""
    others = "\n".join(c.text for c in case.commands)
    dashes = "--?" if not refused.startswith("--") else "--"
    found = re.findall(rf"(?<![\w-]){dashes}[A-Za-z][\w-]+", case.output + "\n" + others)
    found += [f"--{w}" for w in re.findall(r"[Dd]id you mean '?([\w-]+)", case.output)]
    return [o for o in [*found, *OPTIONS] if o.lstrip("-") != refused.lstrip("-")]
