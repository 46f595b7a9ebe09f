"""One observer's WebSocket: ``connected``, then what the feed holds for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import WebSocket, WebSocketDisconnect

from smile.loop.feed import Feed, Message, Subscriber, dumped
from smile.wire import LoopState

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
        first = Message("connected", {"state": dumped(status())})
        sending = asyncio.ensure_future(_send(websocket, first, client))
        leaving = asyncio.ensure_future(_until_gone(websocket))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send(websocket: WebSocket, first: Message, client: Subscriber) -> None:
    message: Message | None = first
    try:
        while message is not None:
            await websocket.send_text(message.to_json())
            message = await client.next()
        await websocket.close(_NORMAL, "the loop has ended")
    except WebSocketDisconnect:
        return  # it left while we wrote


async def _until_gone(websocket: WebSocket) -> None:
    """Read and forget what the client says: observers only watch."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
