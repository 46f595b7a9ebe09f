"""What survives a crash: the journal, the state file beside it, and the lock that guards both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from smile.errors import StateError
from smile.loop import disk
from smile.loop.journal import MAX_JOURNAL_BYTES, Journal, JournalWriter, read_journal
from smile.loop.leftover import Leftover, look
from smile.loop.lock import RunLock
from smile.loop.replay import replay
from smile.loop.state import rewound
from smile.wire import JournalEntry, JournalEvent, LoopState, RunIdentity, Status

__all__ = ["Beginning", "Store", "read_journal"]

_FORGOTTEN = frozenset({Status.COMPLETED, Status.STOPPED})
_REPORTABLE = frozenset({Status.COMPLETED, Status.MAX_ITERATIONS, Status.BLOCKER, Status.TIMEOUT})
"""Ends whose report is worth writing later. What was stopped, or a fault of ours, begins anew."""
_TOLD = 5
"""So many changes are named."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run begins with.

    ``over``: nothing is to be followed, only the report is missing. ``dead_run`` is the id of a
    run that ended without closing its sandbox, to be removed first; ``dead_engine`` is the engine
    it was on, empty when its sandbox was not open yet. ``messages`` are sentences for the author.
    """

    state: LoopState
    resumed: bool = False
    over: bool = False
    dead_run: str = ""
    dead_engine: str = ""
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
        if self._journal is not None:
            self._journal.close()
        self._lock.release()

    def begin(self, identity: RunIdentity, at: datetime, *, fresh: bool = False) -> Beginning:
        """A new run, or the one that a crash cut short, from its last finished iteration.

        Raises ``StateError`` when that one had another tutorial or configuration and ``fresh``
        does not discard it, or when its files are a newer SMILE's; ``StorageError`` when the
        files can't be written.
        """
        left = look(self.path, self.journal_path)
        state = left.state
        if state is None:
            return self._start(identity, at, left, dead_run=left.lost)
        entries = left.journal.entries
        reported = entries[-1].event is JournalEvent.RUN_END
        if fresh or not _goes_on(left, state, reported=reported):
            return self._start(identity, at, left, dead_run="" if reported else state.run_id)
        _check_unchanged(state, entries[0].identity, identity)
        if state.status.ended:
            return self._report(left, state)
        return self._resume(left, state, at)

    def save(self, state: LoopState) -> None:
        """Put the state in place. Raises ``StorageError``."""
        disk.put(self.path, state.to_json().encode() + b"\n")

    def finish(self, state: LoopState) -> None:
        """Keep the last state, or delete it where nothing is left to do: success and stop."""
        if state.status in _FORGOTTEN:
            disk.remove(self.path)
        else:
            self.save(state)

    def append(self, *entries: JournalEntry) -> None:
        """Add to the journal, all or none. Raises ``StorageError``."""
        assert self._journal is not None, "append before begin"
        self._journal.append(entries)

    @property
    def room(self) -> int:
        """Bytes of observations that the journal still takes."""
        assert self._journal is not None, "room before begin"
        return max(0, MAX_JOURNAL_BYTES - self._journal.size)

    # --- the three beginnings -----------------------------------------------------------------

    def _start(
        self, identity: RunIdentity, at: datetime, left: Leftover, *, dead_run: str
    ) -> Beginning:
        messages = left.set_aside()
        disk.remove(self.path, self.journal_path)
        start = JournalEntry(
            timestamp=at, event=JournalEvent.RUN_START, iteration=0, identity=identity
        )
        return Beginning(
            self._open(Journal(), start),
            dead_run=dead_run,
            dead_engine=engine_of(left.journal.entries),
            messages=messages,
        )

    def _resume(self, left: Leftover, state: LoopState, at: datetime) -> Beginning:
        messages = left.set_aside()
        finished = rewound(state, at).iteration
        again = JournalEntry(
            timestamp=at,
            event=JournalEvent.RUN_START,
            iteration=finished,
            message=f"resumed after iteration {finished}",
        )
        return Beginning(
            self._open(left.journal, again),
            resumed=True,
            dead_run=state.run_id,
            dead_engine=engine_of(left.journal.entries),
            messages=(*messages, f"resuming run {state.run_id} after iteration {finished}"),
        )

    def _report(self, left: Leftover, state: LoopState) -> Beginning:
        messages = left.set_aside()
        self._open(left.journal)
        self.finish(state)
        told = f"run {state.run_id} had come to its end, but not to its report: writing that"
        return Beginning(
            state,
            over=True,
            dead_run=state.run_id,
            dead_engine=engine_of(left.journal.entries),
            messages=(*messages, told),
        )

    def _open(self, journal: Journal, *entries: JournalEntry) -> LoopState:
        self._journal = JournalWriter(self.journal_path, journal)
        self._journal.append(entries)
        state = replay((*journal.entries, *entries))
        assert state is not None
        return state


def engine_of(entries: Iterable[JournalEntry]) -> str:
    """The engine that the run was on last; empty when no sandbox of it was open yet."""
    machines = [entry.machine for entry in entries if entry.machine is not None]
    return machines[-1].engine if machines else ""


def _goes_on(left: Leftover, state: LoopState, *, reported: bool) -> bool:
    """Whether something of this run would be lost if another one began."""
    if state.status.ended:
        return state.status in _REPORTABLE and not reported
    return any(entry.event is JournalEvent.ITERATION_START for entry in left.journal.entries)


def _check_unchanged(state: LoopState, old: RunIdentity | None, new: RunIdentity) -> None:
    changed: list[str] = []
    if state.tutorial_digest != new.tutorial_digest:
        changed += _files(old, new) or ["the tutorial changed"]
    if state.config_digest != new.config_digest:
        changed += _settings(old, new) or ["the configuration changed"]
    if changed:
        more = f" and {len(changed) - _TOLD} more" if len(changed) > _TOLD else ""
        raise StateError(
            f"since run {state.run_id} was cut short in iteration {state.iteration}, "
            f"{', '.join(changed[:_TOLD])}{more}",
            "use --fresh to discard that run and start over, or undo the change",
        )


def _files(old: RunIdentity | None, new: RunIdentity) -> list[str]:
    if old is None or not old.files:
        return []  # version 1 had digests only
    before, now = old.files, new.files
    changed = {name for name in before.keys() & now.keys() if before[name] != now[name]}
    removed, added = before.keys() - now.keys(), now.keys() - before.keys()
    told = (("changed", changed), ("was removed", removed), ("was added", added))
    return [f"{name} {what}" for what, names in told for name in sorted(names)]


def _settings(old: RunIdentity | None, new: RunIdentity) -> list[str]:
    if old is None or not old.settings:
        return []
    return [
        f"{name} changed from {old.settings.get(name, 'nothing')} to {value}"
        for name, value in new.settings.items()
        if old.settings.get(name) != value
    ]
