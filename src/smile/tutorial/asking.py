"""Grammar of instructions: whether a clause speaks to the reader and tells it to do something."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile.regex import regex
from smile.tutorial.text import Sentence

_ADVERB = (
    r"(?:now|then|next|first|firstly|second|secondly|third|finally|lastly|last|again|"
    r"also|after that|afterwards|"
    r"afterward|please|simply|just|so|ok|okay|alright|instead|at this point|"
    r"step \d+|\d+[.)]|[-*+•]|and|or|but|let's|to begin|to start|to do so|to do this)"
)
_CLAUSE = (
    r"(?:(?:to|in|from|on|at|inside|within|once|after|when|before|for|with|while|as|"
    r"back|if|since|because|"
    r"using|having|given|assuming|by|now that|through|via)\b[^;]{1,220}?,)"
)
_WE = (
    r"(?:you(?:'ll| will)?(?: (?:can|should|must|need to|have to|may|might|"
    r"want to|could|then|now|first|also|just|simply|next)){0,4}"
    r"|we(?:'ll| will)?(?: (?:can|should|must|need to|have to|may|might|could|"
    r"want to|then|now|first|also|just|simply|next)){0,4}"
    r"|let(?:'s| us)(?: (?:now|then|first|also|just|try to)){0,2}|make sure (?:to|"
    r"you)|be sure to|go ahead and|don't forget to|remember to)"
)
_HARD = (
    r"(?:(?:you|we)(?:'ll| will)?(?: (?:should|must|need to|have to|then|now|"
    r"first|next)){0,3}|let(?:'s| us)(?: (?:now|then|first))?|be sure to|"
    r"go ahead and|don't forget to|remember to)"
)
_BEFORE = rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*(?:{_CLAUSE}\s*)?(?:{_ADVERB}[\s,]+)*"
_AFTER = rf"(?:{_ADVERB}[\s,]+)*"
_LEAD = regex(rf"{_BEFORE}(?:{_WE}\s+)?{_AFTER}$", re.IGNORECASE)
_OPENING = regex(rf"{_BEFORE}(?:{_WE}\s+)?{_AFTER}", re.IGNORECASE)
_FIRM_OPENING = regex(rf"{_BEFORE}(?:{_HARD}\s+)?{_AFTER}", re.IGNORECASE)
_ADVERBS = regex(rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*", re.IGNORECASE)
_CONDITION = regex(rf"^\W*{_CLAUSE}\s*", re.IGNORECASE)
_JOINT = regex(r"(?:,\s*(?:and\s+)?(?:then\s+)?|\s+and\s+(?:then\s+)?|;\s*)")
_JOINED = regex(
    r"(?:\band\s+(?:then\s+|finally\s+)?|,\s*then\s+|\bthen\s+|,\s+|;\s*(?:then\s+)?)$",
    re.IGNORECASE,
)
_IMPERATIVE = regex(
    r"(?:create|open|cd|change|go|navigate|move|save|stop|restart|install|add|close|"
    r"switch|make|enter|start|use|type|"
    r"press|run|execute|clone|download|copy|initiali[sz]e|delete|remove|return|edit|"
    r"set|build|activate|\x01+|launch|"
    r"kill|exit|quit|log|connect|wait|leave|head|get|put|write|update|replace|rename|"
    r"clear|empty|paste|append|insert|fill|uncomment|comment|"
    r"modify|adjust)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a sentence asks for.

    ``kind``: ``run``, ``visit``, ``stop``, ``prose``, ``make`` (a directory that no block makes)
    or ``file``. ``soft``: the reader need not do it. ``at`` is its place in the sentence.
    """

    kind: str
    text: str
    sentence: Sentence
    soft: bool = False
    about: tuple[str, ...] = ()
    path: str = ""
    at: int = 0


def asks(lead: str, *, strict: bool = False) -> bool:
    """Whether what stands before a verb makes it an instruction to the reader.

    ``strict`` leaves out what "we" do and what one "can" do.
    """
    lead = lead[-400:]
    if _LEAD.match(lead):
        return not (strict and re.search(r"\bwe(?:'| |$)|\bcan\b", lead, re.IGNORECASE))
    joined = _JOINED.search(lead)
    if joined:
        return bool(_IMPERATIVE.match(_OPENING.sub("", lead[: joined.start()])))
    tail = re.search(r"[.;:]\s*$", lead)
    return bool(tail and _LEAD.match(lead[tail.start() + 1 :]))


def after_adverbs(text: str) -> str:
    """A sentence without the "Now, then" before its verb."""
    return _ADVERBS.sub("", text)


def clauses(plain: str) -> list[tuple[int, int]]:
    """Ranges of the clauses that begin with a verb addressed to the reader."""
    opening = _FIRM_OPENING.match(plain)
    first = opening.end() if opening else 0
    if not _IMPERATIVE.match(plain[first:]):
        comma = _CONDITION.match(plain)
        if not comma or not _IMPERATIVE.match(plain[comma.end() :]):
            return []
        first = comma.end()
    cuts = [first]
    for joint in _JOINT.finditer(plain):
        if joint.start() > first and _IMPERATIVE.match(plain[joint.end() :]):
            cuts.append(joint.end())  # noqa: PERF401 - reads better than a comprehension
    return list(zip(cuts, [*cuts[1:], len(plain)], strict=True))
