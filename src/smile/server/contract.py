"""The contract in files: OpenAPI of the HTTP API, AsyncAPI of the WebSocket, made from the code.

``python -m smile.server.contract [DIRECTORY]`` writes ``openapi.json`` and ``asyncapi.json``, by
default into ``schema/``. Nothing of this is loaded while a run goes on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from smile import __version__
from smile.server import endpoints
from smile.server.endpoints import Caller, Command, Query
from smile.wire import ErrorAnswer, Observation, Wire
from smile.wire.events import (
    CoalescedPayload,
    ConnectedPayload,
    DroppedPayload,
    ErrorPayload,
    IterationStartPayload,
    LoopCompletePayload,
    MentorOutputPayload,
    StudentOutputPayload,
)

__all__ = ["asyncapi", "openapi", "texts"]

Json = dict[str, Any]

_ENDPOINTS: Final[tuple[Query | Command[Any], ...]] = (
    endpoints.STUDENT_RESULT,
    endpoints.STUDENT_OBSERVATIONS,
    endpoints.MENTOR_RESULT,
    endpoints.STATUS,
    endpoints.STOP,
)
_ERRORS: Final = {
    400: "The body is not what it should be, or there is not exactly one Host header.",
    401: "No token, or none of this run.",
    403: "Another role's token, or that of an iteration that is over; "
    "a Host or Origin header of somebody else.",
    408: "The body did not arrive within 30 seconds.",
    413: "The body is larger than {limit:,} bytes.",
    415: "The body is not application/json.",
    500: "A bug of SMILE.",
    503: "The right token, but the loop is not waiting for this now.",
}
_TOKENS: Final = {
    Caller.STUDENT: "The Student's: made for one iteration, known to its wrapper only.",
    Caller.MENTOR: "The Mentor's: made for one answer, known to its wrapper only.",
    Caller.OBSERVER: "The observer's: good for the whole run.",
}
_EVENTS: Final[dict[str, type[Wire]]] = {
    "connected": ConnectedPayload,
    "iteration_start": IterationStartPayload,
    "student_output": StudentOutputPayload,
    "mentor_output": MentorOutputPayload,
    "observation": CoalescedPayload,
    "error": ErrorPayload,
    "loop_complete": LoopCompletePayload,
    "dropped": DroppedPayload,
}
_SERVER: Final = "What the orchestrator of one run offers on 127.0.0.1 while the run goes on."


class _Schema(GenerateJsonSchema):
    """Leaves out the titles that would only repeat the names of the fields."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base's name
        return False


def openapi() -> Json:
    """The OpenAPI 3.1 document of the HTTP API."""
    models: set[type[Wire]] = {ErrorAnswer, *(each.answer for each in _ENDPOINTS)}
    models.update(each.body for each in _ENDPOINTS if isinstance(each, Command))
    return {
        "openapi": "3.1.0",
        "info": {"title": "SMILE Loop", "version": __version__, "description": _SERVER},
        "servers": [{"url": "http://127.0.0.1:{port}", "variables": {"port": {"default": "8000"}}}],
        "paths": {each.path: _path(each) for each in _ENDPOINTS},
        "components": {
            "schemas": _schemas(models),
            "securitySchemes": {
                caller.value: {"type": "http", "scheme": "bearer", "description": text}
                for caller, text in _TOKENS.items()
            },
        },
    }


def _path(endpoint: Query | Command[Any]) -> Json:
    operation: Json = {
        "operationId": endpoint.path.removeprefix("/api/").replace("/", "_"),
        "summary": endpoint.does,
        "security": [{endpoint.caller.value: []}],
        "responses": {"200": _content(endpoint.answer, "Done.")} | _errors(endpoint),
    }
    if isinstance(endpoint, Query):
        return {"get": operation}
    body = _content(endpoint.body, f"At most {endpoint.limit:,} bytes.")
    return {"post": operation | {"requestBody": body | {"required": True}}}


def _errors(endpoint: Query | Command[Any]) -> Json:
    statuses = {400, 401, 403, 500}
    limit = 0
    if isinstance(endpoint, Command):
        statuses |= {408, 413, 415}
        limit = endpoint.limit
        if endpoint.caller is not Caller.OBSERVER:
            statuses.add(503)
    return {
        str(status): _content(ErrorAnswer, text.format(limit=limit))
        for status, text in _ERRORS.items()
        if status in statuses
    }


def _content(model: type[Wire], description: str) -> Json:
    schema = {"$ref": _ref(model.__name__)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def asyncapi() -> Json:
    """The AsyncAPI 3.0 document of the WebSocket."""
    messages = {event: {"$ref": f"#/components/messages/{event}"} for event in _EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "SMILE Loop", "version": __version__, "description": _SERVER},
        "defaultContentType": "application/json",
        "servers": {
            "orchestrator": {
                "host": "127.0.0.1:{port}",
                "protocol": "ws",
                "variables": {"port": {"description": "The run says which."}},
                "security": [{"$ref": f"#/components/securitySchemes/{n}"} for n in _security()],
            }
        },
        "channels": {
            path.strip("/").replace("/", "_"): {"address": path, "messages": messages}
            for path in endpoints.WEBSOCKETS
        },
        "operations": {
            f"tell_{name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": "`connected` first, then what happens, in order; nothing is received.",
                "messages": [{"$ref": f"#/channels/{name}/messages/{e}"} for e in _EVENTS],
            }
            for name in (path.strip("/").replace("/", "_") for path in endpoints.WEBSOCKETS)
        },
        "components": {
            "messages": {event: _message(event) for event in _EVENTS},
            # A discriminator is a name in AsyncAPI, and the constants say the same.
            "schemas": _without_discriminators(_schemas(_EVENTS.values())),
            "securitySchemes": _security(),
        },
    }


def _security() -> Json:
    text = _TOKENS[Caller.OBSERVER]
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": text},
        "query": {"type": "httpApiKey", "in": "query", "name": "token", "description": text},
    }


def _message(event: str) -> Json:
    model = _EVENTS[event]
    payload: Json = {"$ref": _ref(model.__name__)}
    if model is CoalescedPayload:
        seen = TypeAdapter[Any](Observation).json_schema(ref_template=_ref("{model}"))
        payload = {"allOf": [{"oneOf": seen["oneOf"]}, payload]}
    return {
        "name": event,
        "summary": (model.__doc__ or "").partition("\n")[0],
        "payload": {
            "type": "object",
            "required": ["event", "payload"],
            "properties": {"event": {"const": event}, "payload": payload},
        },
    }


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def _schemas(models: Iterable[type[Wire]]) -> Json:
    _, made = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda each: each.__name__)],
        ref_template=_ref("{model}"),
        schema_generator=_Schema,
    )
    schemas: Json = made["$defs"]
    for schema in schemas.values():
        tag = schema.get("properties", {}).get("type", {})
        if "const" in tag:  # what tells the observations apart has a default for us only
            del tag["default"]
            schema["required"] = ["type", *schema["required"]]
    return schemas


def _without_discriminators(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_discriminators(v) for k, v in value.items() if k != "discriminator"}
    if isinstance(value, list):
        return [_without_discriminators(each) for each in value]
    return value


def texts() -> dict[str, str]:
    """Name of a file → what stands in it."""
    documents = {"openapi.json": openapi(), "asyncapi.json": asyncapi()}
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents.items()
    }


if __name__ == "__main__":
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "schema")
    for file, content in texts().items():
        (directory / file).write_text(content, encoding="utf-8")
