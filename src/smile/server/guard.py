"""Who may call at all: by which name, and from which page. Against DNS rebinding and foreign pages.

A browser that runs somebody else's page can be made to send requests to a loopback address; it
then sends that page's host name or origin, and is turned away here, before any route.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = frozenset({"localhost", "host.docker.internal"})


class Guard:
    """ASGI middleware that checks the Host and Origin headers of HTTP and WebSocket requests.

    ``hosts`` gives further names under which the server may be called: the sandbox's way to it.
    """

    def __init__(self, app: ASGIApp, hosts: Callable[[], Collection[str]]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, send, *refusal)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1:
            return 400, "exactly one Host header is needed"
        if not self._known(hosts[0]):
            return 403, "the Host header names another server"
        origins = _values(scope, b"origin")
        if any(origin.lower() != f"http://{hosts[0]}".lower() for origin in origins):
            return 403, "requests from other pages are not taken"
        return None

    def _known(self, header: str) -> bool:
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        if name in _NAMES or name in self._hosts():
            return True
        try:
            return ip_address(name).is_loopback
        except ValueError:
            return False


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


async def _refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    prefix = "websocket.http" if scope["type"] == "websocket" else "http"
    body = json.dumps({"error": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": f"{prefix}.response.start", "status": status, "headers": headers})
    await send({"type": f"{prefix}.response.body", "body": body})
