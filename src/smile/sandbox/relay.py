"""Serves what is inside a sandbox: the way to the orchestrator, and any other handler."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable

from smile.streams import hang_up, splice

Handler = Callable[[StreamReader, StreamWriter], Awaitable[None]]
"""Serves one connection to its end and may leave its closing to the caller."""

_DIAL_SECONDS = 10.0


def relay(port: int) -> Handler:
    """A handler that connects every caller with a port of our own loopback."""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                there = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return  # nobody listens: the caller's connection is closed, as a refusal
        try:
            await splice((reader, writer), there)
        finally:
            await hang_up(there[1])

    return serve


class Listener:
    """Serves a listening socket until it is closed, with at most ``most`` callers at a time."""

    def __init__(self, listening: socket.socket, handler: Handler, most: int) -> None:
        self._listening = listening
        self._handler = handler
        self._most = most
        self._callers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to serve."""
        self._server = await asyncio.start_server(self._accept, sock=self._listening)

    async def close(self) -> None:
        """Stop, and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        for task in self._callers:
            task.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        try:
            if len(self._callers) <= self._most:
                await self._handler(reader, writer)
        except OSError:
            pass  # the caller has gone
        except asyncio.CancelledError:
            pass  # we are closing: the stream's own callback would call this an error
        finally:
            self._callers.discard(task)
            await hang_up(writer)
