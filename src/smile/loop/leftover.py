"""What an earlier run left in its files: read with distrust, and never written over.

The journal decides. The state file is a copy of what it says; only beside a journal of version 1,
which does not tell whose it is, the state file is needed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from smile.errors import StateError
from smile.loop import disk
from smile.loop.journal import Journal, load, newer
from smile.loop.replay import replay
from smile.wire import STATE_VERSION, JournalEntry, JournalEvent, LoopState, RunIdentity


@dataclass(frozen=True, slots=True)
class Leftover:
    """``state`` is ``None`` when there is no run to go on with.

    ``lost`` is then the id of one that was cut short, of whose sandbox something may be left.
    ``trouble`` says what is wrong with ``files``; they are to be set aside, or copied when what can
    be trusted of them is gone on with.
    """

    state: LoopState | None = None
    journal: Journal = field(default_factory=Journal)
    lost: str = ""
    trouble: str = ""
    files: tuple[Path, ...] = ()
    copy: bool = False

    def set_aside(self) -> tuple[str, ...]:
        """Do that; what to say of it. Raises ``StorageError``."""
        if not self.trouble:
            return ()
        names = disk.set_aside(*self.files, copy=self.copy)
        if self.copy:
            return (f"{self.trouble}: kept as {names}; what stands before that line counts",)
        return (f"{self.trouble}: set aside as {names}",)


def look(path: Path, journal_path: Path) -> Leftover:
    """Read state file and journal of an earlier run.

    Raises ``StateError`` when one can't be read, or was written by a newer SMILE.
    """
    snapshot, trouble = _snapshot(path)
    lost = snapshot.run_id if snapshot is not None and not snapshot.status.ended else ""
    both = (journal_path, path)
    if journal_path.is_dir():
        return Leftover(lost=lost, trouble=f"{journal_path} is a directory", files=both)
    journal = load(journal_path)
    if not journal.entries:
        if journal_path.exists() and journal_path.stat().st_size:
            return Leftover(lost=lost, trouble=f"{journal_path} is torn or not ours", files=both)
        missing = f"{path} has no journal beside it" if lost else ""
        return Leftover(lost=lost, trouble=trouble or missing, files=(path,))
    if journal.version == 1:
        over = journal.entries[-1].event is JournalEvent.LOOP_COMPLETE
        if trouble or (snapshot is None and not over):
            nobodys = f"{journal_path} has no state file beside it that says whose it is"
            return Leftover(trouble=nobodys, files=both)
        if snapshot is None or snapshot.status.ended:
            return Leftover()
        journal = replace(journal, entries=_upgraded(journal.entries, snapshot))
    try:
        state = replay(journal.entries)
    except StateError as error:
        return Leftover(lost=lost, trouble=f"{journal_path} is damaged: {error}", files=both)
    if journal.damaged:
        damaged = f"{journal_path} is damaged from line {journal.damaged} on"
        return Leftover(state, journal, trouble=damaged, files=both, copy=True)
    if snapshot is not None and state is not None and snapshot.run_id != state.run_id:
        trouble = f"{path} is another run's"
    return Leftover(state, journal, trouble=trouble, files=(path,))


def _snapshot(path: Path) -> tuple[LoopState | None, str]:
    """The state file's content, or what is wrong with it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, ""
    except IsADirectoryError:
        return None, f"{path} is a directory"
    except OSError as error:
        raise StateError(f"can't read {path}: {error.strerror}") from error
    try:
        told = json.loads(content)
        version = told.get("version") if isinstance(told, dict) else None
        if isinstance(version, int) and version > STATE_VERSION:
            raise newer(path, version)
        return LoopState.model_validate(told), ""
    except (ValidationError, ValueError, RecursionError):
        return None, f"{path} is torn or not ours"


def _upgraded(entries: tuple[JournalEntry, ...], snapshot: LoopState) -> tuple[JournalEntry, ...]:
    """A journal of version 1 with what only the state file knew: whose it is, and the clock."""
    identity = RunIdentity(
        run_id=snapshot.run_id,
        tutorial_digest=snapshot.tutorial_digest,
        config_digest=snapshot.config_digest,
    )
    upgraded = list(entries)
    started = {"identity": identity, "timestamp": snapshot.started_at}
    upgraded[0] = entries[0].model_copy(update=started)
    upgraded[-1] = upgraded[-1].model_copy(update={"seconds_used": snapshot.seconds_used})
    return tuple(upgraded)
