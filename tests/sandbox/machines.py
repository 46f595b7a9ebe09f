"""Machines for tests of the Docker engine, and what stands beside them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiodocker import Docker
from tests.engine import MACHINE

from smile.sandbox.base import Network, Spec

IMAGE = MACHINE.tag
FILES = {"tutorial.md": b"# Hello\n", "images/logo.png": b"\x89PNG"}


def spec(
    *, image: str = IMAGE, port: int = 9, network: Network | None = None, run_id: str = ""
) -> Spec:
    """A machine of a run of its own; nothing listens on port 9."""
    return Spec(
        run_id=run_id or f"test-{uuid.uuid4().hex[:8]}",
        image=image,
        files=FILES,
        port=port,
        network=network or Network(),
    )


@asynccontextmanager
async def client() -> AsyncIterator[Docker]:
    """The engine, as another program sees it."""
    docker = Docker()
    try:
        yield docker
    finally:
        await docker.close()


async def of_run(docker: Docker, run_id: str) -> list[dict[str, Any]]:
    """The run's containers, whole."""
    wanted = json.dumps({"label": [f"dev.smile.run={run_id}"]})
    found = await docker.containers.list(all=True, filters=wanted)
    return [await container.show() for container in found]


async def volumes_of_run(docker: Docker, run_id: str) -> list[str]:
    """The names of the run's volumes."""
    volumes: Any = docker.volumes
    listed = await volumes.list(filters={"label": [f"dev.smile.run={run_id}"]})
    return [volume["Name"] for volume in listed["Volumes"] or ()]


@asynccontextmanager
async def orchestrator(answer: bytes = b"pong") -> AsyncIterator[int]:
    """Something that answers HTTP on the author's loopback; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
