"""The journal: one JSON line for everything that happened, appended and flushed at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from smile.errors import StateError
from smile.wire import JournalEntry, JournalEvent


class JournalWriter:
    """Appends entries; a torn last line of a killed process is cut off first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _cut_torn_line(path)
            self._file = path.open("ab")
        except OSError as error:
            raise _unwritable(path, error) from error

    def append(self, entries: Iterable[JournalEntry]) -> None:
        """Write entries and hand them to the system: a killed process loses none of them."""
        try:
            self._file.write(b"".join(entry.to_json().encode() + b"\n" for entry in entries))
            self._file.flush()
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            raise _unwritable(self._path, error) from error


def read_journal(path: Path, *, abandoned: bool = False) -> tuple[JournalEntry, ...]:
    """The entries of a journal; a torn last line is left out.

    An iteration that a crash cut short is done again by the resumed run: what the first try of it
    left is left out too, unless ``abandoned`` asks for it. Raises ``StateError`` when the file
    can't be read or another line than the last is broken.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise StateError(f"can't read {path}: {error.strerror}") from error
    # What follows the last newline is empty, or was torn while it was written.
    entries = tuple(_entry(path, number, line) for number, line in enumerate(lines[:-1], 1))
    return entries if abandoned else _settled(entries)


def _entry(path: Path, number: int, line: bytes) -> JournalEntry:
    try:
        return JournalEntry.model_validate_json(line)
    except ValidationError as error:
        raise StateError(f"{path}, line {number}: not an entry of a journal") from error


def _settled(entries: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
    settled: list[JournalEntry] = []
    for entry in entries:
        if entry.event is JournalEvent.ITERATION_START:
            settled = [
                old
                for old in settled
                if old.iteration < entry.iteration or old.event is JournalEvent.RUN_START
            ]
        settled.append(entry)
    return tuple(settled)


def _cut_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        end = keep = file.seek(0, os.SEEK_END)
        while keep > 0:
            start = max(0, keep - 65536)
            file.seek(start)
            newline = file.read(keep - start).rfind(b"\n")
            if newline >= 0:
                keep = start + newline + 1
                break
            keep = start
        if keep < end:
            file.truncate(keep)


def _unwritable(path: Path, error: OSError) -> StateError:
    return StateError(f"can't write {path}: {error.strerror}", "free space, or check the rights")
