"""A run in another process, seen from ours: real servers, real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import websockets.exceptions
from tests.loop.outputs import asking, at
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import WebSocketException
from websockets.http11 import Response

from smile.cli import remote
from smile.cli.remote import Remote
from smile.errors import NoEvidenceError, SmileError, UsageError
from smile.loop.exchange import Exchange
from smile.loop.feed import MAX_CLIENTS
from smile.loop.messages import message_of
from smile.loop.state import initial
from smile.server.address import Address, published
from smile.server.app import create_app
from smile.server.serve import serving
from smile.wire import JournalEntry, JournalEvent, Status

STATE = initial("run1", at(0))
TOKEN = "the token"


@asynccontextmanager
async def a_run(exchange: Exchange, port: int = 0) -> AsyncIterator[Remote]:
    async with serving(lambda: create_app(exchange, lambda: STATE), port) as taken:
        yield Remote(Address(f"http://127.0.0.1:{taken.port}", exchange.observer_token))


def tell(exchange: Exchange, event: JournalEvent, **fields: Any) -> None:
    message = message_of(JournalEntry(timestamp=at(0), event=event, iteration=1, **fields))
    assert message is not None
    exchange.feed.publish(message)


def heard(run: Remote, count: int, events: list[str], lost: list[str]) -> None:
    """Take the names of the first messages down."""
    with closing(remote.messages(run, lost.append)) as messages:
        while len(events) < count:
            events.append(next(messages)["event"])


def hear(run: Remote) -> None:
    """Wait for the first message."""
    heard(run, 1, [], [])


def ask_to_stop(run: Remote) -> None:
    remote.stop(run, "x")


async def until(true: Callable[[], object]) -> None:
    """Look again and again."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what is looked at tells nobody
            await asyncio.sleep(0.01)


# --- where it is ----------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_run_of_this_directory_is_found(here: Path) -> None:
    address = Address("http://127.0.0.1:1", TOKEN)
    file = here / ".smile/observer.json"
    with published(file, address):
        assert remote.find(None, None, {}) == Remote(address, file)
        assert remote.find("localhost:1", None, {"SMILE_TOKEN": "x"}) == Remote(
            Address("http://localhost:1", "x")
        )
        assert remote.find("http://127.0.0.1:1/api/status", None, {}) == Remote(address, file)


def test_the_run_of_another_state_file_is_found(here: Path) -> None:
    (here / "smile.json").write_text('{"stateFile": "states/mine.json"}')
    address = Address("http://127.0.0.1:1", TOKEN)
    with published(here / "states/mine.observer.json", address):
        assert remote.find(None, None, {}).address == address
    with published(here / "elsewhere/observer.json", address):
        assert remote.find(None, None, {"SMILE_STATE_DIR": "elsewhere"}).address == address


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:35543", "http://127.0.0.1:35543"),
        ("127.0.0.1:35543", "http://127.0.0.1:35543"),
        ("ws://localhost:35543/ws?token=the+token", "http://localhost:35543"),
        ("http://[::1]:35543/", "http://[::1]:35543"),
    ],
)
def test_an_address_is_taken_as_somebody_types_it(here: Path, url: str, found: str) -> None:
    assert remote.find(url, None, {"SMILE_TOKEN": TOKEN}) == Remote(Address(found, TOKEN))


@pytest.mark.parametrize(
    "url", ["", "nowhere", "http://", "ftp://a:1", "http://a:x", "http://a?token=secret"]
)
def test_what_is_no_address_is_told(here: Path, url: str) -> None:
    with pytest.raises(UsageError, match="no address of a run") as raised:
        remote.find(url, None, {"SMILE_TOKEN": TOKEN})
    assert "http://127.0.0.1:" in raised.value.hint
    assert "secret" not in raised.value.message


def test_an_address_without_a_token_is_told(here: Path) -> None:
    with pytest.raises(UsageError, match="no token for") as raised:
        remote.find("http://127.0.0.1:1", None, {})
    assert "SMILE_TOKEN" in raised.value.hint


def test_no_run_is_told_and_a_dead_one_too(here: Path) -> None:
    with pytest.raises(NoEvidenceError, match=r"no run is going on here .*is missing"):
        remote.find(None, None, {})
    (here / ".smile").mkdir()
    (here / ".smile/observer.json").write_text('{"url": "http://127.0.0.1:1", "token": "x"}')
    with pytest.raises(NoEvidenceError, match=r"no run is going on here .*of a dead one"):
        remote.find(None, None, {})


# --- what it tells --------------------------------------------------------------------------------


async def test_messages_come_as_they_are_told() -> None:
    exchange, events = Exchange(), list[str]()
    async with a_run(exchange) as run:
        hearing = asyncio.create_task(asyncio.to_thread(heard, run, 3, events, []))
        await until(lambda: exchange.feed._clients)
        tell(exchange, JournalEvent.STUDENT_OUTPUT, student_output=asking())
        tell(exchange, JournalEvent.LOOP_COMPLETE, status=Status.COMPLETED)
        await hearing
    assert events == ["connected", "student_output", "loop_complete"]


async def test_a_connection_that_drops_is_made_again_while_the_run_lives(tmp_path: Path) -> None:
    file = tmp_path / "observer.json"
    exchange, events, lost = Exchange(new_token=lambda: TOKEN), list[str](), list[str]()
    async with a_run(exchange) as run:
        address = run.address
    with published(file, address):
        found = Remote(address, file)
        hearing = asyncio.create_task(asyncio.to_thread(heard, found, 2, events, lost))
        for count in (1, 2):
            async with a_run(exchange, urlsplit(address.url).port or 0):
                await until(lambda count=count: len(events) == count)  # type: ignore[misc]
        await hearing
    assert events == ["connected"] * 2
    assert lost


async def test_a_run_that_is_gone_is_told(tmp_path: Path) -> None:
    file = tmp_path / "observer.json"
    exchange = Exchange()
    async with a_run(exchange) as run:
        pass
    with pytest.raises(NoEvidenceError, match="is gone without a word"):
        await asyncio.to_thread(hear, Remote(run.address, file))
    with pytest.raises(NoEvidenceError, match="no run answers at"):
        await asyncio.to_thread(hear, run)


async def test_a_run_that_was_named_by_its_address_is_tried_again_for_some_seconds() -> None:
    exchange, lost, pauses = Exchange(), list[str](), list[float]()

    def follow() -> None:
        with closing(remote.messages(run, lost.append, sleep=pauses.append)) as messages:
            for _ in messages:
                pass

    async with a_run(exchange) as run:
        following = asyncio.create_task(asyncio.to_thread(follow))
        await until(lambda: exchange.feed._clients)
    with pytest.raises(NoEvidenceError, match="is gone without a word"):
        await following
    assert len(lost) == 1
    assert pauses == sorted(pauses)
    assert 10 <= sum(pauses) < 15


@pytest.mark.parametrize("act", [hear, ask_to_stop])
async def test_a_wrong_token_is_told(act: Any) -> None:
    async with a_run(Exchange()) as run:
        wrong = Remote(Address(run.address.url, "guess"))
        with pytest.raises(UsageError, match="does not know this token"):
            await asyncio.to_thread(act, wrong)


async def test_a_run_with_too_many_observers_is_told() -> None:
    exchange = Exchange()
    async with a_run(exchange) as run, AsyncExitStack() as others:
        for _ in range(MAX_CLIENTS):
            others.enter_context(exchange.feed.subscribe())
        with pytest.raises(NoEvidenceError, match="as many observers as it takes"):
            await asyncio.to_thread(hear, run)


@contextmanager
def stranger(answer: bytes) -> Iterator[Remote]:
    """Something else that listens there."""

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(65536)
                client.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield Remote(Address(f"http://127.0.0.1:{listener.getsockname()[1]}", TOKEN))
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()


@pytest.mark.parametrize("act", [hear, ask_to_stop])
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"220 mail ESMTP\r\n",
    ],
)
def test_what_is_no_run_of_smile_is_told(act: Any, answer: bytes) -> None:
    with stranger(answer) as run, pytest.raises(NoEvidenceError):
        act(run)


@pytest.mark.parametrize("text", ["hello", "[]", '{"event": "connected"}'])
async def test_a_websocket_that_says_something_else_is_told(text: str) -> None:
    async def speak(socket: ServerConnection) -> None:
        await socket.send(text)

    async with serve(speak, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        run = Remote(Address(f"http://127.0.0.1:{port}", TOKEN))
        with pytest.raises(NoEvidenceError, match="is no run of SMILE"):
            await asyncio.to_thread(hear, run)


async def test_a_run_is_asked_to_stop() -> None:
    exchange = Exchange()
    async with a_run(exchange) as run:
        exchange.ended.set()
        answer = await asyncio.to_thread(remote.stop, run, "enough")
        assert exchange.stop_reason == "enough"
        assert answer.final_state == STATE
    with pytest.raises(NoEvidenceError, match="does not answer"):
        await asyncio.to_thread(remote.stop, run, "enough")


# --- the library's errors -------------------------------------------------------------------------


def kinds(base: type[WebSocketException]) -> Iterator[type[WebSocketException]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


RESPONSE = Response(418, "teapot", Headers(), b"")
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "InvalidStatus": (RESPONSE,),
    "InvalidProxyStatus": (RESPONSE,),
    "InvalidHeaderFormat": ("x", "x", "x", 0),
    "PayloadTooBig": (2, 1),
}


def made(kind: type[WebSocketException]) -> WebSocketException:
    """An instance, whatever its arguments are called."""
    if issubclass(kind, websockets.exceptions.ConnectionClosed):
        return kind(None, None)
    if kind.__name__ in ARGUMENTS:
        return kind(*ARGUMENTS[kind.__name__])
    for count in range(4):
        with suppress(TypeError):
            return kind(*["x"] * count)
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", sorted(set(kinds(WebSocketException)), key=str))
def test_every_error_of_the_library_is_told_or_tried_again(kind: type[WebSocketException]) -> None:
    told = remote.translated(made(kind), "http://127.0.0.1:1")
    if issubclass(kind, websockets.exceptions.ConnectionClosed):
        assert told is None
    else:
        assert isinstance(told, SmileError)
        assert told.message
        assert told.hint
        assert told.exit_code in {2, 3}
