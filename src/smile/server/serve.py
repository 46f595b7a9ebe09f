"""Runs the API inside the event loop of the run, on the loopback address."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smile.errors import ConfigError, ServerError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp as ASGIApp  # noqa: PLC0414 - for those who give one

    from smile.server.connections import HttpConnection

_LOOPBACK = "127.0.0.1"
_PING_SECONDS = 30.0
_KERNEL_BUFFER = 64 * 1024
"""Bytes that the kernel keeps for a client that does not read (Linux takes twice as many)."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs on 127.0.0.1."""

    port: int
    ending: asyncio.Event

    def stop(self) -> None:
        """Begin to end, without waiting for it: farewells take a tenth of a second."""
        self.ending.set()


@asynccontextmanager
async def serving(
    make: Callable[[], ASGIApp],
    port: int = 0,
    *,
    ping_seconds: float = _PING_SECONDS,
    connection: type[HttpConnection] | None = None,
) -> AsyncIterator[Served]:
    """Serve on 127.0.0.1 while the context is open.

    The port is the wanted one, or a free one when that is taken (0: any); it takes connections at
    once. ``make`` makes the application, in a thread: loading it takes as long as starting a
    sandbox, so who connects meanwhile waits. An observer is pinged every ``ping_seconds``, and
    closed when it left three in a row unanswered. ``connection`` has other bounds than usual.

    Raises:
        ConfigError: the port can't be had for another reason than being taken.
        ServerError: no port can be had, or the server did not start.
    """
    ending = asyncio.Event()

    def load() -> uvicorn.Server:
        from smile.server.http import server  # noqa: PLC0415 - takes long: here nobody waits

        return server(make(), ending, ping_seconds, connection)

    listener = _listen(port)
    task = asyncio.ensure_future(_serve(load, listener))
    try:
        yield Served(listener.getsockname()[1], ending)
    finally:
        ending.set()
        await asyncio.wait({task})
        failure = task.exception()
    if failure is not None:
        raise ServerError("the orchestrator's server did not start") from failure


async def _serve(load: Callable[[], uvicorn.Server], listener: socket.socket) -> None:
    with closing(listener):  # also when there is no server: then whoever waits is told so
        server = await asyncio.to_thread(load)
        await server.serve([listener])


def _listen(port: int) -> socket.socket:
    try:
        return _bound(port)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise ConfigError(
                f"can't listen on port {port}: {error.strerror}",
                "choose another port with --port or SMILE_PORT: those below 1024 are for root",
            ) from error
        if error.errno != errno.EADDRINUSE or not port:
            raise _unreachable(error) from error
    try:
        return _bound(0)
    except OSError as error:
        raise _unreachable(error) from error


def _unreachable(error: OSError) -> ServerError:
    return ServerError(f"can't listen on {_LOOPBACK}: {error.strerror or error}")


def _bound(port: int) -> socket.socket:
    # asyncio sends small segments at once (TCP_NODELAY) only where the protocol is named; else each
    # answer, head and body apart, waits 40 ms for the acknowledgement of its head.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER)  # inherited
        listener.bind((_LOOPBACK, port))
        listener.listen(128)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
