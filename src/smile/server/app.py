"""The orchestrator's HTTP API: takes requests in, leaves every decision to the exchange."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from smile.errors import SmileError
from smile.loop.exchange import Exchange, Refused, Unauthorized
from smile.server import endpoints
from smile.server.endpoints import Body, Caller, Command, Query
from smile.server.guard import Guard
from smile.server.stream import stream
from smile.wire import (
    LoopState,
    MentorResult,
    Observations,
    Role,
    Status,
    StopAnswer,
    StopRequest,
    StudentResult,
    Wire,
)

BODY_SECONDS = 30.0
_DRAIN_LIMIT = 16 * 1024**2
"""How much of a body that is too large is read, so that its sender gets to see the answer."""
_STOP_SECONDS = 3.0


def create_app(
    exchange: Exchange, status: Callable[[], LoopState], *, body_seconds: float = BODY_SECONDS
) -> Starlette:
    """The API of one run; ``status`` gives the state as of now."""
    api = _Api(exchange, status, body_seconds)
    app = Starlette(
        routes=api.routes(),
        middleware=[Middleware(Guard, hosts=lambda: exchange.hosts)],
        exception_handlers={
            Refused: _refused,
            SmileError: _fault,
            HTTPException: _http_error,
            Exception: _fault,
        },
    )
    app.router.redirect_slashes = False
    return app


class _Api:
    """What each endpoint does."""

    def __init__(
        self, exchange: Exchange, status: Callable[[], LoopState], body_seconds: float
    ) -> None:
        self._exchange = exchange
        self._status = status
        self._body_seconds = body_seconds

    def routes(self) -> list[Route | WebSocketRoute]:
        return [
            self._command(endpoints.STUDENT_RESULT, self._student_result),
            self._command(endpoints.STUDENT_OBSERVATIONS, self._student_observations),
            self._command(endpoints.MENTOR_RESULT, self._mentor_result),
            self._query(endpoints.STATUS, self._status),
            self._command(endpoints.STOP, self._stop),
            *(WebSocketRoute(path, self._observe) for path in endpoints.WEBSOCKETS),
        ]

    def _command(
        self, endpoint: Command[Body], act: Callable[[str, Body, int], Awaitable[Wire]]
    ) -> Route:
        """Who calls is checked before a byte of the body is read."""

        async def handle(request: Request) -> Response:
            token = bearer(request)
            self._check(token, endpoint.caller)
            body, size = await self._read(request, endpoint)
            return _json(await act(token, body, size))

        return Route(endpoint.path, handle, methods=["POST"])

    def _query(self, endpoint: Query, tell: Callable[[], Wire]) -> Route:
        async def handle(request: Request) -> Response:
            self._check(bearer(request), endpoint.caller)
            return _json(tell())

        return Route(endpoint.path, handle, methods=["GET"])

    def _check(self, token: str, caller: Caller) -> None:
        if caller is Caller.OBSERVER:
            self._exchange.check_observer(token)
        else:
            self._exchange.check_role(token, Role(caller))

    async def _read(self, request: Request, endpoint: Command[Body]) -> tuple[Body, int]:
        """The body as a value, and its size. Raises 400, 408, 413 or 415."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPException(415, "the body must be application/json")
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _limited(request, endpoint.limit)
        except TimeoutError:
            raise HTTPException(408, "the body did not arrive in time") from None
        try:
            return _parsed(endpoint.body, body), len(body)
        except ValidationError as error:
            raise HTTPException(400, _explained(error)) from None

    async def _student_result(self, token: str, body: StudentResult, _: int) -> Wire:
        return self._exchange.accept_result(token, Role.STUDENT, body)

    async def _student_observations(self, token: str, body: Observations, size: int) -> Wire:
        return self._exchange.accept_observations(token, body.observations, size)

    async def _mentor_result(self, token: str, body: MentorResult, _: int) -> Wire:
        return self._exchange.accept_result(token, Role.MENTOR, body)

    async def _stop(self, _: str, body: StopRequest, __: int) -> Wire:
        self._exchange.request_stop(body.reason)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._exchange.ended.wait()
        state = self._status()
        return StopAnswer(stopped=state.status is Status.STOPPED, final_state=state)

    async def _observe(self, websocket: WebSocket) -> None:
        try:
            token = bearer(websocket) or websocket.query_params.get("token", "")
            self._exchange.check_observer(token)
        except Refused as error:
            await websocket.send_denial_response(_refusal(error))
            return
        await stream(websocket, self._exchange.feed, self._status)


def bearer(connection: Request | WebSocket) -> str:
    """The token of the Authorization header; empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _parsed(model: type[Body], body: bytes) -> Body:
    """Nothing is converted: ``"1"`` is no number. Raises ``ValidationError``."""
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        if all(problem["type"] != "int_type" for problem in error.errors()):
            raise
    # JSON has one kind of number: 1.0 is an integer, though not to pydantic.
    whole = json.dumps(json.loads(body, parse_float=_number))
    return model.model_validate_json(whole, strict=True)


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


async def _limited(request: Request, limit: int) -> bytes:
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > _DRAIN_LIMIT:
            break
    if size > limit:
        raise HTTPException(413, f"the body is larger than {limit} bytes")
    return bytes(body)


def _explained(error: ValidationError) -> str:
    """What is wrong with the first few fields; their values are not repeated."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    told = []
    for problem in problems[:3]:
        place = ".".join(str(part) for part in problem["loc"])
        told.append(f"{place}: {problem['msg']}" if place else problem["msg"])
    return "; ".join(told)


def _json(value: Wire) -> Response:
    return Response(value.to_json(), media_type="application/json")


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    content = json.dumps({"error": message}, ensure_ascii=False)
    return Response(content, status, headers, media_type="application/json")


def _refusal(error: Refused) -> Response:
    # RFC 9110, section 11.6.1: a 401 says how to authenticate.
    challenge = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthorized) else None
    return _error(error.status, error.message, challenge)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _refusal(error)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(error.status_code, str(error.detail), error.headers)


async def _fault(_: Request, error: Exception) -> Response:
    return _error(500, f"a fault of SMILE: {type(error).__name__}")
