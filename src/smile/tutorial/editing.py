"""Changes by hand: "Change `x` in `a.py`", "Create a directory `app`", "Delete the last line"."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import fence, naming
from smile.tutorial.asking import Wish, clauses
from smile.tutorial.text import Sentence

_EDIT = regex(
    r"^(?:change|edit|modify|update|replace|rename|delete|remove|clear(?: out)?|"
    r"empty|copy|move|paste|add|insert|append|"
    r"put|uncomment|comment out|set|fill in|create|make|adjust|enable|disable|"
    r"change (?:in)?to|navigate|go|switch)\b",
    re.IGNORECASE,
)
_PLAIN_THING = regex(
    r"\b(?:file|files|director(?:y|ies)|folder|line|lines|string|heading|entry|"
    r"setting|value|text|section|code)\b",
    re.IGNORECASE,
)
_MAKE = regex(r"^(?:create|make)\b", re.IGNORECASE)
_MADE = regex(r"\b(?:(?:sub)?director(?:y|ies)|(?:sub-?)?folders?|dir|files?)\b", re.IGNORECASE)
_GO = regex(
    r"^(?:change(?: directory)? (?:in)?to|navigate|go (?:back )?(?:in)?to|switch to|"
    r"move (?:in)?to)\b",
    re.IGNORECASE,
)
_SHOW = regex(r"^open\b.{0,80}\bbrowser\b", re.IGNORECASE | re.DOTALL)
_NO_MAKING = regex(r"^make (?:sure|use|it|them|a note|any|changes|certain)\b", re.IGNORECASE)
_PROJECT = regex(r"\b(?:project|app|application) (?:called|named)\b", re.IGNORECASE)
_DIRECTORY = regex(r"\bdirector|\bfolder|\bdir\b", re.IGNORECASE)
_IN_PROGRAM = regex(
    r"^(?:navigate|go|switch|move|change)[^\x01]{0,60}\b(?:page|tab|branch|section|menu|url|"
    r"browser|settings)\b|terminal|://",
    re.IGNORECASE,
)


def edits(sentence: Sentence, *, soft: bool) -> list[Wish]:
    """The clauses of a sentence that tell the reader to change something."""
    found: list[Wish] = []
    for start, end in clauses(sentence.plain):
        body = sentence.plain[start:end].strip()
        about = _about(sentence, start, end)
        kind = _kind(body, about)
        if not kind:
            continue
        path = next((p for _, _, p in naming.spans(sentence) if p in about), "")
        text = _text(sentence, start, end)
        found.append(Wish(kind, text, sentence, soft, about, path if kind == "file" else "", start))
    return found


def _kind(body: str, about: tuple[str, ...]) -> str:
    """What kind of wish a clause is; empty when it is none."""
    if _SHOW.match(body):
        return "prose" if any(fence.is_path(a) for a in about) else ""
    if not _EDIT.match(body) or _NO_MAKING.match(body):
        return ""
    if _GO.match(body):
        return "prose" if about and not _IN_PROGRAM.search(body) else ""
    if _MAKE.match(body):
        if not about or not _MADE.search(body) or _PROJECT.search(body):
            return ""
        return "make" if _DIRECTORY.search(body) else "file"
    plain = _PLAIN_THING.search(body[:80]) and not re.search(r"\bthe following\b|:$", body)
    return "prose" if about or plain else ""


def _about(sentence: Sentence, start: int, end: int) -> tuple[str, ...]:
    """What a clause names: code, and emphasis that looks like a path."""
    names = (
        s.text.strip("`'\" ")
        for s in sentence.spans
        if start <= s.start < end and (s.code or fence.is_path(s.text) or "/" in s.text)
    )
    return tuple(dict.fromkeys(n for n in names if n))


def goes(text: str) -> bool:
    """Whether a wish is to change the directory."""
    return bool(_GO.match(text))


def _text(sentence: Sentence, start: int, end: int) -> str:
    said = " ".join(sentence.text[start:end].split()).strip(" ,;")
    return re.sub(r",?\s+(?:and|then|and then)$", "", said)
