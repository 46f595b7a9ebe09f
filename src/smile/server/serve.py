"""Runs the API inside the event loop of the run, on the loopback address."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from smile.errors import ConfigError, ServerError

_LOOPBACK = "127.0.0.1"
_PING_SECONDS = 30.0
_MISSED_PINGS = 3
_LONGEST_SHUTDOWN = 1


class _Server(uvicorn.Server):
    """Leaves signals alone: they belong to the command line."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp, port: int = 0, *, ping_seconds: float = _PING_SECONDS
) -> AsyncIterator[int]:
    """Serve on 127.0.0.1 while the context is open; gives the port.

    It is the wanted one, or a free one when that is taken (0: any). An observer is pinged every
    ``ping_seconds``, and closed when it left a ping unanswered for three times as long. Raises
    ``ConfigError`` when this port may not be had, and ``ServerError`` when none can be, or when
    the server does not start.
    """
    listener = _listen(port)
    server = _Server(_config(app, ping_seconds))
    task = asyncio.ensure_future(server.serve([listener]))
    try:
        await _started(server, task)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait({task})
        listener.close()


def _config(app: ASGIApp, ping_seconds: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=64 * 1024,  # observers have nothing to say
        ws_ping_interval=ping_seconds,
        ws_ping_timeout=_MISSED_PINGS * ping_seconds,
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
            raise ServerError("the orchestrator's server did not start") from task.exception()


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
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen(128)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
