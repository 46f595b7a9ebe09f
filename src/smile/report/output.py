"""Read the output of a program: which of its lines tell what went wrong."""

from __future__ import annotations

import re

from smile.plain import plain
from smile.regex import regex
from smile.wire import Failure

__all__ = ["same_failure", "telling_lines"]

MOST_LINES = 8
LONGEST_LINE = 300

_TELLS = regex(
    r"error|not found|no such|fatal|^E:|ERR!|denied|cannot|can't|couldn't|could not|fail|unable"
    r"|refused|unknown|unrecogni[sz]ed|missing|undefined|invalid|panic|abort|exception"
    r"|timed? ?out|not permitted|already (?:in use|exists)|unbound|not installed|no module",
    re.IGNORECASE,
)
_NOISE = regex(
    r"complete log of this run|^Traceback \(most recent|\b0 (?:errors?|failed|failures)\b",
    re.IGNORECASE,
)
_VARIES = (
    (regex(r"/tmp/\S+"), "/tmp/…"),  # noqa: S108 - a text to recognise, no file
    (regex(r"\b[0-9a-f]{7,}\b"), "…"),
    (regex(r"\d+"), "0"),
    (regex(r"\s+"), " "),
)


def telling_lines(output: str, most: int = MOST_LINES) -> tuple[str, ...]:
    """The lines of an output that tell what went wrong, else its last ones."""
    lines = [line.rstrip() for line in plain(output).split("\n") if line.strip()]
    last_of_traceback = _ends_of_tracebacks(lines)
    telling = [
        line
        for index, line in enumerate(lines)
        if index in last_of_traceback or (_TELLS.search(line) and not _NOISE.search(line))
    ]
    chosen = list(dict.fromkeys(telling)) or lines[-3:]
    if len(chosen) > most:
        # The first error is mostly the cause, the last one mostly says what it led to.
        half = most // 2
        chosen = chosen[: most - half] + chosen[-half:]
    return tuple(_cut(line) for line in chosen)


def _ends_of_tracebacks(lines: list[str]) -> set[int]:
    found: set[int] = set()
    inside = False
    for index, line in enumerate(lines):
        if line.lstrip().startswith("Traceback (most recent"):
            inside = True
        elif inside and not line.startswith((" ", "\t")):
            found.add(index)
            inside = False
    return found


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def same_failure(one: Failure, other: Failure) -> bool:
    """Whether two failures of the same command come from the same cause, by what they print."""
    if (one.path, one.url, one.outcome) != (other.path, other.url, other.outcome):
        return False
    ours, theirs = _signature(one), _signature(other)
    if not ours or not theirs:
        return not ours and not theirs and one.exit_code == other.exit_code
    return len(ours & theirs) > len(ours | theirs) / 2


def _signature(failure: Failure) -> frozenset[str]:
    lines = telling_lines(failure.output) or tuple(filter(None, [failure.problem]))
    return frozenset(_constant(line) for line in lines)


def _constant(line: str) -> str:
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line.strip()
