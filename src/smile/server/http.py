"""The HTTP server itself: uvicorn, with what of it is ours to say."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from smile.server.connections import HttpConnection, ObserverConnection

__all__ = ["server"]

_LONGEST_SHUTDOWN = 1


class _Server(uvicorn.Server):
    """Leaves signals alone, which belong to the command line, and wastes no time when it ends."""

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self._ending = ending

    async def main_loop(self) -> None:
        """Serve until it is told to end, at once and not when it next looks around."""
        await self.on_tick(0)  # sets the headers of all answers
        await self._ending.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say farewell to whoever is connected, which takes a tenth of a second."""
        if self.server_state.connections:
            await super().shutdown(sockets)
        for server in self.servers:
            server.close()


def server(
    app: ASGIApp,
    ending: asyncio.Event,
    ping_seconds: float,
    connection: type[HttpConnection] | None = None,
) -> uvicorn.Server:
    """A server until ``ending`` is set, which pings observers every so many seconds."""
    return _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http=connection or HttpConnection,
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
            date_header=False,  # it would be that of the beginning
            timeout_graceful_shutdown=_LONGEST_SHUTDOWN,
        ),
        ending,
    )
