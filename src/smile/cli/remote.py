"""A run in another process: where it is, what it tells, and the request to stop it.

All that the library of the WebSocket raises is translated here, in ``translated``.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedOK,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)
from websockets.sync.client import ClientConnection, connect

from smile import config as configuration
from smile.errors import NoEvidenceError, SmileError, UsageError
from smile.server.address import Address, beside, read
from smile.wire import StopAnswer, StopRequest

__all__ = ["Message", "Remote", "find", "messages", "stop", "translated"]

Message = dict[str, Any]
"""``{event, payload}``."""

TOKEN = "SMILE_TOKEN"  # noqa: S105 - the name of a variable
_SECONDS = 10.0
"""For an answer, and for a run that was named by its address to answer again."""
_SHORTEST, _LONGEST = 0.1, 2.0
"""Seconds between two tries."""
_WAIT = 0.5
_LARGEST = 256 * 1024**2
_TOO_MANY = 1013


@dataclass(frozen=True, slots=True)
class Remote:
    """A run; ``file`` is where its address was found, if it was not named."""

    address: Address
    file: Path | None = None

    @property
    def alive(self) -> bool:
        """Whether it is known to be going on."""
        return self.file is not None and read(self.file) == self.address


def find(url: str | None, config: Path | None, environ: Mapping[str, str]) -> Remote:
    """The run at this address, or the one in this directory.

    Raises ``UsageError`` for an address that is none or has no token, ``NoEvidenceError`` when
    there is no run here, ``InputError`` when a file can't be read.
    """
    named = None if url is None else _named(url, environ)
    if named is not None and named.token:
        return Remote(named)
    settings, _ = configuration.load(config, {}, environ)
    file = beside(settings.state_file)
    found = read(file)
    if found is not None and (named is None or named.url == found.url):
        return Remote(found, file)
    if named is not None:
        raise UsageError(
            f"there is no token for {named.url}",
            f"set {TOKEN} to the one in .smile/observer.json of its directory",
        )
    raise NoEvidenceError(
        f"no run is going on here ({file} is {'of a dead one' if file.exists() else 'missing'})",
        "begin one with `smile run`, go to the directory of one, or name its address",
    )


def _named(url: str, environ: Mapping[str, str]) -> Address:
    """An address as somebody types it: with or without scheme, path and ``?token=``."""
    shown = url.partition("?")[0]  # what follows may be a token
    wrong = UsageError(f"{shown!r} is no address of a run", "write it as http://127.0.0.1:35543")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "ws"} or not parts.hostname or port is None:
        raise wrong
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    token = parse_qs(parts.query).get("token", [environ.get(TOKEN, "")])[0]
    return Address(f"http://{host}:{port}", token)


def messages(
    remote: Remote, lost: Callable[[str], object], *, sleep: Callable[[float], None] = time.sleep
) -> Generator[Message, None, None]:
    """What the run tells, until nobody listens; each connection begins with ``connected``.

    A connection that drops is tried again: as long as the run lives, or for some seconds where
    that is not to be seen from here; ``lost`` is told why it dropped. Raises ``UsageError`` when
    the token is not taken, ``NoEvidenceError`` when the run is gone or does not answer.
    """
    pause, patience = _SHORTEST, 0.0
    heard = False
    while True:
        try:
            for message in _connected(remote.address):
                yield message
                pause, patience, heard = _SHORTEST, _SECONDS, True
            why = "it closed the connection"
        except (WebSocketException, OSError) as error:
            known = translated(error, remote.address.url)
            if known is not None:
                raise known from error
            why = str(error) or type(error).__name__
        if not heard and remote.file is None:
            raise NoEvidenceError(
                f"no run answers at {remote.address.url} ({why})", "is it over? look at its address"
            )
        if not remote.alive and (remote.file or patience <= 0):
            raise NoEvidenceError(
                f"the run at {remote.address.url} is gone without a word of how it ended ({why})",
                "look where it was started; its journal is .smile/journal.jsonl there",
            )
        if pause == _SHORTEST:
            lost(why)
        sleep(pause)
        patience -= pause
        pause = min(2 * pause, _LONGEST)


def _connected(address: Address) -> Iterator[Message]:
    with connect(
        f"{address.url.replace('http', 'ws', 1)}/ws",
        additional_headers={"Authorization": f"Bearer {address.token}"},
        proxy=None,
        compression=None,
        max_size=_LARGEST,
        open_timeout=_SECONDS,
        close_timeout=1,
    ) as socket:
        for text in _texts(socket):
            yield _message(text, address.url)


def _texts(socket: ClientConnection) -> Iterator[str | bytes]:
    """What comes, until the other side says goodbye.

    A Ctrl+C that comes as a wait begins is seen when it ends: so no wait is long.
    """
    while True:
        try:
            yield socket.recv(timeout=_WAIT)
        except TimeoutError:
            continue
        except ConnectionClosedOK:
            return


def _message(text: str | bytes, url: str) -> Message:
    try:
        message: Message = json.loads(text)
        if message.keys() >= {"event", "payload"}:
            return message
    except (ValueError, AttributeError):
        pass
    raise _stranger(url, "it says something else")


def translated(error: WebSocketException | OSError, url: str) -> SmileError | None:
    """What is told of an error of the connection; ``None`` where another try may help."""
    match error:
        case InvalidStatus(response=response) if response.status_code in {401, 403}:
            return _refused(url)
        case ConnectionClosed(rcvd=frame) if frame is not None and frame.code == _TOO_MANY:
            return NoEvidenceError(
                f"the run at {url} has as many observers as it takes", "close one of them"
            )
        case ConnectionClosed() | OSError():
            return None
        case InvalidURI():
            return UsageError(f"{url} is no address of a run", "write it as http://127.0.0.1:35543")
        case _:
            return _stranger(url, error)


def _refused(url: str) -> UsageError:
    return UsageError(
        f"the run at {url} does not know this token",
        "take the one in .smile/observer.json of its directory; each run has its own",
    )


def _stranger(url: str, why: object) -> NoEvidenceError:
    return NoEvidenceError(
        f"what answers at {url} is no run of SMILE ({why})", "is the run over? look at its address"
    )


def stop(remote: Remote, reason: str) -> StopAnswer:
    """Ask the run to end, and wait until it has, for some seconds. Raises as ``messages`` does."""
    address = remote.address
    parts = urlsplit(address.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
    try:
        body = StopRequest(reason=reason).to_json().encode()
        connection.request("POST", "/api/stop", body, headers)
        response = connection.getresponse()
        status, content = response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoEvidenceError(
            f"the run at {address.url} does not answer ({error})", "is it over already?"
        ) from error
    finally:
        connection.close()
    if status in {401, 403}:
        raise _refused(address.url)
    try:
        return StopAnswer.model_validate_json(content)
    except ValueError as error:
        raise _stranger(address.url, f"HTTP {status}") from error
