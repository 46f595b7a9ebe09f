"""What a sentence asks for: run this, visit that, press Ctrl+C, change a file."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import choice
from smile.tutorial.asking import Wish
from smile.tutorial.browsing import stops, visits
from smile.tutorial.editing import edits
from smile.tutorial.orders import runs
from smile.tutorial.shell import same
from smile.tutorial.text import Sentence

_SOFT = regex(
    r"\b(?:you|we) (?:can|could|may|might)(?: now)? (?:also|optionally|even|"
    r"alternatively)\b|^\W*optional(?:ly)?\b|"
    r"\(optional\)|\bif you (?:want|like|wish|prefer|would like|'d like|need|"
    r"haven't(?! (?:already|yet|done so))|have not|don't|do not|get|see|run into|use|are using)\b|"
    r"^\W*if (?!you(?:'re| are) (?:on|using) (?:linux|debian|ubuntu))|\bfor (?:a|"
    r"the) (?:full |complete )?list\b|\bfor (?:more|help|details|further)\b|"
    r"\bto (?:learn|see|find out|know) more\b|\bto (?:see|get|view|list) (?:a|the|"
    r"all)[^.]{0,30}\b(?:list|options|help|commands)\b|\bmay want to\b|\bfeel free\b",
    re.IGNORECASE,
)


def wishes(sentence: Sentence) -> list[Wish]:
    """What a sentence asks for, in its order."""
    plain = sentence.plain
    if len(plain) > 1500 or choice.for_others(plain) or choice.alternative(plain):
        return []
    soft = bool(_SOFT.search(plain))
    found = [
        *stops(sentence),
        *runs(sentence, soft=soft),
        *edits(sentence, soft=soft),
        *visits(sentence),
    ]
    return sorted(found, key=lambda w: w.at)


def repeated(text: str, done: list[str]) -> bool:
    """Whether a command was already given, perhaps with more options."""
    return any(same(text, other) for other in done)
