"""Long texts made short: beginning and end stay, cut between two lines, or else two words.

Half a key looks like none. So a text is cut where keys hardly ever go on, and a mark stands there.
"""

from __future__ import annotations

import re

__all__ = ["MARK", "beginning", "cut", "ending", "mark", "shorn_end", "shorn_start"]

MARK = re.compile(r"\n?\[… ([\d,]+) (?:characters|bytes) left out …\]\n?")
"""What stands where something was left out, and how much that was."""


def mark(count: int, unit: str = "characters") -> str:
    """Such a mark."""
    return f"\n[… {count:,} {unit} left out …]\n"


def cut(text: str, first: int, last: int) -> str:
    """At most so many characters of its beginning and of its end, and a mark between them.

    What an earlier cut had left out counts, where its mark is among what goes.
    """
    if len(text) <= first + last:
        return text
    head, tail = beginning(text, first), ending(text, last)
    middle = text[len(head) : len(text) - len(tail)]
    before = sum(int(found[1].replace(",", "")) for found in MARK.finditer(middle))
    return head + mark(len(middle) + before) + tail


def beginning(text: str, most: int) -> str:
    """At most so many characters, from the first on."""
    return text if len(text) <= most else shorn_end(text[: most + 1])[:most]


def ending(text: str, most: int) -> str:
    """At most so many characters, to the last one."""
    return text if len(text) <= most else shorn_start(text[-most - 1 :])[-most:]


def shorn_end(piece: str) -> str:
    """What was cut off somewhere, without its last line or word, unless that is half of it."""
    for gap in "\n", " ":
        end = piece.rfind(gap, len(piece) // 2)
        if end >= 0:
            return piece[:end]
    return piece


def shorn_start(piece: str) -> str:
    """The same of what begins somewhere."""
    for gap in "\n", " ":
        before = piece.find(gap, 0, len(piece) // 2)
        if before >= 0:
            return piece[before + 1 :]
    return piece
