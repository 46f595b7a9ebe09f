"""What a cut left of a known secret: its beginning before the mark, its end behind it."""

from __future__ import annotations

from collections.abc import Collection

from smile.cuts import MARK as CUT
from smile.redaction.shapes import MARK

__all__ = ["without_halves"]

_LEAST = 4
"""Characters: fewer of a secret are no help to anyone."""


def without_halves(text: str, secrets: Collection[str]) -> str:
    """The text without such beginnings and ends; its lines keep their numbers."""
    pieces: list[str] = []
    last = 0
    for found in CUT.finditer(text):
        pieces += [text[last : found.start()], found[0]]
        last = found.end()
    pieces.append(text[last:])
    for place in range(1, len(pieces), 2):
        before, after = pieces[place - 1], pieces[place + 1]
        begun = max((_begun(before, secret) for secret in secrets), default=0)
        # Of what is turned around, the end is the beginning.
        ended = max((_begun(after[::-1], secret[::-1]) for secret in secrets), default=0)
        if begun:
            pieces[place - 1] = before[:-begun] + _instead(before[-begun:])
        if ended:
            pieces[place + 1] = _instead(after[:ended]) + after[ended:]
    return "".join(pieces)


def _instead(taken: str) -> str:
    return MARK + "\n" * taken.count("\n")


def _begun(text: str, secret: str) -> int:
    """How many characters at the end of the text are those that the secret begins with."""
    last = text[-_LEAST:]
    if len(last) < _LEAST:
        return 0
    at = secret.rfind(last)
    while at >= 0:
        length = at + _LEAST
        if text.endswith(secret[:length]):
            return length
        at = secret.rfind(last, 0, length - 1)
    return 0
