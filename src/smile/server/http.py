"""The HTTP server itself: uvicorn, with what of it is ours to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

__all__ = ["server"]

_MISSED_PINGS = 3
_LONGEST_SHUTDOWN = 1


class _Server(uvicorn.Server):
    """Leaves signals alone: they belong to the command line."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: ASGIApp, ping_seconds: float) -> uvicorn.Server:
    """A server that pings observers, and closes those that missed three pings."""
    return _Server(
        uvicorn.Config(
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
    )
