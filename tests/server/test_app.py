from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.loop.outputs import at, command

from smile.errors import ServerError
from smile.loop.exchange import Exchange
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.endpoints import BODY_LIMIT
from smile.server.serve import serving
from smile.wire import LoopState, Observation, Role, Status

STATE = initial("run1", at(0))
NOW = "2030-01-01T00:00:00Z"
COMPLETED = {
    "studentOutput": {
        "status": "completed",
        "currentStep": "1",
        "attemptedActions": [],
        "summary": "done",
    },
    "timestamp": NOW,
}
ANSWER = {"mentorOutput": "install make", "timestamp": NOW}


@dataclass
class Api:
    exchange: Exchange
    port: int
    client: httpx.AsyncClient

    async def post(self, path: str, token: str, **fields: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **fields.pop("headers", {})}
        return await self.client.post(path, headers=headers, **fields)


@asynccontextmanager
async def an_api(state: LoopState = STATE) -> AsyncIterator[Api]:
    exchange = Exchange()
    async with (
        serving(lambda: create_app(exchange, lambda: state)) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client,
    ):
        yield Api(exchange, server.port, client)


async def raw(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read(65536)
    writer.close()
    return answer


async def test_results_are_taken_from_the_right_role() -> None:
    async with an_api() as api:
        student = api.exchange.open(Role.STUDENT, 1)
        answer = await api.post("/api/student/result", student.token, json=COMPLETED)
        assert (answer.status_code, answer.json()) == (
            200,
            {"acknowledged": True, "nextAction": "continue"},
        )
        mentor = api.exchange.open(Role.MENTOR, 1)
        answer = await api.post("/api/mentor/result", mentor.token, json=ANSWER)
        assert answer.status_code == 200
        assert student.result.done()
        assert mentor.result.done()


async def test_snake_case_is_taken_too() -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        body = {
            "student_output": {
                "status": "cannot_complete",
                "current_step": "1",
                "attempted_actions": [],
                "summary": "s",
                "reason": "r",
            },
            "timestamp": NOW,
        }
        answer = await api.post("/api/student/result", phase.token, json=body)
        assert answer.status_code == 200


async def test_observations_reach_the_loop_and_stop_is_passed_on() -> None:
    async with an_api() as api:
        seen: list[Observation] = []
        phase = api.exchange.open(Role.STUDENT, 1, sink=seen.extend)
        body = {"observations": [json.loads(command().to_json())]}
        answer = await api.post("/api/student/observations", phase.token, json=body)
        assert answer.json() == {"acknowledged": True, "nextAction": "continue"}
        assert seen == [command()]
        api.exchange.request_stop("enough")
        answer = await api.post("/api/student/observations", phase.token, json={"observations": []})
        assert answer.json()["nextAction"] == "stop"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "studentOutput: Field required"),
        ({**COMPLETED, "timestamp": "yesterday"}, "timestamp"),
        (
            {
                **COMPLETED,
                "studentOutput": {**COMPLETED["studentOutput"], "status": "ask_mentor"},  # type: ignore[dict-item]
            },
            "questionForMentor is required",
        ),
        ([], "object"),
    ],
)
async def test_an_invalid_body_is_400_and_says_what_is_wrong(body: Any, said: str) -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        answer = await api.post("/api/student/result", phase.token, json=body)
        assert answer.status_code == 400
        assert list(answer.json()) == ["error"]
        assert said in answer.json()["error"]
        assert not phase.result.done()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"'])
async def test_what_is_no_json_is_400(content: bytes) -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        headers = {"Content-Type": "application/json"}
        answer = await api.post(
            "/api/student/result", phase.token, content=content, headers=headers
        )
        assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize(
    ("number", "status"), [("1", 200), ("1.0", 200), ("1e0", 200), ("1.5", 400), ('"1"', 400)]
)
async def test_an_integer_is_what_json_calls_one(number: str, status: int) -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        seen = command().to_json().replace('"line":1', f'"line":{number}')
        answer = await api.post(
            "/api/student/observations",
            phase.token,
            content=f'{{"observations": [{seen}]}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "wrong",
    [{"timestamp": 5}, {"mentorOutput": 1}, {"resolvable": 1}, {"remedy": {"line": 1}}, {"x": 1}],
)
async def test_nothing_is_converted(wrong: dict[str, Any]) -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.MENTOR, 1)
        answer = await api.post("/api/mentor/result", phase.token, json=ANSWER | wrong)
        assert answer.status_code == (200 if "x" in wrong else 400)


async def test_a_number_that_json_can_not_hold_is_400() -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        seen = command().to_json().replace('"seconds":0.0', '"seconds":NaN')
        assert "NaN" in seen
        content = f'{{"observations": [{seen}]}}'
        headers = {"Content-Type": "application/json"}
        answer = await api.post(
            "/api/student/observations", phase.token, content=content, headers=headers
        )
        assert answer.status_code == 400


async def test_another_content_type_is_415() -> None:
    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1)
        answer = await api.post("/api/student/result", phase.token, content=json.dumps(COMPLETED))
        assert answer.status_code == 415
        headers = {"Content-Type": "text/plain"}
        answer = await api.post("/api/student/result", phase.token, content=b"{}", headers=headers)
        assert (answer.status_code, list(answer.json())) == (415, ["error"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/student/result"),
        ("POST", "/api/student/observations"),
        ("POST", "/api/mentor/result"),
        ("POST", "/api/stop"),
        ("GET", "/api/status"),
    ],
)
async def test_who_may_call_is_decided_before_the_body_is_read(method: str, path: str) -> None:
    async with an_api() as api:
        student = api.exchange.open(Role.STUDENT, 1).token
        mentor = api.exchange.open(Role.MENTOR, 1).token
        wrong = mentor if "student" in path else student
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer"}, 401),
            ({"Authorization": "Bearer guess"}, 401),
            ({"Authorization": f"Basic {api.exchange.observer_token}"}, 401),
            ({"Authorization": f"Bearer {wrong}"}, 403),
        ):
            answer = await api.client.request(method, path, headers=headers, content=b"junk")
            assert (answer.status_code, list(answer.json())) == (status, ["error"])


async def test_a_past_iteration_is_403_and_a_turn_that_is_over_503() -> None:
    async with an_api() as api:
        old = api.exchange.open(Role.STUDENT, 1).token
        current = api.exchange.open(Role.STUDENT, 2).token
        assert (await api.post("/api/student/result", old, json=COMPLETED)).status_code == 403
        api.exchange.end()
        assert (await api.post("/api/student/result", current, json=COMPLETED)).status_code == 503


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
async def test_a_body_that_is_too_large_is_413(declared: bool) -> None:
    content = b'{"mentorOutput": "' + b"x" * BODY_LIMIT + b'"}'

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65536):
            yield content[start : start + 65536]

    async with an_api() as api:
        phase = api.exchange.open(Role.MENTOR, 1)
        answer = await api.post(
            "/api/mentor/result",
            phase.token,
            content=content if declared else stream(),
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, list(answer.json())) == (413, ["error"])
        assert not phase.result.done()


async def test_the_status_is_the_whole_state_in_camel_case() -> None:
    async with an_api() as api:
        headers = {"Authorization": f"bearer {api.exchange.observer_token}"}
        answer = await api.client.get("/api/status", headers=headers)
        assert LoopState.model_validate(answer.json()) == STATE
        assert answer.json()["mentorNotes"] == []


async def test_a_stop_tells_whether_it_stopped_the_run() -> None:
    async with an_api(STATE.model_copy(update={"status": Status.COMPLETED})) as api:
        api.exchange.end()
        answer = await api.post("/api/stop", api.exchange.observer_token, json={"reason": "x"})
        assert answer.json()["stopped"] is False
        assert answer.json()["finalState"]["status"] == "completed"
        answer = await api.post("/api/stop", api.exchange.observer_token, json={"reason": 1})
        assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/api", "/api/status/x"])
async def test_there_is_nothing_else(path: str) -> None:
    async with an_api() as api:
        answer = await api.client.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["error"])


async def test_a_wrong_method_is_405_with_the_same_shape_and_says_what_is_right() -> None:
    async with an_api() as api:
        answer = await api.client.get("/api/stop")
        assert (answer.status_code, list(answer.json())) == (405, ["error"])
        assert answer.headers["Allow"] == "POST"


async def test_a_401_says_how_to_authenticate() -> None:
    async with an_api() as api:
        answer = await api.client.get("/api/status")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:1", 200),
        ("127.8.9.1", 200),
        ("[::1]:80", 200),
        ("LOCALHOST:99", 200),
        ("host.docker.internal:1234", 200),
        ("172.17.0.1:8765", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.1.5", 403),
        ("evil@localhost@evil.example", 403),
        ("[", 403),
        ("", 403),
    ],
)
async def test_only_known_names_of_this_server_are_answered(host: str, status: int) -> None:
    async with an_api() as api:
        api.exchange.admit_host("172.17.0.1")
        headers = {"Authorization": f"Bearer {api.exchange.observer_token}", "Host": host}
        answer = await api.client.get("/api/status", headers=headers)
        assert answer.status_code == status


async def test_a_request_without_a_host_is_400() -> None:
    async with an_api() as api:
        assert b" 400 " in await raw(api.port, b"GET /api/status HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "https://{}"]
)
async def test_requests_from_another_page_are_refused(origin: str) -> None:
    async with an_api() as api:
        host = f"127.0.0.1:{api.port}"
        headers = {"Authorization": f"Bearer {api.exchange.observer_token}"}
        own = await api.client.get("/api/status", headers={**headers, "Origin": f"http://{host}"})
        assert own.status_code == 200
        foreign = {**headers, "Origin": origin.format(host)}
        answer = await api.client.get("/api/status", headers=foreign)
        assert (answer.status_code, list(answer.json())) == (403, ["error"])


async def test_a_preflight_of_another_page_is_refused_and_nothing_is_allowed() -> None:
    async with an_api() as api:
        for origin, status in (("http://evil.example", 403), (f"http://127.0.0.1:{api.port}", 405)):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = await api.client.options("/api/stop", headers=asked)
            assert (answer.status_code, list(answer.json())) == (status, ["error"])
            assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_fault_in_the_loop_is_a_500_that_tells_no_details() -> None:
    def broken(_: object) -> None:
        raise RuntimeError("secret detail")

    async with an_api() as api:
        phase = api.exchange.open(Role.STUDENT, 1, sink=broken)
        body = {"observations": [json.loads(command().to_json())]}
        answer = await api.post("/api/student/observations", phase.token, json=body)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert isinstance(phase.result.exception(), RuntimeError)


async def test_a_port_that_is_taken_gives_a_free_one() -> None:
    exchange = Exchange()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        async with serving(lambda: create_app(exchange, lambda: STATE), wanted) as server:
            assert server.port != wanted
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{server.port}/api/status")
                assert answer.status_code == 401
    async with serving(lambda: create_app(exchange, lambda: STATE), wanted) as server:
        assert server.port == wanted


async def test_the_server_stops_soon_although_clients_keep_their_connections() -> None:
    async with an_api() as api:
        await api.client.get("/api/status")
        began = time.monotonic()
    assert time.monotonic() - began < 9
    with pytest.raises(ConnectionRefusedError):
        await raw(api.port, b"")


async def test_who_connects_while_the_application_is_loaded_is_served_when_it_is() -> None:
    go = threading.Event()

    def slow() -> Starlette:
        go.wait(30)
        return create_app(Exchange(), lambda: STATE)

    async with serving(slow) as server, httpx.AsyncClient() as client:
        asking = asyncio.ensure_future(client.get(f"http://127.0.0.1:{server.port}/api/status"))
        await asyncio.sleep(0.2)
        assert not asking.done()
        go.set()
        assert (await asking).status_code == 401


async def test_an_application_that_does_not_load_turns_callers_away_and_is_told_at_the_end() -> (
    None
):
    def broken() -> Starlette:
        raise RuntimeError("no such module")

    async def call_until_refused() -> None:
        async with serving(broken) as server, asyncio.timeout(20):
            while True:
                try:
                    await raw(server.port, b"GET / HTTP/1.1\r\n\r\n")
                except OSError:
                    return

    with pytest.raises(ServerError, match="did not start") as raised:
        await call_until_refused()
    assert str(raised.value.__cause__) == "no such module"
