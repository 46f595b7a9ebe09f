"""How observers are told of a run that ended before its loop began."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.loop.outputs import at

from smile.errors import SandboxError
from smile.loop.exchange import Exchange
from smile.loop.feed import Subscriber
from smile.loop.state import initial
from smile.redaction import Redactor
from smile.wire import Status
from smile.wiring.outset import Outset

STATE = initial("run1", at(0))


async def told(client: Subscriber) -> list[dict[str, Any]]:
    messages = []
    while (text := await client.next()) is not None:
        messages.append(json.loads(text))
    return messages


async def test_a_machine_that_does_not_open_ends_in_error() -> None:
    exchange = Exchange()
    outset = Outset(STATE, exchange, Redactor())
    with exchange.feed.subscribe() as client:
        with pytest.raises(SandboxError):
            async with outset.told():
                raise SandboxError("no machine to be had", "buy one")
        error, complete = await told(client)
    assert (error["event"], error["payload"]["message"]) == ("error", "no machine to be had")
    assert complete["event"] == "loop_complete"
    assert complete["payload"]["status"] == "error"
    assert complete["payload"]["iterations"] == 0
    assert (outset.state.status, outset.state.error_message) == (
        Status.ERROR,
        "no machine to be had",
    )
    assert exchange.ended.is_set()


async def test_what_is_told_of_it_holds_no_secret() -> None:
    exchange = Exchange()
    outset = Outset(STATE, exchange, Redactor([("tulip7battery", "[redacted]")]))
    with exchange.feed.subscribe() as client:
        with pytest.raises(SandboxError):
            async with outset.told():
                raise SandboxError("no machine for tulip7battery")
        messages = await told(client)
    assert "no machine for [redacted]" in outset.state.to_json()
    assert "tulip7battery" not in json.dumps(messages) + outset.state.to_json()


async def test_a_stop_while_the_machine_opens_ends_in_stopped() -> None:
    exchange = Exchange()
    outset = Outset(STATE, exchange, Redactor())

    async def opening() -> None:
        async with outset.told():
            await asyncio.sleep(1000)

    with exchange.feed.subscribe() as client:
        task = asyncio.ensure_future(opening())
        await asyncio.sleep(0)
        exchange.request_stop("enough")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (complete,) = await told(client)
    assert complete["payload"]["status"] == "stopped"
    assert complete["payload"]["summary"] == "enough"
    assert (outset.state.status, outset.state.stop_reason) == (Status.STOPPED, "enough")


async def test_a_loop_that_has_ended_has_told_of_it_itself() -> None:
    exchange = Exchange()
    outset = Outset(STATE, exchange, Redactor())

    async def ending() -> None:
        async with outset.told():
            exchange.end()
            raise SandboxError("it did not close")

    with exchange.feed.subscribe() as client:
        with pytest.raises(SandboxError):
            await ending()
        assert await told(client) == []
    assert outset.state == STATE
