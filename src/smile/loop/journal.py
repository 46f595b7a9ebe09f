"""The journal: one JSON line for everything that happened. Lines are appended, never changed.

The last member of a line, ``sum``, is the CRC-32 of the line without it, begun with the sum of the
line before: a byte that changed, a line that is missing and one that stands elsewhere are seen.
The lines of a transition are written at once, and count when the last of them is there. What
follows the last line break was torn while it was written: it never counts.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from smile.errors import StateError
from smile.loop.disk import put, sync_directory, unwritable
from smile.wire import STATE_VERSION, JournalEntry, JournalEvent

MAX_JOURNAL_BYTES = 128 * 1024**2
"""Of a journal that has reached this size no observation is taken any more."""

_SUM = b',"sum":"%08x"}\n'
_SUM_BYTES = len(_SUM % 0)

_UNFINISHED = frozenset(
    {
        JournalEvent.ITERATION_START,
        JournalEvent.STUDENT_OUTPUT,
        JournalEvent.MENTOR_OUTPUT,
        JournalEvent.ERROR,
    }
)
"""What a transition begins with; it ends with ``status`` or ``loop_complete``."""

_DURABLE = frozenset(
    {JournalEvent.RUN_START, JournalEvent.ITERATION_START, JournalEvent.LOOP_COMPLETE}
)
"""What the run goes on from after a power cut, so it must be on the disk before we go on."""


@dataclass(frozen=True, slots=True)
class Journal:
    """What a file holds, up to the last thing that can be trusted.

    The next line goes to ``size``, after one whose sum is ``checksum``. ``damaged`` is the number
    of the first whole line that can't be trusted, 0 if there is none: it and all that follows is
    not in ``entries``.
    """

    entries: tuple[JournalEntry, ...] = ()
    size: int = 0
    checksum: int = 0
    damaged: int = 0
    version: int = STATE_VERSION


def encoded(entries: Iterable[JournalEntry], checksum: int = 0) -> tuple[bytes, int]:
    """Lines that follow one with this sum, and the sum of the last of them."""
    lines = bytearray()
    for entry in entries:
        body = entry.to_json().encode()
        checksum = zlib.crc32(body, checksum)
        lines += body[:-1] + _SUM % checksum
    return bytes(lines), checksum


def load(path: Path) -> Journal:
    """What a journal holds; nothing when there is none.

    Raises ``StateError`` when it can't be read or was written by a newer SMILE.
    """
    try:
        with path.open("rb") as file:
            return _parsed(path, file)
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise StateError(f"can't read {path}: {error.strerror}") from error


def read_journal(path: Path, *, abandoned: bool = False) -> tuple[JournalEntry, ...]:
    """The entries of a journal.

    An iteration that a crash cut short is done again by the resumed run: what the first try of it
    left is left out, unless ``abandoned`` asks for it. Raises ``StateError`` when the file is not
    there, can't be read or is damaged.
    """
    journal = load(path)
    if journal.damaged:
        raise StateError(f"{path} is damaged from line {journal.damaged} on")
    if not journal.entries:
        raise StateError(f"{path} is gone")
    return journal.entries if abandoned else _settled(journal.entries)


class JournalWriter:
    """Appends entries to a journal.

    What can't be trusted at its end is cut off first; one of an older version is written anew.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        if journal.version < STATE_VERSION:
            lines, checksum = encoded(journal.entries)
            put(path, lines)
            journal = Journal(journal.entries, len(lines), checksum)
        self._path = path
        self.size = journal.size
        self._checksum = journal.checksum
        self._fd = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            os.ftruncate(self._fd, self.size)
            sync_directory(path.parent)
        except OSError as error:
            self.close()
            raise unwritable(path, error) from error

    def append(self, entries: Iterable[JournalEntry]) -> None:
        """Write entries, all or none. Raises ``StorageError``.

        A killed process loses none of them: they are the system's. A power cut may take what came
        after the last beginning of an iteration.
        """
        entries = tuple(entries)
        lines, checksum = encoded(entries, self._checksum)
        try:
            _write_all(self._fd, lines, self.size)
            if any(entry.event in _DURABLE for entry in entries):
                os.fsync(self._fd)
        except OSError as error:
            self._take_back()
            raise unwritable(self._path, error) from error
        self.size += len(lines)
        self._checksum = checksum

    def close(self) -> None:
        """Close the file; calling it twice is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._fd, self.size)
        except OSError:
            return  # they happened: whether a resumed run finds them makes no difference to it


def _write_all(fd: int, content: bytes, at: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(fd, rest, at)
        rest, at = rest[written:], at + written


def _parsed(path: Path, lines: Iterable[bytes]) -> Journal:
    found: list[tuple[JournalEntry, int, int]] = []
    size = checksum = damaged = 0
    version = STATE_VERSION
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            break
        if number == 1:
            version = _version(path, line)
        checksum = zlib.crc32(line[:-_SUM_BYTES] + b"}", checksum)
        entry = _entry(line) if version == 1 or line.endswith(_SUM % checksum) else None
        if entry is None:
            damaged = number
            break
        size += len(line)
        found.append((entry, size, checksum))
    while found and found[-1][0].event in _UNFINISHED:
        found.pop()
    _, size, checksum = found[-1] if found else (None, 0, 0)
    return Journal(tuple(entry for entry, _, _ in found), size, checksum, damaged, version)


def _version(path: Path, first: bytes) -> int:
    """Of the journal that begins with this line. Raises ``StateError`` when it is a newer one."""
    try:
        told = json.loads(first)
    except (ValueError, RecursionError):
        return STATE_VERSION  # its sum will be found wrong
    if not isinstance(told, dict):
        return STATE_VERSION
    identity = told.get("identity")
    version = identity.get("version") if isinstance(identity, dict) else None
    if isinstance(version, int) and version > STATE_VERSION:
        raise newer(path, version)
    return STATE_VERSION if identity is not None or "sum" in told else 1


def newer(path: Path, version: int) -> StateError:
    """What is said of a file that a later SMILE wrote."""
    return StateError(
        f"{path} was written by a newer SMILE (version {version} of the file; "
        f"this one knows {STATE_VERSION})",
        "go on with that SMILE, or move the file away to begin anew",
    )


def _entry(line: bytes) -> JournalEntry | None:
    try:
        return JournalEntry.model_validate_json(line)
    except ValidationError:
        return None


def _settled(entries: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
    settled: list[JournalEntry] = []
    for entry in entries:
        if entry.event is JournalEvent.RUN_START:
            settled = [old for old in settled if old.iteration <= entry.iteration]
        settled.append(entry)
    return tuple(settled)
