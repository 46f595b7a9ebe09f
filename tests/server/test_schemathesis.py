"""schemathesis reads the contract and looks for what breaks it, in a real server."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.loop.outputs import at

from smile.loop.exchange import Exchange
from smile.loop.state import initial
from smile.server.app import create_app
from smile.server.serve import serving
from smile.wire import Role

ROOT = Path(__file__).parents[2]
OBSERVER, WRAPPER = "observer", "wrapper"


@asynccontextmanager
async def waiting_for(role: Role) -> AsyncIterator[tuple[int, set[str]]]:
    """A server whose loop waits for this role, always again; its port, and what it was given."""
    exchange = Exchange(new_token=chain([OBSERVER], repeat(WRAPPER)).__next__)
    exchange.ended.set()  # nobody is there to be stopped
    given: set[str] = set()

    async def loop() -> None:
        while True:
            await exchange.open(role, 1, sink=lambda _: given.add("observations")).result
            given.add("results")

    looping = asyncio.ensure_future(loop())
    try:
        async with serving(lambda: create_app(exchange, lambda: initial("run1", at(0)))) as server:
            yield server.port, given
    finally:
        looping.cancel()


class Round(NamedTuple):
    """Whose turn it is, the paths that are tried, the token for each, and what is to be taken."""

    role: Role
    paths: str
    tokens: dict[str, str]
    phases: str
    taken: set[str]


ROUNDS = {
    "the Student's turn": Round(
        Role.STUDENT,
        "/",
        {"/api/student/": WRAPPER, "/": OBSERVER},
        "coverage,fuzzing",
        {"results", "observations"},
    ),
    "the Mentor's turn": Round(
        Role.MENTOR, "/api/mentor/", {"/": WRAPPER}, "coverage,fuzzing", {"results"}
    ),
    "no token of ours": Round(Role.STUDENT, "/", {"/": "guess"}, "fuzzing", set()),
}


@pytest.mark.parametrize("name", ROUNDS)
async def test_schemathesis_finds_nothing(name: str, tmp_path: Path) -> None:
    role, paths, tokens, phases, taken = ROUNDS[name]
    (tmp_path / "schemathesis.toml").write_text(
        "\n".join(
            f'[[operations]]\ninclude-path-regex = "{regex}"\n'
            f'headers = {{ Authorization = "Bearer {token}" }}'
            for regex, token in tokens.items()
        )
    )
    async with waiting_for(role) as (port, given):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", str(ROOT / "schema/openapi.json"), "--url", f"http://127.0.0.1:{port}"),
            *("--include-path-regex", paths, "--phases", phases, "--checks", "all"),
            *("--max-examples", "20", "--seed", "1", "--continue-on-failure", "--warnings", "off"),
            cwd=tmp_path,
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.server.schemathesis_hooks"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    assert re.search(rb"[1-9][0-9]* generated, [1-9][0-9]* passed", told)
    assert given == taken
