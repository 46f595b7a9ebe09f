"""What happened goes to the journal first, then to the observers; the state file follows."""

from __future__ import annotations

from collections.abc import Callable

from smile.loop.feed import Feed
from smile.loop.messages import message_of
from smile.loop.store import Store
from smile.wire import JournalEntry, LoopState


class Recorder:
    """Writes entries with the run's clock, and tells of them.

    After ``stop_storing`` the observers are told still, and the files stay as they are: the next
    run goes on from them.
    """

    def __init__(
        self,
        store: Store,
        feed: Feed,
        clock: Callable[[], float],
        on_entry: Callable[[JournalEntry], None],
    ) -> None:
        self._store = store
        self._feed = feed
        self._clock = clock
        self._on_entry = on_entry
        self._storing = True
        self._before = self._since = 0.0

    def start_clock(self, used: float) -> None:
        """Time runs from here; ``used`` are the seconds of earlier processes."""
        self._before, self._since = used, self._clock()

    @property
    def seconds_used(self) -> float:
        """By the run, in this and earlier processes."""
        return round(self._before + self._clock() - self._since, 3)

    @property
    def room(self) -> int:
        """Bytes of observations that the journal still takes."""
        return self._store.room

    def stop_storing(self) -> None:
        """Leave the files as they are."""
        self._storing = False

    def write(self, *entries: JournalEntry) -> float:
        """To the journal, all or none; the clock that they carry. Raises ``StorageError``."""
        used = self.seconds_used
        if self._storing:
            clocked = (entry.model_copy(update={"seconds_used": used}) for entry in entries)
            self._store.append(*clocked)
        return used

    def tell(self, *entries: JournalEntry) -> None:
        """To the observers."""
        for entry in entries:
            if (message := message_of(entry)) is not None:
                self._feed.publish(message)
            self._on_entry(entry)

    def save(self, loop: LoopState) -> None:
        """The state file. Raises ``StorageError``."""
        if not self._storing:
            return
        if loop.status.ended:
            self._store.finish(loop)
        else:
            self._store.save(loop)
