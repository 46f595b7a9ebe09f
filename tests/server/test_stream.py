from __future__ import annotations

import asyncio
import json
import resource
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.loop.host import a_run
from tests.loop.outputs import at
from tests.loop.test_runner import ASK_THEN_COMPLETE
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from smile.loop.exchange import Exchange
from smile.loop.feed import MAX_CLIENTS
from smile.loop.messages import Message
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.serve import serving
from smile.wire import Role
from smile.wire.events import MentorOutputPayload

STATE = initial("run1", at(0))


@dataclass
class Live:
    exchange: Exchange
    url: str

    def connect(self, path: str = "/ws", **headers: str) -> connect:
        sent = {"Authorization": f"Bearer {self.exchange.observer_token}", **headers}
        return connect(self.url + path, additional_headers=sent, proxy=None, compression=None)


@asynccontextmanager
async def live(ping_seconds: float = 30.0) -> AsyncIterator[Live]:
    exchange = Exchange()
    async with serving(
        lambda: create_app(exchange, lambda: STATE), ping_seconds=ping_seconds
    ) as server:
        yield Live(exchange, f"ws://127.0.0.1:{server.port}")


def told(number: int, size: int = 0) -> Message:
    payload = MentorOutputPayload(notes="x" * size, iteration=number + 1, timestamp=at(0))
    return Message("mentor_output", payload)


def number_of(message: dict[str, Any]) -> int:
    return int(message["payload"]["iteration"]) - 1


async def receive(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(5):
        message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def numbers(socket: ClientConnection, got: list[int]) -> None:
    """Note what comes, to the end."""
    async for text in socket:
        got.extend([number_of(json.loads(text))])


async def all_of(socket: ClientConnection) -> list[dict[str, Any]]:
    return [json.loads(text) async for text in socket]


@pytest.mark.parametrize("path", ["/ws", "/ws/observe"])
async def test_the_state_comes_first_and_then_the_events_in_order(path: str) -> None:
    async with live() as api, api.connect(path) as socket:
        first = await receive(socket)
        assert first["event"] == "connected"
        assert first["payload"]["state"]["runId"] == "run1"
        for number in range(5):
            api.exchange.feed.publish(told(number))
        assert [number_of(await receive(socket)) for _ in range(5)] == list(range(5))


async def test_an_event_arrives_at_once() -> None:
    async with live() as api, api.connect() as socket:
        await receive(socket)
        took = []
        for number in range(10):
            began = time.monotonic()
            api.exchange.feed.publish(told(number))
            await receive(socket)
            took.append(time.monotonic() - began)
        assert sorted(took)[5] < 1


async def test_a_whole_run_is_told_to_its_end_and_then_the_socket_closes(tmp_path: Any) -> None:
    async with a_run(tmp_path, ASK_THEN_COMPLETE) as run:
        url = f"{run.url.replace('http', 'ws')}/ws?token={run.exchange.observer_token}"
        async with connect(url, proxy=None) as socket:
            messages = asyncio.ensure_future(all_of(socket))
            await asyncio.sleep(0.1)
            await run.go()
            events = await asyncio.wait_for(messages, 5)
            assert socket.close_code == 1000
    assert [message["event"] for message in events] == [
        "connected",
        "iteration_start",
        "observation",
        "student_output",
        "mentor_output",
        "iteration_start",
        "observation",
        "observation",
        "student_output",
        "loop_complete",
    ]
    ended = events[-1]["payload"]
    assert (ended["status"], ended["iterations"]) == ("completed", 2)
    assert ended["summary"] == "the Student reached the end of the tutorial in iteration 2"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("guess", 401), ("student", 403)])
async def test_only_the_observer_may_watch_and_a_refusal_is_no_matter_for_the_author(
    token: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with live() as api:
        if token == "student":
            token = api.exchange.open(Role.STUDENT, 1).token
        with pytest.raises(InvalidStatus) as raised:
            async with connect(f"{api.url}/ws?token={token}", proxy=None):
                pass
        assert raised.value.response.status_code == status
        assert list(json.loads(raised.value.response.body)) == ["error"]
    assert caplog.messages == []


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_another_page_may_not_watch_even_with_the_token(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with live() as api:
        with pytest.raises(InvalidStatus) as raised:
            async with api.connect(**headers):
                pass
        assert raised.value.response.status_code in {400, 403}
    assert caplog.messages == []


async def until(true: Callable[[], bool]) -> None:
    """Look again and again."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what is looked at tells nobody
            await asyncio.sleep(0.01)


async def test_an_observer_that_does_not_read_slows_nobody_and_is_told_what_it_missed() -> None:
    got: list[int] = []
    async with live() as api, api.connect() as slow, api.connect() as quick:
        await receive(slow)
        await receive(quick)
        slow.transport.pause_reading()
        reading = asyncio.ensure_future(numbers(quick, got))
        for number in range(1500):
            api.exchange.feed.publish(told(number, size=10_000))
            if number % 20 == 19:
                await until(lambda sent=number + 1: len(got) == sent)  # type: ignore[misc]
        slow.transport.resume_reading()
        api.exchange.feed.close()
        missed = await asyncio.wait_for(all_of(slow), 30)
        await asyncio.wait_for(reading, 30)
    assert got == list(range(1500))
    dropped = [m["payload"]["count"] for m in missed if m["event"] == "dropped"]
    assert dropped
    assert len(missed) - len(dropped) + sum(dropped) == 1500
    assert number_of(missed[-1]) == 1499


async def mute(api: Live) -> socket.socket:
    """A client that has connected, and never reads."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    host, _, port = api.url.removeprefix("ws://").partition(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (host, int(port)))
    request = (
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Authorization: Bearer {api.exchange.observer_token}\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(client, request.encode())
    return client


async def mutes(api: Live, count: int) -> list[socket.socket]:
    """Clients that never read, all of which the feed knows."""
    clients = [await mute(api) for _ in range(count)]
    await until(lambda: len(api.exchange.feed._clients) == count)
    return clients


def resident() -> int:
    """Memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024**2


async def test_a_hundred_observers_of_whom_half_never_read_are_told_all_in_order() -> None:
    async with live() as api, AsyncExitStack() as stack:
        clients = await mutes(api, 50)
        readers = [await stack.enter_async_context(api.connect()) for _ in range(50)]
        await asyncio.gather(*map(receive, readers))
        got: list[list[int]] = [[] for _ in readers]
        reading = [asyncio.ensure_future(numbers(*each)) for each in zip(readers, got, strict=True)]
        for number in range(200):
            api.exchange.feed.publish(told(number, size=5_000))
            if number % 50 == 49:
                await until(lambda sent=number + 1: {len(each) for each in got} == {sent})  # type: ignore[misc]
        api.exchange.feed.close()
        await asyncio.gather(*reading)
        assert got == [list(range(200))] * 50
        for client in clients:
            client.close()


async def test_clients_that_never_read_do_not_make_the_memory_grow() -> None:
    async with live() as api:
        clients = await mutes(api, 30)
        before = resident()
        for number in range(2000):  # 80 MB for each of them
            api.exchange.feed.publish(told(number, size=40_000))
            await asyncio.sleep(0)
        assert resident() - before < 100
        for client in clients:
            client.close()


async def test_a_client_that_never_reads_is_let_go_when_it_missed_three_pings() -> None:
    async with live(ping_seconds=0.1) as api:
        (client,) = await mutes(api, 1)
        for number in range(100):
            api.exchange.feed.publish(told(number, size=40_000))
        await until(lambda: not api.exchange.feed._clients)
        client.close()


async def test_the_end_does_not_wait_for_clients_that_never_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with live() as api:
        clients = await mutes(api, 5)
        for number in range(100):
            api.exchange.feed.publish(told(number, size=40_000))
        await asyncio.sleep(0.1)
        api.exchange.feed.close()
        assert not await api.exchange.feed.drained(1000)
    assert caplog.text == "", "uvicorn says when it waited in vain"
    for client in clients:
        client.close()


async def test_a_client_that_does_not_answer_pings_is_closed_after_three() -> None:
    async with live(ping_seconds=0.1) as api:
        client = await mute(api)
        reader, writer = await asyncio.open_connection(sock=client)
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(20):
            rest = await reader.read()  # to the end of the connection
        assert rest.count(b"\x89\x04") == 3
        assert b"keepalive ping timeout" in rest
        writer.close()


async def test_a_pong_in_time_makes_up_for_missed_pings() -> None:
    async with live(ping_seconds=0.2) as api:
        reader, writer = await asyncio.open_connection(sock=await mute(api))
        await reader.readuntil(b"\r\n\r\n")
        read = b""
        async with asyncio.timeout(60):
            while read.count(b"\x89\x04") < 8:
                read += await reader.read(65536)
                if read.count(b"\x89\x04") % 2 == 0:
                    writer.write(b"\x8a\x80abcd")  # any pong, masked, without a payload
        writer.close()


async def test_a_client_that_answers_pings_stays() -> None:
    async with live(ping_seconds=0.05) as api, api.connect() as socket:
        await receive(socket)
        await asyncio.sleep(0.6)
        api.exchange.feed.publish(told(1))
        assert (await receive(socket))["event"] == "mentor_output"


async def test_what_a_client_says_is_ignored_unless_it_is_too_much() -> None:
    async with live() as api, api.connect() as socket:
        await receive(socket)
        await socket.send("stop!")
        api.exchange.feed.publish(told(1))
        assert number_of(await receive(socket)) == 1
        await socket.send("x" * 100_000)
        with pytest.raises(ConnectionClosed):
            await receive(socket)


async def test_a_client_that_leaves_is_forgotten() -> None:
    async with live() as api:
        for _ in range(3):
            async with api.connect() as socket:
                await receive(socket)
        assert await api.exchange.feed.drained(2)


async def test_there_are_not_more_observers_than_can_be_served() -> None:
    async with live() as api:
        with_room = [api.exchange.feed.subscribe() for _ in range(MAX_CLIENTS)]
        for each in with_room:
            each.__enter__()
        async with api.connect() as socket:
            with pytest.raises(ConnectionClosed) as raised:
                await receive(socket)
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1013
