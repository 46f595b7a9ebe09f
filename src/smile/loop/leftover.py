"""What an earlier run left in its files: read with distrust, set aside, never written over.

The journal decides. The state file is a copy of what it says; only beside a journal of version 1,
which does not tell whose it is, the state file is needed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from smile.errors import StateError
from smile.loop.disk import put, set_aside
from smile.loop.journal import Journal, encoded, load, newer
from smile.loop.replay import replay
from smile.wire import STATE_VERSION, JournalEntry, JournalEvent, LoopState, RunIdentity


@dataclass(frozen=True, slots=True)
class Leftover:
    """``state`` is ``None`` when there is no run to go on with; ``messages`` are for the author.

    ``lost`` is the id of a run that was cut short and can't be gone on with, although something of
    its sandbox may be left.
    """

    state: LoopState | None = None
    journal: Journal = field(default_factory=Journal)
    messages: tuple[str, ...] = ()
    lost: str = ""


def look(path: Path, journal_path: Path) -> Leftover:
    """Read state file and journal of an earlier run.

    Raises ``StateError`` when one can't be read, or was written by a newer SMILE and is left alone;
    ``StorageError`` when one can't be set aside.
    """
    snapshot, trouble = _snapshot(path)
    journal = load(journal_path)
    lost = snapshot.run_id if snapshot is not None and not snapshot.status.ended else ""
    if not journal.entries:
        return _without_journal(path, journal_path, trouble, lost)
    if journal.version == 1:
        over = journal.entries[-1].event is JournalEvent.LOOP_COMPLETE
        if trouble or (snapshot is None and not over):
            return _apart(path, journal_path, "has no state file that says whose it is")
        if snapshot is None or snapshot.status.ended:
            return Leftover()
        journal = replace(journal, entries=_upgraded(journal.entries, snapshot))
    try:
        state = replay(journal.entries)
    except StateError as error:
        return _apart(path, journal_path, f"contradicts itself ({error})", lost)
    assert state is not None
    messages = _put_right(path, journal_path, journal, trouble or _of_another(snapshot, state))
    if journal.version == 1:
        journal = _rewritten(journal_path, journal.entries)
    return Leftover(state, journal, messages)


def _snapshot(path: Path) -> tuple[LoopState | None, str]:
    """The state file's content, or what is wrong with it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        raise StateError(f"can't read {path}: {error.strerror}") from error
    try:
        told = json.loads(content)
        version = told.get("version") if isinstance(told, dict) else None
        if isinstance(version, int) and version > STATE_VERSION:
            raise newer(path, version)
        return LoopState.model_validate(told), ""
    except (ValidationError, ValueError, RecursionError):
        return None, "is torn or not ours"


def _without_journal(path: Path, journal_path: Path, trouble: str, lost: str) -> Leftover:
    if journal_path.exists() and journal_path.stat().st_size:
        return _apart(path, journal_path, "is torn or not ours", lost)
    if trouble:
        return Leftover(messages=(f"{path} {trouble}: set aside as {set_aside(path)}",))
    if lost:
        aside = set_aside(path)
        told = f"the journal of run {lost} is missing: {path} set aside as {aside}, starting over"
        return Leftover(messages=(told,), lost=lost)
    return Leftover()


def _apart(path: Path, journal_path: Path, why: str, lost: str = "") -> Leftover:
    aside = set_aside(journal_path, path)
    return Leftover(messages=(f"{journal_path} {why}: set aside as {aside}",), lost=lost)


def _of_another(snapshot: LoopState | None, state: LoopState) -> str:
    return "is another run's" if snapshot and snapshot.run_id != state.run_id else ""


def _put_right(path: Path, journal_path: Path, journal: Journal, trouble: str) -> tuple[str, ...]:
    """Keep what will be written over and can't be trusted; what to say of it."""
    if journal.damaged:
        kept = set_aside(journal_path, path, copy=True)
        told = f"{journal_path} is damaged from line {journal.damaged} on: kept as {kept}"
        return (f"{told}, and what stands before that line counts",)
    if trouble:
        return (f"{path} {trouble}: set aside as {set_aside(path)}",)
    return ()


def _upgraded(entries: tuple[JournalEntry, ...], snapshot: LoopState) -> tuple[JournalEntry, ...]:
    """A journal of version 1 with what only the state file knew: whose it is, and the clock."""
    identity = RunIdentity(
        run_id=snapshot.run_id,
        tutorial_digest=snapshot.tutorial_digest,
        config_digest=snapshot.config_digest,
    )
    upgraded = list(entries)
    upgraded[0] = entries[0].model_copy(update={"identity": identity})
    upgraded[-1] = upgraded[-1].model_copy(update={"seconds_used": snapshot.seconds_used})
    return tuple(upgraded)


def _rewritten(path: Path, entries: tuple[JournalEntry, ...]) -> Journal:
    lines, checksum = encoded(entries)
    put(path, lines)
    return Journal(entries, len(lines), checksum)
