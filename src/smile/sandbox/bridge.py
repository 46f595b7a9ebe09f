"""One way from a container to the orchestrator, and to nothing else on the author's loopback."""

from __future__ import annotations

import asyncio

CHUNK = 64 * 1024


class Relay:
    """Listens on an engine's bridge and forwards what one container sends to one local port.

    The bridge's address can be routed to from the author's network: whoever is not the container
    is turned away at once.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._peer = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def listen(self, address: str) -> int:
        """Begin, and tell the port. ``OSError`` when the address is not on this machine."""
        self._server = await asyncio.start_server(self._accept, address, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def admit(self, peer: str) -> None:
        """From now on serve this address, and no other."""
        self._peer = peer

    async def close(self) -> None:
        """Stop listening and cut what is open; calling it twice is harmless."""
        if self._server:
            self._server.close()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if writer.get_extra_info("peername")[0] == self._peer:
                await self._forward(reader, writer)
        except* OSError:
            # Either side went away: the other one sees its connection end.
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, inner_writer))
                both.create_task(_pump(inner_reader, writer))
        finally:
            inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
