"""What a connection may cost: uvicorn's protocols with bounds of time, number and memory.

The server can be reached from the sandbox, where a tutorial's programs may do what they like.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

MAX_CONNECTIONS: Final = 240
"""HTTP and WebSocket together: fewer than the way out of `local` carries, so that it stays open."""
MISSED_PINGS: Final = 3
SECONDS: Final = 40.0
"""For a request's head, and for its body and answer: longer than a body may take."""


class HttpConnection(H11Protocol):
    """Has so many seconds for a head and for an answer, then it is cut off.

    When there are too many, the one goes that has been there longest without a request at work:
    who opens connections to block the server blocks himself, and a wrapper still gets through.
    """

    seconds = SECONDS
    most = MAX_CONNECTIONS

    opened = 0.0
    at_work = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        self.opened = self.loop.time()
        self._begin(at_work=False)
        if len(self.connections) > self.most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or a body have come."""
        before = self.cycle
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            self._end()  # a WebSocket by now, which has pings
        elif self.cycle is not before:
            self._begin(at_work=True)

    def on_response_complete(self) -> None:
        """The answer was written; the next request may have come already."""
        before = self.cycle
        super().on_response_complete()
        self._begin(at_work=self.cycle is not before)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._end()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, in the shape of every error; an answer under way is cut off."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        self.transport.write(_bad_request(msg))
        self.transport.close()

    def _make_room(self) -> None:
        idle = [
            each
            for each in self.connections
            if isinstance(each, HttpConnection)
            and not (each is self or each.at_work or each.transport.is_closing())
        ]
        oldest = min(idle, key=lambda each: each.opened, default=self)
        oldest.transport.abort()

    def _begin(self, *, at_work: bool) -> None:
        self._end()
        self.at_work = at_work
        self._timer = self.loop.call_later(self.seconds, self.transport.abort)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class ObserverConnection(WebSocketsSansIOProtocol):
    """Is pinged on time, answered or not, and let go when it left three pings in a row unanswered.

    A peer that does not read would keep what was written to it in memory for ever: closing waits
    until that is sent, so here it is thrown away.
    """

    _missed = 0

    def send_keepalive_ping(self) -> None:
        """Ping, or give up."""
        if self.pending_ping_payload is not None:
            self._missed += 1
        if self._missed >= MISSED_PINGS:
            self.keepalive_timeout()
            self._throw_away()
            return
        super().send_keepalive_ping()

    def handle_pong(self, event: Frame) -> None:
        """The peer lives; which ping it answers does not matter."""
        super().handle_pong(event)
        self._missed = 0
        self.pending_ping_payload = None
        self.last_ping_rtt = 0.0  # it would be taken off the time until the next ping

    def data_received(self, data: bytes) -> None:
        """Bytes of the handshake or of a message have come."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_complete:
            # HTTP that the library of the WebSocket does not read (its own bounds are narrower).
            self.transport.write(_bad_request("Invalid WebSocket request received."))
            self.transport.close()

    async def send(self, message: ASGISendEvent) -> None:
        """A refusal completes the handshake as well: uvicorn would log that none took place."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True

    def shutdown(self) -> None:
        """The server ends."""
        super().shutdown()
        self._throw_away()

    def _throw_away(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()


def _bad_request(message: str) -> bytes:
    body = json.dumps({"error": message}).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
