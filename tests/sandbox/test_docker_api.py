"""Every error that aiodocker and aiohttp can raise becomes one of ours; no engine is needed."""

from __future__ import annotations

import asyncio
import builtins
import inspect
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import aiohttp
import pytest
from aiodocker import exceptions
from aiohttp import client_exceptions, http_exceptions

from smile.errors import SandboxError
from smile.sandbox.docker_api import connect, translated, uninterrupted


def errors_of(module: ModuleType) -> Iterator[type[Exception]]:
    for _, value in inspect.getmembers(module, inspect.isclass):
        web_socket = value is client_exceptions.WSMessageTypeError  # a bug of who speaks one
        if issubclass(value, Exception) and value.__module__ == module.__name__ and not web_socket:
            yield value


LIBRARIES = [
    *errors_of(exceptions),
    *errors_of(client_exceptions),
    *errors_of(http_exceptions),
    aiohttp.EofStream,
    *(
        value
        for value in vars(builtins).values()
        if inspect.isclass(value) and issubclass(value, OSError)
    ),
]


def made(error: type[Exception]) -> Exception:
    """One of that class without the arguments that its own constructor asks for."""
    says = {"__init__": lambda self: None, "__str__": lambda self: "why", "message": "why"}
    made: Exception = type(error.__name__, (error,), says)()
    return made


@pytest.mark.parametrize("error", LIBRARIES, ids=lambda error: error.__name__)
def test_an_error_of_the_libraries_is_one_of_ours_that_knows_its_cause(
    error: type[Exception],
) -> None:
    cause = made(error)
    with pytest.raises(SandboxError) as caught, translated("The sandbox failed", "Try again"):
        raise cause
    assert caught.value.message.startswith("The sandbox failed: ")
    assert len(caught.value.message) > len("The sandbox failed: ")
    late = isinstance(cause, TimeoutError)
    assert caught.value.hint == (
        "see whether the engine is stuck or busy: docker info" if late else "Try again"
    )
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Cannot connect to unix socket [Permission denied]", "join the group docker"),
        ("write /var/lib/docker/x: no space left on device", "docker system prune"),
        ("Too many open files", "ulimit -n"),
        ("container name is in use", "smile doctor"),
    ],
)
def test_what_an_engine_says_gives_the_hint_that_fits(said: str, hint: str) -> None:
    with pytest.raises(SandboxError) as caught, translated("The sandbox failed"):
        raise exceptions.DockerError(500, said)
    assert caught.value.message == f"The sandbox failed: {said}"
    assert hint in caught.value.hint


@contextmanager
def engine_that_answers(answer: bytes) -> Iterator[str]:
    """The address of something that answers every request with this."""

    def serve() -> None:
        while True:
            connection, _ = listening.accept()
            with connection:
                if not connection.recv(65536):
                    return
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        serving = threading.Thread(target=serve)
        serving.start()
        yield f"tcp://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port)).close()  # the last one: without a request
        serving.join()


def http(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


ELSEWHERE = {
    "no socket": "unix:///nowhere.sock",
    "no socket but a file": "unix:///etc/passwd",
    "nobody listens": "tcp://127.0.0.1:1",
    "no such host": "tcp://nobody.invalid:2375",
    "no scheme": "docker.sock",
    "unknown scheme": "carrier://pigeon",
    "a bracket too few": "tcp://[::1",
    "a port too high": "tcp://127.0.0.1:99999",
    "Windows": "npipe:////./pipe/docker_engine",
    "ssh": "ssh://nobody.invalid",
}
ANSWERS = {
    "an error": http("500 Oh", b'{"message": "oh"}'),
    "an error in plain text": http("502 Oh", b"oh"),
    "another program's JSON": http("200 OK", b'{"hello": "world"}'),
    "a list": http("200 OK", b"[1, 2]"),
    "no JSON": http("200 OK", b"<html>"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "half an answer": http("200 OK", b"")[:-40] + b"\r\n\r\n{",
    "nothing": b"",
}


@pytest.mark.parametrize("host", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_an_address_without_an_engine_is_told_with_what_to_try(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(SandboxError) as caught:
        await connect()
    assert caught.value.message.startswith("No Docker engine is reachable: ")
    assert "DOCKER_HOST" in caught.value.hint
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_what_answers_and_is_no_engine_is_told(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine_that_answers(answer) as host:
        monkeypatch.setenv("DOCKER_HOST", host)
        with pytest.raises(SandboxError) as caught:
            await connect()
    assert caught.value.message.startswith("No Docker engine is reachable: ")
    assert caught.value.hint


def test_a_bug_of_ours_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), translated("The sandbox failed"):
        raise ZeroDivisionError


async def test_what_must_end_is_ended_before_a_cancellation_takes_effect() -> None:
    ended = []

    async def work() -> None:
        await asyncio.sleep(0.2)
        ended.append(True)

    task = asyncio.create_task(uninterrupted(work()))
    for _ in range(3):
        await asyncio.sleep(0.02)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
