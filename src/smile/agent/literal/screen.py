"""What a terminal shows: control sequences resolved to plain lines."""

from __future__ import annotations

import io
import re
from typing import Any

from smile import cuts
from smile.regex import regex

_ESCAPES = regex(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, links
    r"|[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    r"|[@-Z\\-_]|[ -/]+[0-~])"  # two-character sequences, character sets
)
_UNSEEN = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


def plain(raw: bytes) -> str:
    r"""Text as a reader sees it: no colours, and of lines redrawn with ``\r`` the last state."""
    text = _ESCAPES.sub("", raw.decode("utf-8", "replace"))
    lines = (_redrawn(line) for line in text.replace("\r\n", "\n").split("\n"))
    return _UNSEEN.sub("", "\n".join(lines))


def _redrawn(line: str) -> str:
    if "\b" in line:
        line = re.sub(r"[^\b]\x08", "", line).replace("\b", "")
    if "\r" not in line:
        return line
    parts = [part for part in line.split("\r") if part.strip()]
    return parts[-1] if parts else ""


def cut(text: str) -> str:
    """What is told of a long text: more than is kept, for that is cut when no key is in it."""
    return cuts.cut(text, 8_000, 24_000)


class Capture:
    """Collects a program's output: the beginning and the end stay in memory, all goes to the log.

    Args:
        log: an open binary file, or ``None``.
        log_limit: bytes of one command that go to the log; the rest is counted only.
    """

    HEAD = 32 * 1024
    TAIL = 64 * 1024

    def __init__(self, log: object | None = None, log_limit: int = 16 * 1024**2) -> None:
        self._log = log
        self._log_limit = log_limit
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Take what the program printed next."""
        if self._log is not None and self.size < self._log_limit:
            self._log.write(data[: self._log_limit - self.size])  # type: ignore[attr-defined]
        self.size += len(data)
        room = self.HEAD - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        if len(self._tail) > 2 * self.TAIL:
            del self._tail[: -self.TAIL]

    @property
    def text(self) -> str:
        """The output as shown, long ones with their middle left out."""
        kept = len(self._head) + len(self._tail)
        if self.size > kept:
            head, tail = plain(bytes(self._head)), plain(bytes(self._tail))
            missing = cuts.mark(self.size - kept, "bytes")
            return cuts.shorn_end(head) + missing + cuts.shorn_start(tail)
        return plain(bytes(self._head + self._tail))

    @property
    def last_line(self) -> str:
        """What stands after the last line break: a prompt, if something waits for input."""
        end = bytes((self._tail or self._head)[-2000:])
        return plain(end).rsplit("\n", 1)[-1]


class Log(io.FileIO):
    """Keeps all that the terminals show; a disk that is full costs nothing but this."""

    def write(self, data: Any) -> int:
        """Write what there is room for."""
        try:
            return super().write(data) or 0
        except OSError:
            return 0
