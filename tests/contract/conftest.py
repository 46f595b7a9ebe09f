"""The engines that the contract is held against: a new one is one more entry of ``SUBJECTS``."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from tests.sandbox.machines import IMAGE, client, of_run, volumes_of_run

from smile.gateway.egress import EgressProxy
from smile.sandbox import cgroups
from smile.sandbox.base import Engine, Sandbox, Spec
from smile.sandbox.docker import DockerEngine
from smile.sandbox.local import LocalEngine


@dataclass(frozen=True, slots=True)
class Subject:
    """An engine and an image that it can open everywhere."""

    name: str
    make: Callable[[], Engine]
    image: str
    mark: pytest.MarkDecorator
    left: Callable[[str], Awaitable[list[str]]]
    """What is still there of a run."""
    needs: str = ""
    """The fixture that makes it possible."""


async def _left_local(run_id: str) -> list[str]:
    return cgroups.of(run_id)


async def _left_docker(run_id: str) -> list[str]:
    async with client() as docker:
        containers = [container["Name"] for container in await of_run(docker, run_id)]
        return containers + await volumes_of_run(docker, run_id)


SUBJECTS = (
    Subject(
        "local",
        lambda: LocalEngine(lambda upstream: EgressProxy(upstream).serve),
        "host",
        pytest.mark.namespaces,
        _left_local,
    ),
    Subject("docker", DockerEngine, IMAGE, pytest.mark.docker, _left_docker, "docker_host"),
)

FILES = {"tutorial.md": b"# Hello\n", "images/a.png": b"\x89PNG\r\n\x1a\n\0\xff"}


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """Something on the author's loopback, and what it answered with."""

    port: int
    answer: bytes


@asynccontextmanager
async def serving(answer: bytes, host: str = "127.0.0.1") -> AsyncIterator[Orchestrator]:
    """A small HTTP server that counts as the orchestrator, or as a stranger."""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, host, 0)
    async with server:
        yield Orchestrator(server.sockets[0].getsockname()[1], answer)


@pytest.fixture(params=[pytest.param(s, id=s.name, marks=s.mark) for s in SUBJECTS])
async def subject(request: pytest.FixtureRequest) -> Subject:
    found: Subject = request.param
    if found.needs:
        request.getfixturevalue(found.needs)
    if why := await found.make().why_not(found.image):
        pytest.skip(why)
    return found


@pytest.fixture
def engine(subject: Subject) -> Engine:
    return subject.make()


@pytest.fixture
async def orchestrator() -> AsyncIterator[Orchestrator]:
    async with serving(b"the orchestrator") as found:
        yield found


@pytest.fixture
def spec(subject: Subject, orchestrator: Orchestrator, request: pytest.FixtureRequest) -> Spec:
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)[:40].strip("-").lower()
    plain = Spec(f"contract-{name}", subject.image, FILES, orchestrator.port)
    limits = getattr(request, "param", None)
    return replace(plain, limits=limits) if limits else plain


@pytest.fixture
async def sandbox(engine: Engine, spec: Spec) -> AsyncIterator[Sandbox]:
    async with engine.open(spec) as opened:
        yield opened
