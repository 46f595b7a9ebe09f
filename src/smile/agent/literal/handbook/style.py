"""How an answer is worded: remedies, and text to paste in the author's own style."""

from __future__ import annotations

from collections.abc import Iterable

from smile.agent.literal.handbook.base import Paste
from smile.agent.literal.handbook.case import Case
from smile.regex import regex
from smile.wire import Change, ChangeAction, Remedy, RemedyAction, RemedyFile

_SHELLS = {"bash", "sh", "shell", "console", "zsh", "shell-session", "shellsession", "terminal"}
_PROMPT = regex(r"^\s*(\$|#|>|%) ")


def before(case: Case, *commands: str) -> Remedy:
    """First these commands, then the one of the failing line."""
    return Remedy(line=case.line, action=RemedyAction.BEFORE, commands=commands)


def instead(case: Case, *commands: str) -> Remedy:
    """These commands in place of the failing one."""
    return Remedy(line=case.line, action=RemedyAction.REPLACE, commands=commands)


def accept(case: Case) -> Remedy:
    """Go on in spite of the failure."""
    return Remedy(line=case.line, action=RemedyAction.ACCEPT)


def file_before(case: Case, path: str, content: str) -> Remedy:
    """First this file, then the command of the failing line."""
    files = (RemedyFile(path=path, content=content),)
    return Remedy(line=case.line, action=RemedyAction.BEFORE, files=files)


def fence(case: Case, commands: Iterable[str]) -> str:
    """A block of commands that looks like the author's: language and prompt of the failing one."""
    language = case.block.language if case.block is not None and not case.block.inline else ""
    language = language if language in _SHELLS else "bash"
    quoted = case.lines[case.line - 1 : case.line]
    match = _PROMPT.match(quoted[0]) if quoted else None
    prompt = "$ " if match and match[1] == "$" else ""
    if language in {"console", "shell-session", "shellsession"}:
        prompt = "$ "
    return f"```{language}\n" + "\n".join(prompt + c for c in commands) + "\n```"


def paste(case: Case, sentence: str, *commands: str) -> Paste:
    """A sentence and, below it, the commands."""
    return Paste(sentence, commands, fence(case, commands))


def moved(case: Case, *sources: int) -> tuple[Change, ...]:
    """What stands at these lines comes before the failing one."""
    return tuple(
        Change(action=ChangeAction.MOVE, line=case.line, source=source) for source in sources
    )


def said(case: Case, action: ChangeAction, sentence: str) -> tuple[Change, ...]:
    """A sentence above or below the failing place."""
    return (Change(action=action, line=case.line, say=sentence),)


def needs(case: Case) -> str:
    """The beginning of a sentence about the failing place."""
    what = "The command" if case.command else "The step"
    return f"{what} on line {case.line}"


def shortest(text: str, limit: int = 60) -> str:
    """A command on one line, cut for a title."""
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= limit else first[: limit - 1] + "…"
