"""Placeholders that the text does not explain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smile.agent.literal.handbook.placeholders import find
from smile.check.reading import Foreseen, Reading
from smile.regex import regex

__all__ = ["check"]

_EXPLAINS = regex(
    r"\b(?:replac|substitut|chang|where\b|instead of|stands? for|your\b|placeholder|means?\b|"
    r"fill in|swap|set (?:it|this)|is the|is a|refers? to|correspond|represent)",
    re.IGNORECASE,
)
_GENERAL = regex(
    r"\b(?:angle|square|curly) brackets\b|\bplaceholders?\b|"
    r"\b(?:replace|substitute|change|fill in)\b.{0,80}\b(?:your|own|actual|real|appropriate)\b",
    re.IGNORECASE | re.DOTALL,
)

_SEARCHES = regex(r"(?:^|[;&|]\s*)(?:\S+\s+)?(?:sed|grep|rg|perl|awk|mktemp)\b")
"""For these the word is what they look for, or fill in themselves."""
_FORM = regex(r"\.\.\.|\[[^\]]*(?:<|\[)|\]\s*$| \| <")
_TAGS = frozenset(
    "html head body title div span p br hr h1 h2 h3 h4 a b i em strong code pre ul ol li table tr "
    "td img script style link meta form input button".split()
)


def check(reading: Reading) -> Iterator[Foreseen]:
    """Each placeholder where it first stands in a command."""
    seen: set[str] = set()
    for typed in reading.typed:
        held = _held(typed.command.text) if typed.counts else ""
        if held and held not in seen and not _is_explained(reading, held, typed.command.lines.last):
            seen.add(held)
            yield Foreseen(typed.command)


def _held(text: str) -> str:
    """The first placeholder, unless the command is a form, or the word a tag or part of a host."""
    held = find(text)
    if (
        not held
        or _FORM.search(text)
        or _SEARCHES.search(text)
        or held.strip("<>").lower() in _TAGS
    ):
        return ""
    return "" if re.search(rf"://[\w.@-]*{re.escape(held)}", text) else held


def _is_explained(reading: Reading, held: str, line: int) -> bool:
    """A sentence names it with a word of explaining, or one nearby speaks of replacing."""
    inner = held.strip("<>[]{}/")
    token = re.compile(rf"(?<![\w-]){re.escape(inner)}(?![\w-])", re.IGNORECASE)
    for one in reading.sentences:
        if token.search(one.text) and _EXPLAINS.search(one.text):
            return True
        if abs(one.lines.first - line) <= _NEAR and _GENERAL.search(one.text):
            return True
    return False


_NEAR = 12
"""Lines around a command within which "replace it with your own" speaks of that command."""
