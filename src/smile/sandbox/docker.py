"""Sandboxes on a Docker engine, or on one that speaks its API.

The engine must be on this machine (its own socket, Docker Desktop's included): containers of a
remote one could not reach the orchestrator, which listens on the author's loopback only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiodocker import Docker, DockerError

from smile.sandbox.base import Sandbox, SandboxError, Spec
from smile.sandbox.container import AGENT
from smile.sandbox.docker_api import connect, missing, translated, uninterrupted
from smile.sandbox.docker_sandbox import DockerSandbox
from smile.sandbox.leftovers import remove_run

ELSEWHERE = "The Docker engine is on another machine: its containers can't reach SMILE"


class DockerEngine:
    """Opens sandboxes through the engine's API."""

    name = "docker"

    async def why_not(self, image: str) -> str:
        """Why no sandbox of this image can be opened here, in a sentence; empty when it can.

        An image that is missing is pulled when its name says from whom ("company/learner"): a
        bare name that nobody built here would be a stranger's.
        """
        try:
            docker, _ = await connect()
        except SandboxError as error:
            return f"{error}. {error.hint}"
        try:
            if not local(docker):
                return ELSEWHERE
            with translated(f"Docker can't use the image {image}"):
                return await _why_not_image(docker, image)
        except SandboxError as error:
            return str(error)
        finally:
            await docker.close()

    @asynccontextmanager
    async def open(self, spec: Spec) -> AsyncIterator[Sandbox]:
        """Open a fresh machine; leaving the context removes it unless it was kept."""
        docker, engine = await connect()
        try:
            if not local(docker):
                raise SandboxError(ELSEWHERE, "Unset DOCKER_HOST, or use this machine's engine")
            sandbox = DockerSandbox(docker, engine, spec, kind=self.name)
            try:
                await sandbox.start()
                yield sandbox
            except BaseException as error:
                await uninterrupted(_close_after(error, sandbox))
                raise
            await uninterrupted(_close(sandbox))
        finally:
            await docker.close()

    async def remove(self, run_id: str) -> None:
        """Remove a dead run's containers and its volume, found by their label."""
        docker, _ = await connect()
        try:
            with translated(f"What run {run_id} left could not be removed"):
                await remove_run(docker, run_id)
        finally:
            await docker.close()


async def _close(sandbox: DockerSandbox) -> None:
    await sandbox.close()


async def _close_after(error: BaseException, sandbox: DockerSandbox) -> None:
    try:
        await sandbox.close()
    except SandboxError as second:
        error.add_note(str(second))  # what went wrong first is what matters


def local(docker: Docker) -> bool:
    """Whether the engine runs on this machine: a socket of its own, or the loopback address."""
    if isinstance(docker.connector, aiohttp.UnixConnector):
        return type(docker.connector) is aiohttp.UnixConnector  # a subclass goes through ssh
    host = docker.docker_host.partition("://")[2].rpartition(":")[0]
    return host in {"localhost", "127.0.0.1", "[::1]"}


async def _why_not_image(docker: Docker, image: str) -> str:
    try:
        found = await docker.images.inspect(image)
    except DockerError as error:
        if not missing(error):
            raise
        if "/" not in image:
            own = image.partition(":")[0] == "smile-base"
            command = "smile image build" if own else f"smile image build --from {image}"
            return f"The image {image} is not there: run `{command}`"
        await docker.images.pull(image)
        found = await docker.images.inspect(image)
    if AGENT not in ((found.get("Config") or {}).get("Labels") or {}):
        return (
            f"The image {image} lacks SMILE's wrapper: run `smile image build --from {image}` "
            "and use the image that it makes"
        )
    return ""
