"""The orchestrator's HTTP API: takes requests in, leaves every decision to the exchange."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from fastapi import FastAPI, HTTPException, Request, Response, WebSocket
from pydantic import ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from smile.loop.exchange import Exchange, Refused
from smile.server.guard import Guard
from smile.server.stream import stream
from smile.wire import (
    LoopState,
    MentorResult,
    Observations,
    Role,
    Status,
    StopRequest,
    StudentResult,
    Wire,
)

BODY_LIMIT = 1024**2
OBSERVATIONS_LIMIT = 4 * 1024**2
"""A hundred observations, each with its output."""
_DRAIN_LIMIT = 16 * 1024**2
"""How much of a body that is too large is read, so that its sender gets to see the answer."""
_BODY_SECONDS = 30.0
_STOP_SECONDS = 3.0

Body = TypeVar("Body", bound=Wire)


def create_app(exchange: Exchange, status: Callable[[], LoopState]) -> FastAPI:
    """The API of one run; ``status`` gives the state as of now."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, hosts=lambda: exchange.hosts)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(StarletteHTTPException, _http_error)
    app.add_exception_handler(Exception, _bug)
    _add_wrapper_routes(app, exchange)
    _add_observer_routes(app, exchange, status)
    return app


def _add_wrapper_routes(app: FastAPI, exchange: Exchange) -> None:
    @app.post("/api/student/result")
    async def student_result(request: Request) -> Response:
        token = bearer(request)
        exchange.check_role(token, Role.STUDENT)
        result, _ = await _read(request, StudentResult)
        return _json(exchange.accept_result(token, Role.STUDENT, result))

    @app.post("/api/mentor/result")
    async def mentor_result(request: Request) -> Response:
        token = bearer(request)
        exchange.check_role(token, Role.MENTOR)
        result, _ = await _read(request, MentorResult)
        return _json(exchange.accept_result(token, Role.MENTOR, result))

    @app.post("/api/student/observations")
    async def student_observations(request: Request) -> Response:
        token = bearer(request)
        exchange.check_role(token, Role.STUDENT)
        seen, size = await _read(request, Observations, OBSERVATIONS_LIMIT)
        return _json(exchange.accept_observations(token, seen.observations, size))


def _add_observer_routes(app: FastAPI, exchange: Exchange, status: Callable[[], LoopState]) -> None:
    @app.get("/api/status")
    async def get_status(request: Request) -> Response:
        exchange.check_observer(bearer(request))
        return _json(status())

    @app.post("/api/stop")
    async def stop(request: Request) -> Response:
        exchange.check_observer(bearer(request))
        body, _ = await _read(request, StopRequest)
        exchange.request_stop(body.reason)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await exchange.ended.wait()
        state = status()
        stopped = "true" if state.status is Status.STOPPED else "false"
        content = f'{{"stopped":{stopped},"finalState":{state.to_json()}}}'
        return Response(content, media_type="application/json")

    @app.websocket("/ws")
    @app.websocket("/ws/observe")
    async def observe(websocket: WebSocket) -> None:
        try:
            exchange.check_observer(bearer(websocket) or websocket.query_params.get("token", ""))
        except Refused as error:
            await websocket.send_denial_response(_error(error.status, error.message))
            return
        await stream(websocket, exchange.feed, status)


def bearer(connection: Request | WebSocket) -> str:
    """The token of the Authorization header; empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _read(request: Request, model: type[Body], limit: int = BODY_LIMIT) -> tuple[Body, int]:
    """The body as a value, and its size. Raises 400, 408, 413 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "the body must be application/json")
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _limited(request, limit)
    except TimeoutError:
        raise HTTPException(408, "the body did not arrive in time") from None
    try:
        return model.model_validate_json(body), len(body)
    except ValidationError as error:
        raise HTTPException(400, _explained(error)) from None


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


def _error(status: int, message: str) -> Response:
    content = json.dumps({"error": message}, ensure_ascii=False)
    return Response(content, status_code=status, media_type="application/json")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _error(error.status, error.message)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    return _error(error.status_code, str(error.detail))


async def _bug(_: Request, error: Exception) -> Response:
    return _error(500, f"a fault of SMILE: {type(error).__name__}")
