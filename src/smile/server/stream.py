"""One observer's WebSocket: ``connected``, then what the feed holds for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from smile.loop.feed import Feed, Subscriber
from smile.loop.messages import enveloped
from smile.wire import LoopState
from smile.wire.events import ConnectedPayload

_NORMAL = 1000
_TRY_LATER = 1013


async def stream(websocket: WebSocket, feed: Feed, status: Callable[[], LoopState]) -> None:
    """Send events in order until the loop has ended or the client has left."""
    await websocket.accept()
    if feed.full:
        await websocket.close(_TRY_LATER, "too many observers")
        return
    # Nothing comes between the state and the first event after it: both are taken at once.
    with feed.subscribe() as client:
        first = enveloped("connected", ConnectedPayload(state=status()).to_json())
        sending = asyncio.ensure_future(_send(websocket, first, client))
        leaving = asyncio.ensure_future(_until_gone(websocket))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send(websocket: WebSocket, first: str, client: Subscriber) -> None:
    text: str | None = first
    try:
        while text is not None:
            await websocket.send_text(text)
            text = await client.next()
        await websocket.close(_NORMAL, "the loop has ended")
    except WebSocketDisconnect:
        return  # it left while we wrote


async def _until_gone(websocket: WebSocket) -> None:
    """Read and forget what the client says: observers only watch."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
