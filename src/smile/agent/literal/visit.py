"""Opening a local address as a browser would, to see whether anything answers."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)",
}
_SECONDS_TO_ANSWER = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is ``None`` when nothing answered; ``error`` then says why."""

    status: int | None
    error: str = ""

    @property
    def works(self) -> bool:
        """A page came, or at least a server that wants a login or another method."""
        return self.status is not None and self.status < 500


def visit(
    url: str, *, patience: float = 5.0, sleep: Callable[[float], None] = time.sleep
) -> Answer:
    """GET the address; a server that is still starting gets ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while True:
        answer = _get(url)
        if answer.status is not None or time.monotonic() >= deadline:
            return answer
        sleep(0.3)


def _get(url: str) -> Answer:
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname in {"localhost", "0.0.0.0"} else parts.hostname  # noqa: S104
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    try:
        connection = kind(host or "", parts.port, timeout=_SECONDS_TO_ANSWER)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers=_BROWSER | {"Host": parts.netloc})
        response = connection.getresponse()
        response.read(1 << 16)
        connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}")
    return Answer(response.status)
