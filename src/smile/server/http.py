"""The HTTP server itself: uvicorn, with what of it is ours to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from smile.server.connections import HttpConnection, ObserverConnection

__all__ = ["server"]

_LONGEST_SHUTDOWN = 1


class _Server(uvicorn.Server):
    """Leaves signals alone: they belong to the command line."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(
    app: ASGIApp, ping_seconds: float, connection: type[HttpConnection] | None = None
) -> uvicorn.Server:
    """A server whose connections have bounds; observers are pinged every so many seconds."""
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
            timeout_graceful_shutdown=_LONGEST_SHUTDOWN,
        )
    )
