"""The contract in files is that of the code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.routing import Route, WebSocketRoute
from tests.loop.host import a_run
from tests.loop.outputs import at
from websockets.asyncio.client import connect

from smile.loop.exchange import Exchange
from smile.loop.feed import BUFFERED, Feed
from smile.loop.messages import Message
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.contract import asyncapi, openapi, texts
from smile.wire.events import ErrorPayload

SCHEMA = Path(__file__).parents[2] / "schema"

EVERYTHING = """
if role == "mentor": answer()
elif iteration == 1: see(*map(str, range(30))); ask()
else: os.kill(os.getpid(), 9)
"""
"""Iterations, answers, many observations at once, and a fault of ours at the end."""


@pytest.mark.parametrize("name", texts())
def test_the_document_checked_in_is_the_one_made_from_the_code(name: str) -> None:
    assert (SCHEMA / name).read_text(encoding="utf-8") == texts()[name], (
        "run python -m smile.server.contract"
    )


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


@pytest.mark.parametrize("document", [openapi(), asyncapi()], ids=["openapi", "asyncapi"])
def test_every_reference_leads_to_something_and_everything_is_used(document: Any) -> None:
    used = set(references(document))
    for reference in used:
        place = document
        for key in reference.removeprefix("#/").split("/"):
            place = place[key]
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert schemas <= used


def test_every_route_is_described_and_nothing_else() -> None:
    app = create_app(Exchange(new_token=lambda: ""), lambda: initial("run1", at(0)))
    http = {route.path: route.methods for route in app.routes if isinstance(route, Route)}
    described = {
        path: {method.upper() for method in operations}
        for path, operations in openapi()["paths"].items()
    }
    assert {path: (methods or set()) - {"HEAD"} for path, methods in http.items()} == described
    sockets = {route.path for route in app.routes if isinstance(route, WebSocketRoute)}
    assert {channel["address"] for channel in asyncapi()["channels"].values()} == sockets


def problem(message: Any) -> str:
    """What is wrong with it according to the AsyncAPI document; empty when nothing."""
    document = asyncapi()
    payload = document["components"]["messages"][message["event"]]["payload"]
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [payload]}
    validator = jsonschema.Draft7Validator(schema | {"components": document["components"]})
    return "; ".join(error.message for error in validator.iter_errors(message))


async def test_what_a_real_run_tells_is_as_described(tmp_path: Path) -> None:
    async with a_run(tmp_path, EVERYTHING) as run:
        url = f"{run.url.replace('http', 'ws')}/ws?token={run.exchange.observer_token}"
        async with connect(url, proxy=None) as socket:
            connected = json.loads(await socket.recv())
            going = asyncio.ensure_future(run.go())
            messages = [connected, *[json.loads(text) async for text in socket]]
            await going
        async with connect(url, proxy=None) as socket:
            messages += [json.loads(text) async for text in socket]
    assert {message["event"]: problem(message) for message in messages} == dict.fromkeys(
        asyncapi()["components"]["messages"].keys() - {"dropped"}, ""
    )
    assert any("earlier" in message["payload"] for message in messages)
    assert messages[-1]["payload"]["state"]["mentorNotes"]


async def test_what_a_slow_observer_is_told_is_as_described() -> None:
    feed = Feed()
    with feed.subscribe() as client:
        for _ in range(BUFFERED + 1):
            feed.publish(Message("error", ErrorPayload(message="boom", timestamp=at(0))))
        dropped = json.loads(await client.next() or "")
    assert (dropped["event"], problem(dropped)) == ("dropped", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "connected", "payload": {}},
        {"event": "dropped", "payload": {"count": 0}},
        {"event": "observation", "payload": {"type": "other"}},
        {"event": "error", "message": "boom"},
    ],
)
def test_the_description_tells_right_from_wrong(wrong: Any) -> None:
    assert problem(wrong)
