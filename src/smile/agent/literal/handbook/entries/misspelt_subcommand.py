"""A subcommand, or a target of make, with a slip; most programs say what they think is meant."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.nearness import nearest
from smile.agent.literal.handbook.style import instead, paste
from smile.wire import GapKind

_Q = "[`'\"‘’“”]"  # noqa: RUF001 - programs quote with these
_REFUSALS = (
    rf"{_Q}([\w-]+){_Q} is not an? (?:\w+ )?command",
    rf"(?:unrecognized|unknown|invalid|no such|[Nn]o) (?:sub)?command:? {_Q}?([\w:-]+)",
    rf"[Uu]nknown (?:sub)?command:? {_Q}?([\w:-]+)",
    rf"No such command:? {_Q}?([\w-]+)",
    r"Invalid operation ([\w-]+)",
    rf"invalid choice: {_Q}([\w-]+){_Q}",
    rf"No rule to make target {_Q}([\w.-]+){_Q}\.? +Stop",
    rf"Missing script:? {_Q}([\w:-]+){_Q}",
    rf"error: unexpected argument {_Q}([\w-]+){_Q} found",
)
_USUAL = (
    "install add commit clone status checkout switch branch push pull fetch merge rebase log diff "
    "init remote reset stash run build test update upgrade remove create start stop new serve "
    "publish migrate makemigrations runserver startapp startproject createsuperuser "
    "collectstatic shell help version exec deploy compile setup check format sync lock tree"
).split()


def diagnose(case: Case) -> Advice | None:
    """The refused word is a slip of one that the program or the tutorial knows."""
    refused = next((m[1] for p in _REFUSALS if (m := case.search(p)) is not None), "")
    if not refused or refused not in case.words:
        return None
    meant = nearest(refused, _candidates(case))
    if not meant:
        return None
    command = re.sub(rf"(?<!\S){re.escape(refused)}(?!\S)", meant, case.command, count=1)
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"`{refused}` is misspelt",
        problem=f"The command on line {case.line} says `{refused}`, which "
        f"`{case.programs[0]}` does not know; `{meant}` is meant.",
        fix=paste(case, f"Write `{meant}`:", command),
        remedy=instead(case, command),
    )


def _candidates(case: Case) -> list[str]:
    said = re.findall(
        r"[\w:-]+",
        " ".join(re.findall(r"(?:similar|mean|choose)[^:]*[:,]?(.*(?:\n.*)?)", case.output)),
    )
    same = [
        word
        for c in case.commands
        for part in commandline.parts(c.text)
        if part[0] in case.programs
        for word in part[1:]
        if re.fullmatch(r"[a-z][\w:-]+", word)
    ]
    targets = [
        target
        for w in case.writes
        if "akefile" in w.path or w.path.endswith((".mk", "package.json"))
        for target in re.findall(r"^\s*\"?([\w.:-]+)\"? ?:", w.content, re.MULTILINE)
    ]
    return [*same, *targets, *said, *_USUAL]
