from __future__ import annotations

import asyncio

import pytest
from tests.loop.outputs import at

from smile.agent.client import Client
from smile.errors import AgentError
from smile.loop.exchange import Exchange
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.connections import HttpConnection
from smile.server.serve import serving
from smile.wire import Role


class Hasty(HttpConnection):
    """Closes what is idle for a moment."""

    seconds = 0.2


async def test_a_connection_that_the_server_closed_meanwhile_is_no_failure_to_wait_for() -> None:
    pauses: list[float] = []
    exchange = Exchange()
    app = create_app(exchange, lambda: initial("run1", at(0)))
    async with serving(lambda: app, connection=Hasty) as server:
        token = exchange.open(Role.STUDENT, 1).token
        client = Client(f"http://127.0.0.1:{server.port}", token, sleep=pauses.append)
        for _ in range(2):
            path, body = "/api/student/observations", '{"observations": []}'
            answer = await asyncio.to_thread(client.post, path, body)
            assert answer.acknowledged
            await asyncio.sleep(0.6)
        client.close()
    assert pauses == []


async def test_a_server_that_is_not_there_is_tried_three_times() -> None:
    pauses: list[float] = []
    async with serving(lambda: create_app(Exchange(), lambda: initial("run1", at(0)))) as server:
        pass
    client = Client(f"http://127.0.0.1:{server.port}", "token", sleep=pauses.append)
    with pytest.raises(AgentError, match="ConnectionRefusedError"):
        client.post("/api/student/observations", "{}")
    assert pauses == [1, 2]
