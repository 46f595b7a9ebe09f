"""Questions that programs ask, and what a person who trusts the tutorial would type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile.regex import regex

_YES_NO = regex(r"[\[(]\s*(?:y(?:es)?\s*/\s*n(?:o)?)(?:/[^\])]*)?\s*[\])]|\(yes/no", re.IGNORECASE)
_PAGER = regex(r"^(?::|\(END\)|lines \d+-\d+.*|--More--.*|.*\(END\))$")
_SECRET = regex(r"pass(?:word|phrase)|secret|token|\bPIN\b", re.IGNORECASE)
_PRESS_KEY = regex(r"press (?:any key|enter|return)|hit (?:enter|return)", re.IGNORECASE)
_KEYS = regex(r"[Tt]ype one of the keys")
_SHORTEST = 6
"""Characters of a question that can be told from others."""
_MENU = regex(r"[\u276f\u203a>*]\s+\S")
_QUESTION_END = regex(r"[?:\])>\u00bb\u203a]\s*$")
_DEFAULT = regex(r"[\[(]([^\[\]()]{1,60})[\])]\s*[:?]?\s*$")
_EMAIL = regex(r"e-?mail", re.IGNORECASE)
_WORD = regex(r"[A-Za-z]{4,}")
_COMMON = frozenset(
    (
        "your this that what with from have will please enter would like name there which then "
        "using used into want"
    ).split()
)
SECRET_ANSWER = "Newcomer-4711-pass"  # noqa: S105 - typed into a throw-away machine


@dataclass(frozen=True, slots=True)
class Reply:
    """What to type. ``question`` is empty when it was none that counts (a pager)."""

    keys: str
    question: str = ""
    shown: str = ""
    """The answer as the report shows it: secrets are named, not repeated."""
    secret: bool = False


def reply(line: str, output: str) -> Reply | None:
    """How to answer the last line of a program that has gone quiet; ``None``: it asks nothing.

    ``output`` is all that the command has printed: menus draw their question above the choices.
    """
    line = line.rstrip()
    if _PAGER.match(line.strip()):
        return Reply("q")
    if _YES_NO.search(line):
        return Reply("yes\n" if "yes/no" in line.lower() else "y\n", line, "yes")
    if _PRESS_KEY.search(line):
        return Reply("\n", line, "Enter")
    if _SECRET.search(line) and _QUESTION_END.search(line):
        return Reply(SECRET_ANSWER + "\n", line, "(a password)", secret=True)
    if is_menu_of_keys(line) and "(q)" in output:
        return Reply("q", line, "q (do nothing)")
    if not _QUESTION_END.search(line):
        return _menu(output)
    if _DEFAULT.search(line):
        return Reply("\n", line, "Enter (the default)")
    if _EMAIL.search(line):
        return Reply("newcomer@example.com\n", line, "newcomer@example.com")
    return Reply("demo\n" if re.search(r"name", line, re.IGNORECASE) else "\n", line, "")


def shown(line: str, nearby: str) -> Reply | None:
    """The answer behind this very question where the text shows what a reader sees and types."""
    question = line.strip()
    if len(question) < _SHORTEST or not _QUESTION_END.search(line) or _SECRET.search(line):
        return None
    for row in map(str.strip, nearby.splitlines()):
        answer = row[len(question) :].strip() if row.startswith(question) else ""
        if answer:
            return Reply(f"{answer}\n", line, answer)
    return None


def _menu(output: str) -> Reply | None:
    recent = [row for row in output.splitlines()[-12:] if row.strip()]
    asked = next((row for row in reversed(recent) if row.rstrip().endswith(("?", ":"))), "")
    if asked and any(_MENU.search(row) for row in recent):
        return Reply("\n", asked, "Enter (the first choice)")
    return None


def is_menu_of_keys(line: str) -> bool:
    """Whether one of several keys is wanted, as by the menu that a shell may open with (zsh)."""
    return _KEYS.search(line) is not None


def is_mentioned(question: str, command: str, nearby: str) -> bool:
    """Whether the text around the command speaks of the question.

    It is quoted there, or half of its telling words stand there; words of the command itself and
    those that any question has don't tell.
    """
    quoted = _letters(question)
    if " " in quoted and f" {quoted} " in f" {_letters(nearby)} ":
        return True
    said = {word.lower() for word in _WORD.findall(nearby)}
    own = {word.lower() for word in _WORD.findall(command)}
    telling = {word.lower() for word in _WORD.findall(question)} - _COMMON - own
    if not telling:
        return False
    return 2 * len(telling & said) >= len(telling)


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", text.lower()))
