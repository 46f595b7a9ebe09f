from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loop.outputs import at, command

from smile.loop.feed import BUFFERED, PER_SECOND, Feed, Subscriber
from smile.loop.messages import LARGEST, Message
from smile.wire.events import MentorOutputPayload


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def seen(number: int) -> Message:
    return Message("observation", command(text=str(number)), throttled=True)


def told(number: int) -> Message:
    payload = MentorOutputPayload(notes=str(number), iteration=1, timestamp=at(0))
    return Message("mentor_output", payload)


def rest(client: Subscriber) -> list[dict[str, Any]]:
    """What the client may send right now."""
    messages = []
    while (text := client._take()) is not None:
        messages.append(json.loads(text))
    return messages


def numbers(messages: list[dict[str, Any]]) -> list[int]:
    """All that the messages tell of, in order."""
    found: list[int] = []
    for message in messages:
        payload = message["payload"]
        if message["event"] == "mentor_output":
            found.append(int(payload["notes"]))
        elif message["event"] == "observation":
            found += [int(each["text"]) for each in [*payload.get("earlier", []), payload]]
    return found


def weight(messages: list[dict[str, Any]]) -> int:
    """For how many published ones the messages stand."""
    return sum(
        message["payload"]["count"]
        if message["event"] == "dropped"
        else 1 + message["payload"].get("coalesced", 0)
        for message in messages
    )


async def test_published_events_come_in_order_and_at_once() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        for number in range(50):
            feed.publish(told(number))
        assert numbers(rest(client)) == list(range(50))


async def test_an_observer_is_told_of_what_comes_after_it_only() -> None:
    feed = Feed(Clock())
    feed.publish(told(0))
    with feed.subscribe() as first:
        feed.publish(told(1))
        with feed.subscribe() as second:
            feed.publish(told(2))
            assert numbers(rest(second)) == [2]
        assert numbers(rest(first)) == [1, 2]


async def test_a_client_that_does_not_read_loses_the_oldest_and_is_told_how_many() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        for number in range(250):
            feed.publish(told(number))
        first, *others = rest(client)
        assert first == {"event": "dropped", "payload": {"count": 150}}
        assert numbers(others) == list(range(150, 250))


async def test_a_flood_of_observations_pushes_no_event_out_and_is_counted() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        feed.publish(told(0))
        for number in range(1000):
            feed.publish(seen(number))
        feed.publish(told(1))
        first, *between, last = rest(client)
        assert numbers([first, last]) == [0, 1]
        assert {message["event"] for message in between} == {"observation"}
        assert len(between) <= PER_SECOND
        assert numbers(between) == list(range(900, 1000))
        assert weight(between) == 1000


async def test_observations_that_come_too_fast_go_together_and_none_is_lost() -> None:
    clock = Clock()
    feed = Feed(clock)
    with feed.subscribe() as client:
        messages = []
        for number in range(200):  # twenty a second
            clock.now += 0.05
            feed.publish(seen(number))
            messages += rest(client)
        clock.now += 1
        messages += rest(client)
        assert numbers(messages) == list(range(200))
        assert weight(messages) == 200
        assert 30 < len(messages) < 40


async def test_observations_that_wait_go_before_the_next_event_and_hold_it_up_in_no_case() -> None:
    feed = Feed(Clock())  # the time stands still
    with feed.subscribe() as client:
        told_of = []
        for number in range(20):
            feed.publish(seen(2 * number))
            feed.publish(told(2 * number + 1))
            told_of += rest(client)
        events = [message for message in told_of if message["event"] == "mentor_output"]
        assert numbers(events) == list(range(1, 40, 2))
        observations = [message for message in told_of if message["event"] == "observation"]
        assert numbers(observations) == list(range(0, 2 * PER_SECOND, 2))


async def test_a_held_back_observation_is_sent_when_its_time_comes() -> None:
    feed = Feed()
    with feed.subscribe() as client:
        messages = []
        async with asyncio.timeout(5):
            for number in range(20):
                feed.publish(seen(number))
                messages += rest(client)
            messages.append(json.loads(await client.next() or ""))
        assert numbers(messages) == list(range(20))


async def test_what_is_left_is_read_to_its_end_after_the_close() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        feed.publish(seen(1))
        feed.publish(seen(2))
        feed.publish(told(3))
        feed.close()
        assert numbers(rest(client)) == [1, 2, 3]
        assert await client.next() is None
    with feed.subscribe() as late:
        assert await late.next() is None


async def test_a_feed_is_drained_when_those_that_read_have_left_and_waits_for_no_other() -> None:
    feed = Feed()

    async def read() -> None:
        with feed.subscribe() as client:
            for number in range(20):
                feed.publish(told(number))
            feed.close()
            while await client.next() is not None:  # noqa: ASYNC110 - slow, but it reads
                await asyncio.sleep(0.01)

    with feed.subscribe():  # one that doesn't read
        reading = asyncio.ensure_future(read())
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            assert not await feed.drained(1000)
        assert reading.done()
    assert await feed.drained(1000)


async def test_a_message_becomes_json_once_for_all() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as one, feed.subscribe() as other:
        feed.publish(told(1))
        assert await one.next() is await other.next()


Step = tuple[str, float]
STEPS = st.lists(
    st.tuples(st.sampled_from(["see", "see", "see", "tell", "read"]), st.floats(0, 0.4)),
    max_size=400,
)


@settings(deadline=None)
@given(steps=STEPS)
def test_whatever_happens_order_counts_and_rate_hold(steps: list[Step]) -> None:
    clock = Clock()
    feed = Feed(clock)
    times: list[float] = []
    got: list[dict[str, Any]] = []

    def read(client: Subscriber) -> None:
        messages = rest(client)
        got.extend(messages)
        times.extend(clock.now for message in messages if message["event"] == "observation")

    with feed.subscribe() as client:
        for number, (act, pause) in enumerate(steps):
            clock.now += pause
            if act == "read":
                read(client)
            else:
                feed.publish(seen(number) if act == "see" else told(number))
        for _ in range(2):  # what comes last may have to wait for its time
            clock.now += 1
            read(client)
    assert all(before < after for before, after in pairwise(numbers(got)))
    assert weight(got) == sum(act != "read" for act, _ in steps)
    events = [number for number, (act, _) in enumerate(steps) if act == "tell"]
    read_events = numbers([message for message in got if message["event"] == "mentor_output"])
    if len(events) <= BUFFERED:
        assert read_events == events
    for first, eleventh in zip(times, times[PER_SECOND:], strict=False):
        assert eleventh >= first + 1


async def test_what_goes_together_has_a_bound_too_and_no_long_texts() -> None:
    feed = Feed(Clock())
    with feed.subscribe() as client:
        for number in range(100):
            long = command(text=f"{number} " + "x" * 1000)
            long = long.model_copy(update={"cwd": "x" * 1000, "output": "x" * 1000})
            feed.publish(Message("observation", long, throttled=True))
        messages = rest(client)
    assert all(len(json.dumps(message)) < 2 * LARGEST for message in messages)
    assert weight(messages) == 100
    last = messages[-1]["payload"]
    assert [each["text"][:2] for each in [*last["earlier"], last]][-3:] == ["97", "98", "99"]
    assert len(last["earlier"]) < last["coalesced"]
    assert len(last["output"]) == 1000
    assert {len(each["output"]) for each in last["earlier"]} == {301}
