"""What observers of a run are told. The loop publishes and goes on; nothing here makes it wait.

All observers read the same messages, each from its own place. The last 100 events and the last 100
observations are kept. An observer that reads slowly finds the oldest gone and is told how many
(``dropped {count}``).

Observations go to one observer at most ten times a second. Those in between go together: the
message is the last of them, with the ``earlier`` ones and for how many it stands (``coalesced``).
They are spaced so that those that wait can go right before the next event: events are never held
back by them, and the order stays. Where there is no room even for that they are left out, and the
next message counts them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate, takewhile

from smile.loop.messages import LARGEST, Message, enveloped
from smile.wire.events import DroppedPayload

BUFFERED = 100
PER_SECOND = 10
MAX_CLIENTS = 128
_SPACING, _BURST = 1 / 3, 3
"""Observations are sent every so many seconds, and three may come before their time: at most seven
in a second, three when it goes on, which leaves room for those that must go before an event."""
_STALLED = 0.05
"""Seconds without progress after which nobody waits for an observer to read its last messages."""


@dataclass(frozen=True, slots=True)
class _Published:
    """A message, its place among all, and its place among those of its kind, both from 1."""

    number: int
    ordinal: int
    message: Message


class _Kept:
    """The last messages of one kind."""

    def __init__(self) -> None:
        self.count = 0
        self._last: deque[_Published] = deque(maxlen=BUFFERED)

    def add(self, number: int, message: Message) -> None:
        self.count += 1
        self._last.append(_Published(number, self.count, message))

    def after(self, number: int) -> list[_Published]:
        """Those published after this one, in order."""
        newest_first = takewhile(lambda each: each.number > number, reversed(self._last))
        return list(newest_first)[::-1]


class Feed:
    """Tells every observer of what happens."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.events, self.observations = _Kept(), _Kept()
        self.closed = False
        self.taken = 0
        """Messages that observers took."""
        self._clients: set[Subscriber] = set()
        self._nobody = asyncio.Event()
        self._together: tuple[object, str] = (None, "")

    @property
    def full(self) -> bool:
        """Whether no further observer is taken."""
        return len(self._clients) >= MAX_CLIENTS

    @property
    def published(self) -> int:
        """How many messages there were."""
        return self.events.count + self.observations.count

    def publish(self, message: Message) -> None:
        """Tell every observer, at once and without waiting."""
        if not self._clients:
            return
        kind = self.observations if message.throttled else self.events
        kind.add(self.published + 1, message)
        for client in self._clients:
            client.wake(throttled=message.throttled)

    def together(self, seen: list[_Published], stands_for: int) -> str:
        """One message for these: made once for the many observers that are at the same place."""
        place = seen[0].number, seen[-1].number, stands_for
        if self._together[0] != place:
            self._together = place, _together(seen, stands_for)
        return self._together[1]

    @contextmanager
    def subscribe(self) -> Iterator[Subscriber]:
        """An observer, to be told of what is published from now on."""
        client = Subscriber(self)
        self._clients.add(client)
        self._nobody.clear()
        try:
            yield client
        finally:
            self._clients.discard(client)
            if not self._clients:
                self._nobody.set()

    def close(self) -> None:
        """Nothing more will come: observers end when they have read the rest."""
        self.closed = True
        for client in self._clients:
            client.wake()

    async def drained(self, seconds: float) -> bool:
        """Wait, at most so long, until every observer that reads has its last message and left."""
        until = self.clock() + seconds
        before = -1
        while self._clients and self.taken != before and self.clock() < until:
            before = self.taken
            with suppress(TimeoutError):
                async with asyncio.timeout(_STALLED):
                    await self._nobody.wait()
        return not self._clients


class Subscriber:
    """One observer's place in the feed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._number = feed.published
        self._events = feed.events.count
        self._observations = feed.observations.count
        self._sent: deque[float] = deque(maxlen=PER_SECOND)
        self._due = 0.0
        self._spacing = False
        self._news = asyncio.Event()

    def wake(self, *, throttled: bool = False) -> None:
        """There is something new. One that waits until it may go on needs no more observations."""
        if not (throttled and self._spacing):
            self._news.set()

    async def next(self) -> str | None:
        """The next message to send, as JSON; ``None`` after the last one."""
        while True:
            self._news.clear()
            if (text := self._take()) is not None:
                self._feed.taken += 1
                return text
            waiting = bool(self._feed.observations.after(self._number))
            if self._feed.closed and not waiting:
                return None
            self._spacing = waiting
            await self._woken(self._pause() if waiting else None)
            self._spacing = False

    async def _woken(self, seconds: float | None) -> None:
        """Wait for news, at most so long. Cheaper than a time-out, and done for each observer."""
        timer = seconds is not None and asyncio.get_running_loop().call_later(
            seconds, self._news.set
        )
        try:
            await self._news.wait()
        finally:
            if timer:
                timer.cancel()

    def _take(self) -> str | None:
        """What may be sent right now, if anything."""
        event = next(iter(self._feed.events.after(self._number)), None)
        if event is not None and (lost := event.ordinal - self._events - 1):
            self._events += lost
            return Message("dropped", DroppedPayload(count=lost)).text
        seen = self._feed.observations.after(self._number)
        if event is not None:
            seen = [each for each in seen if each.number < event.number]
        if seen and self._pause(urgent=event is not None or self._feed.closed) <= 0:
            return self._observed(seen[:1] if self._another_may_follow() else seen)
        if event is None:
            return None
        self._number, self._events = event.number, event.ordinal
        return event.message.text

    def _pause(self, *, urgent: bool = False) -> float:
        """Seconds until observations may be sent; ``urgent``: something waits behind them."""
        turn = 0.0 if urgent else self._due - _BURST * _SPACING
        room = self._sent[0] + 1.0 if len(self._sent) == PER_SECOND else 0.0
        return max(turn, room) - self._feed.clock()

    def _another_may_follow(self) -> bool:
        return self._due + _SPACING - _BURST * _SPACING <= self._feed.clock()

    def _observed(self, seen: list[_Published]) -> str:
        """One message for these, and for those that were left out before them."""
        last = seen[-1]
        stands_for = last.ordinal - self._observations - 1
        self._number, self._observations = last.number, last.ordinal
        now = self._feed.clock()
        self._sent.append(now)
        self._due = max(self._due, now) + _SPACING
        return self._feed.together(seen, stands_for) if stands_for else last.message.text


def _together(seen: list[_Published], stands_for: int) -> str:
    *before, last = seen
    earlier = ",".join(_last_of([each.message.brief for each in before], LARGEST))
    rest = f'"coalesced":{stands_for},"earlier":[{earlier}]'
    return enveloped("observation", f"{last.message.body[:-1]},{rest}}}")


def _last_of(texts: list[str], room: int) -> list[str]:
    """As many of the last ones as fit into this many characters."""
    sizes = accumulate(len(text) for text in reversed(texts))
    count = sum(1 for _ in takewhile(lambda size: size <= room, sizes))
    return texts[len(texts) - count :]
