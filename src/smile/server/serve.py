"""Runs the API inside the event loop of the run, on the loopback address."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from smile.errors import ConfigError, NoEvidenceError
from smile.server.connections import HttpConnection, ObserverConnection

_LOOPBACK = "127.0.0.1"
_PING_SECONDS = 30.0
_LONGEST_SHUTDOWN = 1
_KERNEL_BUFFER = 64 * 1024
"""Bytes that the kernel keeps for a client that does not read (Linux takes twice as many)."""


class _Server(uvicorn.Server):
    """Leaves signals alone: they belong to the command line."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp,
    port: int = 0,
    *,
    ping_seconds: float = _PING_SECONDS,
    connection: type[HttpConnection] = HttpConnection,
) -> AsyncIterator[int]:
    """Serve on 127.0.0.1 while the context is open; gives the port.

    It is the wanted one, or a free one when that is taken (0: any). An observer is pinged every
    ``ping_seconds``, and closed when it left three in a row unanswered. Raises ``ConfigError``
    when the port can't be had for another reason than being taken.
    """
    listener = _listen(port)
    server = _Server(_config(app, connection, ping_seconds))
    task = asyncio.ensure_future(server.serve([listener]))
    try:
        await _started(server, task)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait({task})
        listener.close()


def _config(app: ASGIApp, connection: type[HttpConnection], ping_seconds: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=connection,
        ws=ObserverConnection,
        ws_max_size=64 * 1024,  # observers have nothing to say
        ws_per_message_deflate=False,  # it would be done again for each observer
        ws_ping_interval=ping_seconds,
        ws_ping_timeout=None,  # ``ObserverConnection`` counts
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",  # "info" would log addresses with their token
        server_header=False,
        timeout_graceful_shutdown=_LONGEST_SHUTDOWN,
    )


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        await asyncio.wait({task}, timeout=0.005)
        if task.done():
            task.result()
            raise NoEvidenceError("the orchestrator's server did not start")


def _listen(port: int) -> socket.socket:
    try:
        return _bound(port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise ConfigError(
                f"can't listen on port {port}: {error.strerror}", "choose another port"
            ) from error
    return _bound(0)


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
