"""The wrapper's side of HTTP: whatever goes wrong there is an ``AgentError`` that says what."""

from __future__ import annotations

import asyncio
import builtins
import http.client
import inspect
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from tests.loop.outputs import at

from smile.agent.client import Client, Reporter
from smile.errors import AgentError
from smile.loop.exchange import Exchange
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.connections import HttpConnection
from smile.server.serve import serving
from smile.wire import Role

ACKNOWLEDGED = b'{"acknowledged": true, "nextAction": "continue"}'


def answer(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


class Server:
    """Answers each connection with the next of these, and hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.asked = 0
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._listening:
            for each in self._answers:
                connection, _ = self._listening.accept()
                with connection:
                    self.asked += 1
                    # To its end: hanging up on what is not read would reset the connection.
                    with connection.makefile("rb") as request:
                        http.client.parse_headers(request)
                        request.read(2)
                    connection.sendall(each)


def client(url: str) -> Client:
    return Client(url, "token", sleep=lambda _: None)


def of_the_library() -> Iterator[type[Exception]]:
    """Every class that http.client and its sockets raise."""
    for module in (http.client, builtins, socket):
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, (http.client.HTTPException, OSError)):
                yield value


KINDS = sorted(set(of_the_library()), key=lambda kind: kind.__name__)


class Broken(Client):
    """One whose every request fails with this error."""

    def __init__(self, error: Exception) -> None:
        super().__init__("http://127.0.0.1:9", "token", sleep=lambda _: None)
        self.error = error
        self.tries = 0

    def _request(self, path: str, body: str) -> tuple[int, bytes]:
        self.tries += 1
        raise self.error


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_of_the_library_is_tried_again_and_then_one_of_ours(
    kind: type[Exception],
) -> None:
    incomplete = kind is http.client.IncompleteRead
    broken = Broken(kind(b"why") if incomplete else kind("why"))
    with pytest.raises(AgentError) as caught:
        broken.post("/api/student/result", "{}")
    assert broken.tries == 3
    assert caught.value.message.startswith("the orchestrator did not take /api/student/result (")
    assert kind.__name__ in caught.value.message
    assert "not of the tutorial" in caught.value.hint
    assert caught.value.__cause__ is broken.error


def test_a_server_that_comes_to_itself_in_three_tries_is_heard() -> None:
    server = Server(b"", answer("500 Oh", b"oh"), answer("200 OK", ACKNOWLEDGED))
    assert client(server.url).post("/", "{}").next_action == "continue"


@pytest.mark.parametrize(
    ("answers", "told", "asked"),
    [
        (
            [answer("403 No", b'{"error": "iteration 1 is over"}')],
            "HTTP 403: iteration 1 is over",
            1,
        ),
        ([answer("404 No", b"<html>")], "HTTP 404: <html>", 1),
        ([answer("503 No", b'{"error": "not now"}')] * 3, "HTTP 503: not now", 3),
        ([answer("200 OK", b"<html>")], "is no orchestrator: '<html>'", 1),
        ([answer("200 OK", b"{}")], "is no orchestrator: '{}'", 1),
        ([b"SSH-2.0-OpenSSH\r\n"] * 3, "BadStatusLine", 3),
        ([b""] * 3, "RemoteDisconnected", 3),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"] * 3, "IncompleteRead", 3),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000] * 3, "LineTooLong", 3),
    ],
)
def test_an_answer_that_is_none_is_told(answers: list[bytes], told: str, asked: int) -> None:
    server = Server(*answers)
    with pytest.raises(AgentError) as caught:
        client(server.url).post("/", "{}")
    assert told in caught.value.message
    assert server.asked == asked


@pytest.mark.parametrize(
    "url", ["", "nowhere", "http://", "http://[::1", "http://a:b", "http://a:99999"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(AgentError, match="is no address of an orchestrator"):
        Client(url, "token")


@pytest.mark.parametrize(
    "given", [b"", b"no JSON", b"[]", b'{"role": "student", "token": "only-ours"}']
)
def test_a_task_that_is_none_ends_the_wrapper_with_a_word_and_without_the_token(
    given: bytes,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smile.agent", "student"],
        input=given,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(b"smile-agent: standard input holds no task: ")
    assert b"only-ours" not in done.stderr
    assert b"Traceback" not in done.stderr


# --- against the real server ---------------------------------------------------------------------


class Hasty(HttpConnection):
    """Closes what is idle for a moment."""

    seconds = 0.2


async def test_a_connection_that_the_server_closed_meanwhile_is_no_failure_to_wait_for() -> None:
    pauses: list[float] = []
    exchange = Exchange()
    app = create_app(exchange, lambda: initial("run1", at(0)))
    async with serving(lambda: app, connection=Hasty) as server:
        token = exchange.open(Role.STUDENT, 1).token
        client = Client(f"http://127.0.0.1:{server.port}", token, sleep=pauses.append)
        for _ in range(2):
            path, body = "/api/student/observations", '{"observations": []}'
            answer = await asyncio.to_thread(client.post, path, body)
            assert answer.acknowledged
            await asyncio.sleep(0.6)
        client.close()
    assert pauses == []


async def test_a_server_that_is_not_there_is_tried_three_times() -> None:
    pauses: list[float] = []
    async with serving(lambda: create_app(Exchange(), lambda: initial("run1", at(0)))) as server:
        pass
    client = Client(f"http://127.0.0.1:{server.port}", "token", sleep=pauses.append)
    with pytest.raises(AgentError, match="ConnectionRefusedError"):
        client.post("/api/student/observations", "{}")
    assert pauses == [1, 2]


async def test_a_reporter_that_has_nothing_to_tell_gives_signs_of_life_until_it_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Reporter, "_SECONDS_BETWEEN_SIGNS", 0.05)
    exchange = Exchange()
    async with serving(lambda: create_app(exchange, lambda: initial("run1", at(0)))) as server:
        phase = exchange.open(Role.STUDENT, 1)
        to_server = Client(f"http://127.0.0.1:{server.port}", phase.token)
        reporter = Reporter(to_server)
        async with asyncio.timeout(30):
            while phase.calls < 3:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.01)
            assert not reporter.stopped
            exchange.request_stop("enough")
            while not reporter.stopped:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await asyncio.to_thread(reporter.flush)
        to_server.close()
        assert phase.kept == 0
