"""Whether what was printed is what the tutorial shows, knowing what varies from run to run.

Precision first: only a line of which nothing printed resembles the words counts as missing, and
only when the shown output is otherwise that of the same program.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from smile.agent.literal import demands
from smile.regex import regex
from smile.tutorial.model import LIKE, Check, Match

_WORD = regex(r"[^\W\d_]{2,}", re.UNICODE)
_ELIDED = regex(r"\.\.\.|…|<[^<>]+>|\[snip\]")
_VARIES = regex(
    r"\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}|\b[0-9a-f]{7,40}\b|0x[0-9a-f]+|(?<![\w.~])(?:/[\w.@~+-]+){2,}"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
    r"|\d+%|v?\d+\.\d+[.\d\w-]*|\d+ ?(?:ms|s|seconds|kB|KB|MB|B)\b"
)
_DRAWN = regex("[\u2500-\u257f]")  # frames and trees: drawn differently by every release
_TELLS_OF_FAILURE = regex(
    r"\b(?:errors?|fail\w*|fatal|missing|not found|cannot|can't|invalid)\b"
    r"|\b[A-Z]{1,4}\d{3,4}\b",
    re.IGNORECASE,
)
_USAGE = regex(r"\busage\b", re.IGNORECASE)
_ALIKE = 0.8


def missing_lines(expected: str, actual: str) -> tuple[str, ...]:
    """The expected lines that nothing in the actual output resembles; empty: no difference."""
    printed = [_words(line) for line in actual.splitlines()]
    everything = {word for words in printed for word in words}
    return tuple(
        line.strip()
        for line in expected.splitlines()
        if _is_comparable(line) and not _resembles(_words(line), printed, everything)
    )


def differs(
    expected: str, actual: str, *, log: bool = False, check: Check = LIKE
) -> tuple[str, ...]:
    """The lines of a mismatch worth telling; empty when the outputs say the same.

    Of a server's ``log``, lines come and go with every release: it differs when at least half of
    what is shown was not printed. The author's own measure, ``check``, goes before ours.
    """
    if check.match is not Match.LIKE:
        return demands.unmet(expected, actual, check)
    missing = missing_lines(expected, actual)
    if not missing or _dominated_by_variation(missing):
        return ()
    shown = sum(map(_is_comparable, expected.splitlines()))
    return () if log and 2 * len(missing) < shown else missing


def accounts_for(expected: str, actual: str) -> bool:
    """Whether the tutorial shows this very failure: all that, or one of its error lines.

    Other lines tell nothing: many programs print what they do before they fail at it.
    """
    lines = [line.strip() for line in expected.splitlines() if _is_comparable(line)]
    missing = missing_lines(expected, actual)
    if lines and not missing and not missing_lines(actual, expected):
        return True  # all that it printed, and nothing else, is shown
    # Help that was asked for begins with the usage, too: that alone is no failure.
    usage = _USAGE if _TELLS_OF_FAILURE.search(expected) else None
    return any(
        line not in missing and (_TELLS_OF_FAILURE.search(line) or (usage and usage.search(line)))
        for line in lines
    )


def _is_comparable(line: str) -> bool:
    return bool(_words(line)) and not _ELIDED.search(line) and not _DRAWN.search(line)


def _resembles(words: list[str], printed: list[list[str]], everything: set[str]) -> bool:
    if all(word in everything for word in words):
        return True
    return any(SequenceMatcher(None, words, other).ratio() > _ALIKE for other in printed if other)


def _words(line: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_VARIES.sub(" ", line))]


def _dominated_by_variation(missing: tuple[str, ...]) -> bool:
    text = " ".join(missing)
    return len(_VARIES.sub("", text)) < 0.4 * len(text)
