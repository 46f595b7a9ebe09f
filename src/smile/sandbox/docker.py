"""Sandboxes on a Docker engine, or on one that speaks its API.

The engine must be on this machine (its own socket, Docker Desktop's included): containers of a
remote one could not reach the orchestrator, which listens on the author's loopback only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiodocker import Docker

from smile.sandbox import recipes
from smile.sandbox.base import Sandbox, SandboxError, Spec
from smile.sandbox.docker_api import connect, translated, uninterrupted
from smile.sandbox.docker_sandbox import DockerSandbox
from smile.sandbox.images import Progress, inspected, pull
from smile.sandbox.leftovers import remove_leftovers, remove_run, remove_runtimes
from smile.sandbox.owner import Owner

BUILD_RUNTIME = "smile image build runtime"


class DockerEngine:
    """Opens sandboxes through the engine's API; ``progress`` hears of an image that is pulled."""

    name = "docker"

    def __init__(self, progress: Progress = lambda _: None) -> None:
        self._progress = progress

    async def why_not(self, image: str) -> str:
        """Why no sandbox of this image can be opened here, in a sentence; empty when it can.

        An image that is missing is pulled, but for those that are built here.
        """
        try:
            docker, _ = await connect(here=True)
        except SandboxError as error:
            return f"{error}. {error.hint}"
        try:
            with translated(f"Docker can't use the image {image}"):
                return await _why_not_image(docker, image, self._progress)
        except SandboxError as error:
            return str(error)
        finally:
            await docker.close()

    @asynccontextmanager
    async def open(self, spec: Spec) -> AsyncIterator[Sandbox]:
        """Open a fresh machine; leaving the context removes it unless it was kept."""
        docker, engine = await connect(here=True)
        try:
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

    async def clean(self) -> list[str]:
        """Remove what dead runs and removed images left on this engine, and tell what.

        What belongs to a run that may be alive, or was kept on purpose, stays.
        """
        docker, _ = await connect()
        try:
            with translated("What dead runs left could not be removed"):
                left = await remove_leftovers(docker, "", Owner.me())
                return left + await remove_runtimes(docker)
        finally:
            await docker.close()


async def _close(sandbox: DockerSandbox) -> None:
    await sandbox.close()


async def _close_after(error: BaseException, sandbox: DockerSandbox) -> None:
    try:
        await sandbox.close()
    except SandboxError as second:
        error.add_note(str(second))  # what went wrong first is what matters


async def _why_not_image(docker: Docker, image: str, progress: Progress) -> str:
    if await inspected(docker, image) is None:
        own = image.partition(":")[0]
        if own.startswith("smile-") and "/" not in own:
            what = {"smile-base": "", "smile-bare": " bare"}.get(own, " --from …")
            return f"The image {image} is not there: run `smile image build{what}`"
        with translated(f"The image {image} is not there and can't be fetched"):
            await pull(docker, image, progress)
    runtime = (await asyncio.to_thread(recipes.runtime)).tag
    if await inspected(docker, runtime) is None:
        return f"{runtime}, which SMILE needs beside {image}, is not there: run `{BUILD_RUNTIME}`"
    return ""
