"""What observers of a run are told: a bounded, throttled queue for each, which never waits.

The loop publishes and goes on; a client that reads slowly loses the oldest messages and is told
how many (``dropped {count}``). Observations go to one client at most ten times a second; those
in between coalesce: the next one that is sent says for how many it stands (``coalesced``).
The published events are never held back or left out by the throttle.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from smile.wire import JournalEntry, JournalEvent, Wire

BUFFERED = 100
PER_SECOND = 10
MAX_CLIENTS = 64


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it goes over the WebSocket. ``stands_for``: earlier ones that it replaces."""

    event: str
    payload: dict[str, Any]
    throttled: bool = False
    stands_for: int = 0

    def to_json(self) -> str:
        """``{event, payload}`` on one line."""
        payload = self.payload
        if self.stands_for:
            payload = {**payload, "coalesced": self.stands_for}
        return json.dumps({"event": self.event, "payload": payload}, ensure_ascii=False)


def dumped(value: Wire) -> dict[str, Any]:
    """A value as it stands in a payload."""
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


def message_of(entry: JournalEntry) -> Message | None:
    """What observers are told of a journal entry; ``None`` when nothing."""
    match entry.event:
        case JournalEvent.ITERATION_START:
            payload = dumped(entry)
            fields = {key: payload[key] for key in ("iteration", "timestamp")}
            return Message("iteration_start", fields)
        case JournalEvent.STUDENT_OUTPUT if (output := entry.student_output) is not None:
            payload = dumped(output)
            fields = {key: payload[key] for key in ("status", "summary", "currentStep")}
            return Message("student_output", fields)
        case JournalEvent.MENTOR_OUTPUT if (result := entry.mentor_result) is not None:
            return Message("mentor_output", {"notes": result.mentor_output})
        case JournalEvent.ERROR:
            return Message("error", {"message": entry.message})
        case JournalEvent.LOOP_COMPLETE if (status := entry.status) is not None:
            fields = {"status": status.value, "summary": entry.message}
            return Message("loop_complete", {**fields, "iterations": entry.iteration})
        case JournalEvent.OBSERVATION if (observation := entry.observation) is not None:
            return Message("observation", dumped(observation), throttled=True)
        case _:
            return None


class Subscriber:
    """One client's queue. ``put`` never waits; ``next`` waits for what may be sent."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._queue: deque[Message] = deque()
        self._sent: deque[float] = deque(maxlen=PER_SECOND)
        self._skipped = 0
        self._dropped = 0
        self._closed = False
        self._wake = asyncio.Event()

    def put(self, message: Message) -> None:
        """Queue a message; when the queue is full the oldest one goes."""
        if message.throttled and self._second_is_full():
            last = self._queue.pop()
            message = replace(message, stands_for=last.stands_for + 1)
        self._queue.append(message)
        if len(self._queue) > BUFFERED:
            self._dropped += 1 + self._queue.popleft().stands_for
        self._wake.set()

    def close(self) -> None:
        """Nothing more will come; what is queued is still given out."""
        self._closed = True
        self._wake.set()

    async def next(self) -> Message | None:
        """The next message to send; ``None`` after the last one."""
        while True:
            if self._dropped:
                count, self._dropped = self._dropped, 0
                return Message("dropped", {"count": count})
            if (message := self._take()) is not None:
                return message
            if self._closed and not self._queue:
                return None
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause() if self._queue else None):
                    await self._wake.wait()

    def _second_is_full(self) -> bool:
        """Whether the newest one waiting is an observation, and a second's worth waits."""
        if not self._queue or not self._queue[-1].throttled:
            return False
        return sum(message.throttled for message in self._queue) >= PER_SECOND

    def _take(self) -> Message | None:
        while self._queue:
            head = self._queue[0]
            if not head.throttled:
                return self._queue.popleft()
            if self._pause() <= 0:
                self._sent.append(self._clock())
                count, self._skipped = self._skipped + head.stands_for, 0
                return replace(self._queue.popleft(), stands_for=count)
            if len(self._queue) == 1:
                return None
            self._skipped += 1 + self._queue.popleft().stands_for
        return None

    def _pause(self) -> float:
        """Seconds until another observation may be sent."""
        if len(self._sent) < PER_SECOND:
            return 0.0
        return self._sent[0] + 1.0 - self._clock()


class Feed:
    """Tells every subscriber of what happens."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: set[Subscriber] = set()
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether no further client is taken."""
        return len(self._clients) >= MAX_CLIENTS

    def publish(self, message: Message) -> None:
        """Give a message to every client, at once and without waiting."""
        for client in self._clients:
            client.put(message)

    @contextmanager
    def subscribe(self) -> Iterator[Subscriber]:
        """A queue that holds what is published from now on."""
        client = Subscriber(self._clock)
        if self._closed:
            client.close()
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def close(self) -> None:
        """Nothing more will come: clients end when they have read what is queued."""
        self._closed = True
        for client in self._clients:
            client.close()

    async def drained(self, seconds: float) -> bool:
        """Wait until every client has read its last message and left, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._clients:  # noqa: ASYNC110 - clients come and go, bounded by seconds
                    await asyncio.sleep(0.01)
        return not self._clients
