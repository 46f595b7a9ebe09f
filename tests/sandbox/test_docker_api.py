"""Every error that aiodocker and aiohttp can raise becomes one of ours; no engine is needed."""

from __future__ import annotations

import asyncio
import builtins
import inspect
from collections.abc import Iterator
from types import ModuleType

import aiohttp
import pytest
from aiodocker import exceptions
from aiohttp import client_exceptions, http_exceptions

from smile.errors import SandboxError
from smile.sandbox.docker_api import translated, uninterrupted


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
def test_an_error_of_the_libraries_is_one_of_ours(error: type[Exception]) -> None:
    with pytest.raises(SandboxError) as caught, translated("The sandbox failed", "Try again"):
        raise made(error)
    assert caught.value.message.startswith("The sandbox failed: ")
    assert caught.value.hint == "Try again"


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
