"""Addresses to open and programs to stop: "Visit http://localhost:3000", "Press Ctrl+C"."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial.asking import Wish, after_adverbs, asks
from smile.tutorial.text import Sentence

_LOOPBACK = regex(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{1,5})?(?:/[^\s<>\"'`)\]]*)?",
    re.IGNORECASE,
)
_VISIT = regex(
    r"\b(?:visit|open|go (?:back )?to|going to|navigate (?:back )?to|browse to|"
    r"point (?:your|a|the) (?:web )?browser|head (?:over )?to|load|access|"
    r"view|check(?: out)?|see|type|enter|return to|try|look at|reload|refresh|paste|launch|hit)\b",
    re.IGNORECASE,
)
_PASSIVE = regex(
    r"\b(?:will|should|automatically|which|that|is|are|it|this|starts?|runs?|"
    r"listen(?:s|ing)?|opens?|serv(?:es|ed|ing)|available|running|would|proxied|"
    r"configured|equivalent|sends?|receives?)\b",
    re.IGNORECASE,
)
_WEAK = frozenset({"access", "view", "see", "check", "type", "enter", "try", "paste", "launch",
    "hit",    "load", "check out", "look at"})  # fmt: skip
_PLACE = regex(r"\bbrowser|address|url|page|site|app|at\b|\s*$", re.IGNORECASE)
_STOP = regex(
    r"\b(?:press|hit|type|use|with|using|pressing|hitting|via|enter|do)\s+(?:[`*_<]|"
    r"kbd>|\x01|the\s+|keys?\s+){0,12}"
    r"(?:c(?:on)?tro?l|ctl|\^|⌃|cmd)[`*_>\x01\s]*[+\s-]?[\s<`*_]*(?:kbd>)?c\b",
    re.IGNORECASE,
)
_CTRL_C = regex(r"(?:\b(?:c(?:on)?tro?l|ctl)\b\W{0,6}c\b|\^C\b|⌃\s?C\b|\bCTRL-?C\b)", re.IGNORECASE)
_END = regex(r"\b(?:stop|quit|exit|terminate|kill|end|interrupt|shut)\b", re.IGNORECASE)
_ORDER = regex(
    r"^(?:press|hit|type|stop|use|quit|exit|terminate|kill|interrupt|shut|end)\b", re.IGNORECASE
)
_LATER = regex(r"\b(?:and|then|now|first)\s+(?:press|hit|stop)\b|\n(?:Press|Hit|Stop)\b")
_PURPOSE = regex(r"^\W*(?:to|when|once|if)\b", re.IGNORECASE)
_ALLOWED = regex(
    r"\b(?:you|we) (?:can|could|may|need to|should|must|have to)\b|"
    r",\s*(?:just\s+|simply\s+)?(?:press|hit|use|type|stop)\b",
    re.IGNORECASE,
)
_ANY_TIME = regex(r"\bif you (?:want|wish|need|like)\b|\bat any time\b|\banytime\b", re.IGNORECASE)


def visits(sentence: Sentence) -> list[Wish]:
    """The addresses of this machine that a sentence tells the reader to open."""
    text = sentence.text
    found: dict[str, int] = {}
    for address in _LOOPBACK.finditer(text):
        url = address[0].rstrip(".,;:!?*_\u2026")
        if not _in_command(sentence, address.start(), url):
            found.setdefault(url.replace("0.0.0.0", "127.0.0.1"), address.start())  # noqa: S104
    if not found:
        return []
    before = text[: min(found.values())]
    verb = next((v for v in _VISIT.finditer(before) if _opens(before, v)), None)
    if verb is None:
        return []
    if re.search(r"\b(?:if|unless)\b", before[: verb.start()], re.IGNORECASE) and "," not in before:
        return []
    return [Wish("visit", url, sentence, at=at) for url, at in found.items()]


def _in_command(sentence: Sentence, at: int, url: str) -> bool:
    return any(
        s.code and s.start <= at < s.end and len(s.text.rstrip("/.")) > len(url) + 1
        for s in sentence.spans
    )


def _opens(before: str, verb: re.Match[str]) -> bool:
    """Whether the reader (not a program) opens the address."""
    lead, rest, name = before[: verb.start()], before[verb.end() :], verb[0].lower()
    if name in _WEAK and not _PLACE.search(rest):
        return False
    if name == "see" and not re.search(r"\bat\b|\bto\b|\bvisit\b", rest):
        return False
    if _PASSIVE.search(rest) and "browser" not in rest:
        return False
    if asks(lead) or re.search(
        r"\b(?:you|we) (?:can|should|may|could)(?: (?:now|then|also))?\s+$", lead
    ):
        return True
    joined = re.search(r"(?:\band|,|;|then|now|to)\s+$", lead)
    return bool(joined) and not _PASSIVE.search(lead[-60:])


def stops(sentence: Sentence) -> list[Wish]:
    """Whether a sentence tells the reader to stop the running program.

    The wish is soft when the sentence only explains how.
    """
    readable = re.sub(r"</?kbd>", "", sentence.text.replace("`", ""))
    if not _CTRL_C.search(readable) or _ANY_TIME.search(readable):
        return []
    text = re.sub(r"[*_+]+", lambda m: "+" if "+" in m[0] else "", readable)
    if not _STOP.search(text) and not _END.search(text):
        return []
    order = _ORDER.match(after_adverbs(text)) or _LATER.search(text)
    purpose = _PURPOSE.search(text)
    if not order and not _ALLOWED.search(text):
        return []
    explains = re.search(r"\bto (?:stop|quit|exit|terminate|end)\b", text, re.IGNORECASE)
    where = _CTRL_C.search(sentence.text)
    soft = not order or bool(explains) or bool(purpose)
    return [Wish("stop", "", sentence, soft, at=where.start() if where else 0)]
