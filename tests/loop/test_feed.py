from __future__ import annotations

import asyncio
import json

from tests.loop.outputs import answer, asking, at, command

from smile.loop.feed import Feed, Message, Subscriber, message_of
from smile.wire import JournalEntry, JournalEvent, Status


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def seen(number: int) -> Message:
    return Message("observation", {"number": number}, throttled=True)


def told(number: int) -> Message:
    return Message("iteration_start", {"number": number})


async def rest(client: Subscriber) -> list[Message]:
    """What the client may send right now."""
    messages = []
    try:
        async with asyncio.timeout(0.05):
            while (message := await client.next()) is not None:
                messages.append(message)
    except TimeoutError:
        pass
    return messages


async def test_published_events_come_in_order_and_at_once() -> None:
    with Feed(Clock()).subscribe() as client:
        for number in range(50):
            client.put(told(number))
        assert [message.payload["number"] for message in await rest(client)] == list(range(50))


async def test_a_client_that_does_not_read_loses_the_oldest_and_is_told_how_many() -> None:
    with Feed(Clock()).subscribe() as client:
        for number in range(250):
            client.put(told(number))
        first, *others = await rest(client)
        assert (first.event, first.payload) == ("dropped", {"count": 150})
        assert [message.payload["number"] for message in others] == list(range(150, 250))


async def test_at_most_ten_observations_go_out_in_a_second_and_later_ones_coalesce() -> None:
    clock = Clock()
    with Feed(clock).subscribe() as client:
        for number in range(1000):
            client.put(seen(number))
        first = await rest(client)
        assert len(first) == 10
        clock.now = 1.0
        for number in range(1000, 1005):
            client.put(seen(number))
        messages = first + await rest(client)
        assert len(messages) <= 20
        assert messages[-1].payload["number"] == 1004
        assert sum(1 + message.stands_for for message in messages) == 1005


async def test_the_throttle_never_holds_back_a_published_event() -> None:
    with Feed(Clock()).subscribe() as client:
        for number in range(10):
            client.put(seen(number))
        assert len(await rest(client)) == 10
        client.put(seen(10))
        client.put(told(1))
        client.put(seen(11))
        client.put(told(2))
        assert [message.event for message in await rest(client)] == ["iteration_start"] * 2


async def test_a_held_back_observation_is_sent_when_its_time_comes() -> None:
    with Feed().subscribe() as client:
        for number in range(12):
            client.put(seen(number))
        client.close()
        messages = []
        async with asyncio.timeout(3):
            while (message := await client.next()) is not None:
                messages.append(message)
        assert messages[-1].payload["number"] == 11
        assert sum(1 + message.stands_for for message in messages) == 12


async def test_what_is_queued_is_read_to_its_end_after_the_close() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        feed.publish(told(1))
        feed.close()
        assert not await feed.drained(0.02)
        assert await client.next() == told(1)
        assert await client.next() is None
    assert await feed.drained(0.02)
    with feed.subscribe() as late:
        assert await late.next() is None


def test_a_coalesced_observation_says_for_how_many_it_stands() -> None:
    message = Message("observation", {"a": "ü"}, throttled=True, stands_for=3)
    assert json.loads(message.to_json()) == {
        "event": "observation",
        "payload": {"a": "ü", "coalesced": 3},
    }


def test_journal_entries_become_the_published_events() -> None:
    def told_of(event: JournalEvent, **fields: object) -> tuple[str, dict[str, object]] | None:
        entry = JournalEntry(timestamp=at(0), event=event, iteration=2, **fields)  # type: ignore[arg-type]
        message = message_of(entry)
        return (message.event, message.payload) if message else None

    assert told_of(JournalEvent.ITERATION_START) == (
        "iteration_start",
        {"iteration": 2, "timestamp": "2030-01-01T00:00:00Z"},
    )
    assert told_of(JournalEvent.STUDENT_OUTPUT, student_output=asking()) == (
        "student_output",
        {"status": "ask_mentor", "summary": "stuck", "currentStep": "2"},
    )
    assert told_of(JournalEvent.MENTOR_OUTPUT, mentor_result=answer()) == (
        "mentor_output",
        {"notes": "install make"},
    )
    assert told_of(JournalEvent.ERROR, message="boom") == ("error", {"message": "boom"})
    assert told_of(JournalEvent.LOOP_COMPLETE, status=Status.BLOCKER, message="no way") == (
        "loop_complete",
        {"status": "blocker", "summary": "no way", "iterations": 2},
    )
    observation = told_of(JournalEvent.OBSERVATION, observation=command(2))
    assert observation is not None
    assert observation[1]["exitCode"] == 0
    assert told_of(JournalEvent.STATUS, status=Status.STARTING) is None
