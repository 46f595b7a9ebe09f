"""Text as a reader sees it: without what steers a terminal, and without what can't be seen."""

from __future__ import annotations

import re

__all__ = ["plain"]

# CSI and OSC sequences and two-character escapes: ECMA-48, sections 5.4 and 5.6.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]")
# Bidirectional overrides make a text look like another one.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def plain(text: str) -> str:
    """The text without colours, cursor movements, control and invisible characters.

    Of a line that a program overwrote (a progress bar), what stood there last remains.
    """
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _UNSEEN.sub("", "\n".join(lines))
