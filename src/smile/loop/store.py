"""What survives a crash: the state file, the journal beside it, and the lock that guards both."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from smile.errors import StateError
from smile.loop.journal import JournalWriter, read_journal
from smile.loop.lock import RunLock
from smile.loop.state import consistent, initial, rewound
from smile.wire import JournalEntry, LoopState, Status

__all__ = ["Beginning", "Store", "read_journal"]

_VERSION = 1
_FORGOTTEN = frozenset({Status.COMPLETED, Status.STOPPED})


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run begins with.

    ``dead_run`` is the id of a run that ended without closing its sandbox: it is to be removed
    first. ``messages`` are sentences for the author.
    """

    state: LoopState
    resumed: bool = False
    dead_run: str = ""
    messages: tuple[str, ...] = ()


class Store:
    """The files of one run; to be entered, which takes the lock.

    For ``.smile/state.json`` they are ``.smile/state.lock`` and ``.smile/journal.jsonl``; another
    name of the state file gives its name to both.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        prefix = "" if path.stem == "state" else f"{path.stem}."
        self.journal_path = path.with_name(f"{prefix}journal.jsonl")
        self._lock = RunLock(path.with_name(f"{path.stem}.lock"))
        self._journal: JournalWriter | None = None

    def __enter__(self) -> Self:
        """Take the lock. Raises ``StateError``: "already running (pid …)"."""
        self._lock.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the lock back."""
        try:
            if self._journal is not None:
                self._journal.close()
        finally:
            self._lock.release()

    def begin(
        self,
        *,
        run_id: str,
        at: datetime,
        tutorial_digest: str,
        config_digest: str,
        fresh: bool = False,
    ) -> Beginning:
        """A new run, or the one that a crash interrupted, from its last finished iteration.

        Raises ``StateError`` when that one had another tutorial or configuration and ``fresh``
        does not discard it.
        """
        new = initial(run_id, at, tutorial=tutorial_digest, config=config_digest)
        left, messages = self._leftover()
        if left is None or left.status.ended:
            return self._start(Beginning(new, messages=messages))
        if fresh:
            return self._start(Beginning(new, dead_run=left.run_id, messages=messages))
        _check_unchanged(left, new)
        if not self.journal_path.exists():
            lost = f"{self.journal_path} of the interrupted run is missing: starting over"
            return self._start(Beginning(new, dead_run=left.run_id, messages=(lost,)))
        state = rewound(left, at)
        told = f"resuming run {left.run_id} after iteration {state.iteration}"
        return Beginning(state, resumed=True, dead_run=left.run_id, messages=(told,))

    def save(self, state: LoopState) -> None:
        """Put the state in place: a reader sees the old one or the new one, also after a crash."""
        temporary = self.path.with_name(f"{self.path.name}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(state.to_json().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            _sync_directory(self.path.parent)
        except OSError as error:
            raise StateError(
                f"can't write {self.path}: {error.strerror}", "free space, or check the rights"
            ) from error

    def finish(self, state: LoopState) -> None:
        """Keep the last state, or delete it where nothing is left to do: success and stop."""
        if state.status not in _FORGOTTEN:
            self.save(state)
            return
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(f"can't delete {self.path}: {error.strerror}") from error

    def append(self, *entries: JournalEntry) -> None:
        """Add to the journal."""
        if self._journal is None:
            self._journal = JournalWriter(self.journal_path)
        self._journal.append(entries)

    def _start(self, beginning: Beginning) -> Beginning:
        try:
            self.path.unlink(missing_ok=True)
            self.journal_path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(f"can't delete {self.path}: {error.strerror}") from error
        return beginning

    def _leftover(self) -> tuple[LoopState | None, tuple[str, ...]]:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None, ()
        except OSError as error:
            raise StateError(f"can't read {self.path}: {error.strerror}") from error
        try:
            state = LoopState.model_validate_json(text)
        except ValidationError:
            return None, (self._set_aside("is torn or not ours"),)
        if state.version != _VERSION:
            return None, (self._set_aside(f"is of version {state.version}, not {_VERSION}"),)
        if not consistent(state):
            return None, (self._set_aside("contradicts itself"),)
        return state, ()

    def _set_aside(self, why: str) -> str:
        number = 1
        while self._broken(self.path, number).exists():
            number += 1
        aside = self._broken(self.path, number)
        try:
            self.path.rename(aside)
            if self.journal_path.exists():
                self.journal_path.rename(self._broken(self.journal_path, number))
        except OSError as error:
            raise StateError(f"can't rename {self.path}: {error.strerror}") from error
        return f"{self.path} {why}: set aside as {aside.name}, starting over"

    @staticmethod
    def _broken(path: Path, number: int) -> Path:
        return path.with_name(f"{path.name}.broken-{number}")


def _check_unchanged(left: LoopState, new: LoopState) -> None:
    changed = []
    if left.tutorial_digest != new.tutorial_digest:
        changed.append("the tutorial")
    if left.config_digest != new.config_digest:
        changed.append("the configuration")
    if changed:
        raise StateError(
            f"{' and '.join(changed)} changed since run {left.run_id} was interrupted "
            f"in iteration {left.iteration}",
            "use --fresh to discard that run and start over",
        )


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
