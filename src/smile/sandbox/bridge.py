"""One container's way to the orchestrator: a relay on the engine's bridge that serves no other."""

from __future__ import annotations

import socket
from asyncio import StreamReader, StreamWriter

from smile.sandbox.relay import Listener, relay

MOST = 64
"""Connections at a time: the wrapper needs one or two."""


class Bridge:
    """Listens on the engine's bridge and forwards what one container sends to one local port.

    The bridge's address can be routed to from the author's network, and other containers are on
    it: whoever is not the container is turned away at once.
    """

    def __init__(self, port: int) -> None:
        self._forward = relay(port)
        self._peer = ""
        self._listener: Listener | None = None

    async def listen(self, address: str) -> int:
        """Begin, and tell the port. ``OSError`` when the address is not on this machine."""
        listening = socket.create_server((address, 0))
        listening.setblocking(False)
        self._listener = Listener(listening, self._serve, MOST)
        await self._listener.start()
        port: int = listening.getsockname()[1]
        return port

    def admit(self, peer: str) -> None:
        """From now on serve this address, and no other."""
        self._peer = peer

    async def close(self) -> None:
        """Stop listening and cut what is open; calling it twice is harmless."""
        if self._listener:
            await self._listener.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if writer.get_extra_info("peername")[0] == self._peer:
            await self._forward(reader, writer)
