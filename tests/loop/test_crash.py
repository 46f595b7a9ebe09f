"""A run is cut short at every write, in every way that there is, and goes on as if nothing had been.

The process dies before the n-th call that changes a file, or in the middle of it; the power goes,
and takes or garbles what was not yet on the disk; the disk is full from there on. Each time the run
is gone on with, and what a report would be made of is what an undisturbed run has.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.loop.outputs import answer, asking, at, command, completed
from tests.loop.stories import IDENTITY, entry, transition

from smile.errors import StorageError
from smile.loop.events import (
    Begin,
    Event,
    MentorDone,
    MentorStarted,
    SandboxReady,
    StudentDone,
    StudentStarted,
)
from smile.loop.machine import expected
from smile.loop.state import State
from smile.loop.store import Store, read_journal
from smile.wire import JournalEvent, LoopState, Status

CHANGING = ("pwrite", "ftruncate", "fsync", "replace", "rename", "unlink")
"""The calls that change a file; `Path` makes its own by them."""


class Died(BaseException):
    """The process is no more: whatever it still does has no effect."""


@dataclass
class Disk:
    """Takes ``calls`` changing calls; then ``end`` says what the next one comes to."""

    calls: int
    end: Callable[[Disk, str, tuple[Any, ...]], None]
    synced: dict[Path, bytes] = field(default_factory=dict)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in CHANGING:
            patch.setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls -= 1
            if self.calls < 0:
                self.end(self, name, args)
            result = real(*args, **options)
            if name == "fsync":
                path = Path(f"/proc/self/fd/{args[0]}").readlink()
                if path.is_file():
                    self.synced[path] = path.read_bytes()
            return result

        return call


REAL_PWRITE = os.pwrite


@pytest.fixture(autouse=True)
def _no_real_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk is counted here: the real one would only take its time."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)


def dies(disk: Disk, name: str, args: tuple[Any, ...]) -> None:
    if name == "pwrite" and disk.calls == -1:
        fd, content, offset = args
        REAL_PWRITE(fd, content[:-1], offset)  # most of a transition, but not its end
    raise Died


def is_full(disk: Disk, name: str, args: tuple[Any, ...]) -> None:
    if name in {"pwrite", "fsync"}:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def lose_power(path: Path, disk: Disk, chance: random.Random) -> None:
    """Of what was not synced something is there, and some of that is wrong."""
    written = path.read_bytes() if path.exists() else b""
    kept = disk.synced.get(path, b"")
    if not written.startswith(kept):
        return  # it was begun anew since
    rest = bytearray(written[len(kept) :])
    del rest[chance.randint(0, len(rest)) :]
    if rest and chance.random() < 0.5:
        rest[chance.randrange(len(rest)) :] = b"\0" * chance.randint(0, len(rest))
    path.write_bytes(kept + rest)


def event_of(state: State, second: float, last: Status) -> Event:
    """What happens next: stuck twice, then through, or stuck for good."""
    now, number = at(second), state.loop.iteration
    due = expected(state)
    if due is StudentDone:
        through = number == 3 and last is Status.COMPLETED
        return StudentDone(now, completed() if through else asking(f"question {number}"))
    if due is MentorDone:
        return MentorDone(now, answer(f"answer {number}", resolvable=number < 3))
    for kind in (Begin, SandboxReady, StudentStarted, MentorStarted):
        if due is kind:
            return kind(now)
    raise AssertionError(due)


def follow(path: Path, last: Status, finished: list[int]) -> LoopState:
    """Run, or go on, to the end; ``finished`` gets the number of each iteration that was answered."""
    store = Store(path)
    try:
        store.__enter__()
        state = State(store.begin(IDENTITY, at(0)).state, 5)
        for second in count(1):
            if state.loop.status.ended:
                break
            event = event_of(state, second, last)
            number = state.loop.iteration
            state = one_step(store, state, event)
            if isinstance(event, MentorDone):
                finished.append(number)
        store.append(entry(JournalEvent.RUN_END, state.loop.iteration))
    finally:
        # As the kernel does when a process ends: its descriptors are closed, its files stay.
        if store._journal is not None:
            store._journal.close()
        if store._lock._fd >= 0:
            os.close(store._lock._fd)
    return state.loop


def one_step(store: Store, state: State, event: Event) -> State:
    """What the runner writes for an event, in its order."""
    number = state.loop.iteration
    if isinstance(event, StudentDone):
        seen = command(number, f"iteration {number}")
        store.append(entry(JournalEvent.OBSERVATION, number, observation=seen))
    state, entries = transition(state, event)
    store.append(*entries)
    (store.finish if state.loop.status.ended else store.save)(state.loop)
    return state


def essence(path: Path, state: LoopState) -> object:
    """What a report is made of, but for times."""
    entries = read_journal(path.with_name("journal.jsonl"))
    told = [
        (each.event, each.iteration, each.status, getattr(each.observation, "text", ""))
        for each in entries
        if each.event is not JournalEvent.RUN_START
    ]
    notes = [(note.iteration, note.question, note.answer) for note in state.mentor_notes]
    history = [
        (h.iteration, h.student_output, h.mentor_output, h.ended_at is not None)
        for h in state.history
    ]
    return state.status, state.iteration, state.run_id, told, notes, history


def interrupted(path: Path, last: Status, disk: Disk) -> list[int]:
    """Run until the disk ends it; the iterations that had finished then."""
    finished: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        with pytest.raises((Died, StorageError)):
            follow(path, last, finished)
    return finished


def undisturbed(path: Path, last: Status) -> tuple[object, int]:
    """What comes of a run that nothing happens to, and how many calls it takes."""
    disk = Disk(10_000, dies)
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        state = follow(path, last, [])
    assert state.status is last
    return essence(path, state), 10_000 - disk.calls


@pytest.mark.parametrize(
    ("how", "last"),
    [
        ("killed", Status.COMPLETED),
        ("killed", Status.BLOCKER),
        ("without power", Status.BLOCKER),
        ("full", Status.COMPLETED),
    ],
)
def test_cut_short_at_any_call_a_run_goes_on_from_the_last_finished_iteration(
    tmp_path: Path, how: str, last: Status
) -> None:
    chance = random.Random(20_300_101)
    end, calls = undisturbed(tmp_path / "undisturbed/state.json", last)
    assert calls > 80
    for number in range(calls):
        path = tmp_path / str(number) / "state.json"
        disk = Disk(number, is_full if how == "full" else dies)
        finished = interrupted(path, last, disk)
        if how == "without power":
            lose_power(path.with_name("journal.jsonl"), disk, chance)
        done_again: list[int] = []
        state = follow(path, last, done_again)
        where = f"{how}, at call {number}"
        assert essence(path, state) == end, where
        assert not set(finished) & set(done_again), f"{where}: an iteration was done twice"
        assert not [each.name for each in path.parent.glob("*.tmp")], where
