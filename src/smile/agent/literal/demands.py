"""Whether an output is what its author demands: exactly, in part, by a pattern, how alike."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import assert_never

from smile.regex import regex
from smile.tutorial.model import Check, Match

__all__ = ["unmet"]

_MARK = regex(r"^(.*?)\s+\((glob|re|regex|esc|no-eol|equal)[*+?]?\)$")
_MOST = 100_000
"""Characters of an output that are compared: a pattern of the author's may take long."""


def unmet(expected: str, actual: str, check: Check) -> tuple[str, ...]:
    """The shown lines that are not there as demanded; empty when all is."""
    shown = tuple(line.strip() for line in expected.splitlines() if line.strip())
    real = actual[:_MOST].replace("\r\n", "\n").strip()
    match check.match:
        case Match.LIKE:
            return ()
        case Match.EXACT:
            met = real == expected.strip()
        case Match.CONTAINS:
            met = expected.strip() in real
        case Match.REGEX:
            met = _found(check.pattern, real)
        case Match.RATIO:
            met = SequenceMatcher(None, expected.strip(), real, autojunk=False).ratio() >= (
                check.ratio
            )
        case Match.MARKED:
            return _unmet_lines(shown, [line.strip() for line in real.splitlines()])
        case _:
            assert_never(check.match)
    return () if met else shown[:20]


def _found(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern.strip(), text, re.MULTILINE) is not None
    except re.error:
        return False


def _unmet_lines(shown: tuple[str, ...], real: list[str]) -> tuple[str, ...]:
    return tuple(line for line in shown if not any(_fits(line, other) for other in real))


def _fits(shown: str, real: str) -> bool:
    marked = _MARK.match(shown)
    if marked is None:
        return shown == real
    text, how = marked[1], marked[2]
    if how == "glob":
        return fnmatchcase(real, text)
    if how in {"re", "regex"}:
        return _found(rf"\A(?:{text})\Z", real)
    if how == "esc":
        return text.encode().decode("unicode_escape", "replace") == real
    return text == real
