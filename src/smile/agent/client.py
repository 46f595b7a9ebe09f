"""The wrapper's side of the orchestrator's HTTP API: by the standard library, to start fast."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import ValidationError

from smile import wire
from smile.errors import AgentError

FOREIGN = (OSError, http.client.HTTPException)
"""What the standard library raises when an orchestrator can't be reached or talks nonsense."""

_TRIES = 3
_SECONDS_A_REQUEST = 30.0
_LONGEST_PAUSE = 10.0
_LONGEST_ANSWER = 1 << 20


class Client:
    """Speaks to the orchestrator with one token.

    Raises:
        AgentError: refused (4xx, not tried again), not reached in three tries, or not understood.
    """

    def __init__(
        self, url: str, token: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._host, self._port = _address(url)
        self._token = token
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: str) -> wire.Acknowledged:
        """Post JSON and return the acknowledgement: 3 tries, pauses of 1, 2, 4 … seconds."""
        trouble, cause = "", None
        for attempt in range(_TRIES):
            if attempt:
                self._sleep(min(2.0 ** (attempt - 1), _LONGEST_PAUSE))
            try:
                status, answer = self._request(path, body)
            except FOREIGN as error:
                self._drop()
                trouble, cause = f"{type(error).__name__}: {error}", error
                continue
            if status < 300:
                return _acknowledged(path, answer)
            trouble = f"HTTP {status}: {_error_of(answer)}"
            if status < 500:
                break
        raise AgentError(f"the orchestrator did not take {path} ({trouble})") from cause

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _request(self, path: str, body: str) -> tuple[int, bytes]:
        if self._connection is not None:
            try:
                return self._send(self._connection, path, body)
            except ConnectionError:
                self._drop()  # the server closes what was idle: that is no failure
        self._connection = http.client.HTTPConnection(
            self._host, self._port, timeout=_SECONDS_A_REQUEST
        )
        return self._send(self._connection, path, body)

    def _send(
        self, connection: http.client.HTTPConnection, path: str, body: str
    ) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection.request("POST", path, body.encode(), headers)
        response = connection.getresponse()
        answer = response.read(_LONGEST_ANSWER)
        if response.length:  # it says that more was to come
            raise http.client.IncompleteRead(answer, response.length)
        return response.status, answer

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AgentError(f"{url!r} is no address of an orchestrator: {error}") from error
    if host is None:
        raise AgentError(f"{url!r} is no address of an orchestrator: it names no host")
    return host, port or 80


def _acknowledged(path: str, answer: bytes) -> wire.Acknowledged:
    try:
        return wire.Acknowledged.model_validate_json(answer)
    except ValidationError as error:
        said = answer[:200].decode("utf-8", "replace")
        raise AgentError(f"what answers at {path} is no orchestrator: {said!r}") from error


def _error_of(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        return answer[:200].decode("utf-8", "replace")


class Reporter:
    """Sends observations in order without holding the Student up; ``flush`` waits for the rest.

    Where there are none it gives a sign of life every few seconds: a Student that waits for a
    command is told from one that hangs. ``stopped`` turns true when the orchestrator wants no more.
    """

    _BATCH, _LARGEST = 100, 1 << 20
    _SECONDS_BETWEEN_SIGNS = 2.0

    def __init__(self, client: Client) -> None:
        self._client = client
        self._queue: queue.SimpleQueue[wire.Observation | None] = queue.SimpleQueue()
        self._error: AgentError | None = None
        self.stopped = False
        self._thread = threading.Thread(target=self._work, name="reporter", daemon=True)
        self._thread.start()

    def send(self, observation: wire.Observation) -> None:
        """Hand over one observation."""
        self._queue.put(observation)

    def flush(self) -> None:
        """Wait until everything has arrived.

        Raises:
            AgentError: something could not be delivered.
        """
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        ended = False
        while not ended:
            batch: list[str] = []
            with contextlib.suppress(queue.Empty):
                item = self._queue.get(timeout=self._SECONDS_BETWEEN_SIGNS)
                while item is not None:
                    batch.append(item.to_json())
                    if self._is_full(batch) or self._queue.empty():
                        break
                    item = self._queue.get()
                ended = item is None
            if self._error is None and (batch or not ended):
                self._deliver(batch)

    def _is_full(self, batch: list[str]) -> bool:
        return len(batch) == self._BATCH or sum(map(len, batch)) > self._LARGEST

    def _deliver(self, batch: list[str]) -> None:
        body = f'{{"observations":[{",".join(batch)}]}}'
        try:
            answer = self._client.post("/api/student/observations", body)
        except AgentError as error:
            self._error, self.stopped = error, True
        else:
            self.stopped = self.stopped or answer.next_action == "stop"
