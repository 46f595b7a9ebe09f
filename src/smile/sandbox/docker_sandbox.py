"""One sandbox on a Docker engine: a container, a volume, and a way to the orchestrator."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiodocker import Docker, DockerError
from aiodocker.containers import DockerContainer

from smile.sandbox import recipes
from smile.sandbox.base import Exited, Machine, SandboxError, Spec
from smile.sandbox.bridge import Bridge
from smile.sandbox.container import (
    AGENT,
    CA_PATH,
    FOLDERS,
    KEPT_PATH,
    archive,
    container_config,
    name_of,
    settings,
)
from smile.sandbox.docker_api import (
    execute,
    remove_container,
    remove_volume,
    translated,
    uninterrupted,
    upload,
)
from smile.sandbox.filling import fill
from smile.sandbox.leftovers import remove_leftovers
from smile.sandbox.network import NO_PROXY, variables
from smile.sandbox.owner import Owner
from smile.sandbox.survey import PROBE, Survey

HOST = "host.docker.internal"
"""The author's machine, as a container of Docker Desktop sees it."""

NOT_FOUND = 127
ADD_BASH = "take another image, or make one of it that has bash (Alpine: RUN apk add bash)"


class DockerSandbox:
    """A container, the volume with its tutorial, and its way to the orchestrator."""

    def __init__(self, docker: Docker, engine: str, spec: Spec, *, kind: str) -> None:
        self._docker = docker
        self._engine = engine
        self._spec = spec
        self._me = Owner.me()
        self._bridge = Bridge(spec.port)
        self._container: DockerContainer | None = None
        self._ours = False
        self._started = ""
        self._runtime = ""
        self._machine = Machine(engine=kind, image=spec.image, distribution="")
        self._host = HOST
        self._port = spec.port

    @property
    def machine(self) -> Machine:
        """What it is."""
        return self._machine

    @property
    def url(self) -> str:
        """The relay on the engine's bridge, or Docker Desktop's name for the author's machine."""
        return f"http://{self._host}:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """Certificates and proxy of the author's network."""
        network = self._spec.network
        ca_path = CA_PATH if network.ca_bundle else ""
        return variables(network.proxy, ca_path, f"{NO_PROXY},{self._host},{HOST}")

    @property
    def agent(self) -> tuple[str, ...]:
        """Our wrapper, which the image need not carry."""
        return AGENT

    async def start(self) -> None:
        """Clear away what earlier runs left, then open: once, before anything else."""
        with translated("The sandbox could not be opened"):
            await remove_leftovers(self._docker, self._spec.run_id, self._me)
            self._runtime = (await asyncio.to_thread(recipes.runtime)).tag
            self._ours = True
            # An engine goes on with what a caller no longer waits for: what was cancelled half
            # way would appear after close() has looked for it.
            await uninterrupted(fill(self._docker, self._spec, self._me, self._runtime))
            network = await uninterrupted(self._begin())
            await self._open_way(network)
            survey = await self._look_around()
        self._machine = Machine(
            engine=self._machine.engine,
            image=self._spec.image,
            distribution=survey.distribution,
            version=self._engine,
            notes=survey.notes(self._spec.image),
        )

    async def reset(self) -> None:
        """Remove the container and start another: nothing of before can survive that."""
        container = self._living()
        with translated("The sandbox could not be reset"):
            await self._check(self._started)
            self._container = None
            await remove_container(container)
            self._admit(await uninterrupted(self._begin()))

    async def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", seconds: float | None = None
    ) -> Exited:
        """Run a program as root, with the image's own environment."""
        container, started = self._living(), self._started
        try:
            async with asyncio.timeout(seconds):
                with translated(f"{argv[0]} could not be run in the sandbox"):
                    exited = await execute(container, argv, stdin)
                    if exited.code:
                        await self._see_alive(container)
                    await self._check(started)
                    return exited
        except TimeoutError:
            await uninterrupted(self._kill_all())
            raise
        except asyncio.CancelledError as error:
            await uninterrupted(self._kill_after(error))
            raise

    async def close(self, *, keep: bool = False) -> str:
        """Remove container and volume, or leave both and tell how to enter the container."""
        await self._bridge.close()
        container, self._container = self._container, None
        if keep and container is not None and await self._keep(container):
            self._ours = False
            return f"docker exec -it {name_of(self._spec.run_id)} bash"
        if not self._ours:
            return ""
        with translated("The sandbox could not be removed"):
            if container is not None:
                await remove_container(container)
            await remove_volume(self._docker, name_of(self._spec.run_id))
        return ""

    # --- steps ----------------------------------------------------------------------------

    def _living(self) -> DockerContainer:
        if self._container is None:
            raise SandboxError("The sandbox is closed")
        return self._container

    async def _begin(self) -> dict[str, Any]:
        """Create and start a container; what it is on the engine's network is returned."""
        spec = self._spec
        config = container_config(spec, self._me, self._runtime)
        name = name_of(spec.run_id)
        self._container = container = await self._docker.containers.create(config, name=name)
        files = archive(settings(spec.network), now=time.time(), folders=FOLDERS)
        await upload(container, "/", files)
        await container.start()
        shown = await container.show()
        self._started = shown["State"]["StartedAt"]
        network: dict[str, Any] = next(iter(shown["NetworkSettings"]["Networks"].values()))
        return network

    async def _look_around(self) -> Survey:
        """What the machine has: no less than a newcomer needs to type commands."""
        container = self._living()
        lacks = f"The image {self._spec.image} has no bash, and a newcomer types commands into it"
        try:
            survey = Survey.read((await execute(container, PROBE, b"")).output)
        except DockerError as error:
            state = (await container.show())["State"]
            if state["ExitCode"] == NOT_FOUND:  # it has not even a program that waits
                raise SandboxError(lacks, ADD_BASH) from error
            raise
        if not survey.bash:
            raise SandboxError(lacks, ADD_BASH)
        return survey

    async def _open_way(self, network: dict[str, Any]) -> None:
        gateway = network["Gateway"]
        if not gateway:
            return  # it has ended already, as the next look at it will tell
        try:
            self._port = await self._bridge.listen(gateway)
            self._host = gateway
        except OSError:
            # Docker Desktop: the bridge is in its virtual machine, which forwards to our loopback.
            return
        self._admit(network)

    def _admit(self, network: dict[str, Any]) -> None:
        self._bridge.admit(network["IPAddress"])

    async def _see_alive(self, container: DockerContainer) -> None:
        """Was a program killed with its machine? The engine tells of a container's end later."""
        if (await execute(container, ("bash", "-c", ":"), b"")).code:
            raise SandboxError("The sandbox was stopped from outside")

    async def _check(self, started: str) -> None:
        """A program that was killed with its machine must not look like one that failed."""
        state = (await self._living().show())["State"]
        if started != self._started:
            raise SandboxError("The sandbox was reset, or its programs were killed, meanwhile")
        if not state["Running"] or state["StartedAt"] != started:
            raise SandboxError("The sandbox was stopped from outside")

    async def _kill_all(self) -> None:
        # The API can't kill what an exec started; a restart ends every process and keeps the files.
        container = self._living()
        with translated("The sandbox's programs could not be stopped"):
            await container.restart(t=0)
            shown = await container.show()
        self._started = shown["State"]["StartedAt"]
        self._admit(next(iter(shown["NetworkSettings"]["Networks"].values())))

    async def _kill_after(self, error: BaseException) -> None:
        try:
            await self._kill_all()
        except SandboxError as second:
            error.add_note(str(second))

    async def _keep(self, container: DockerContainer) -> bool:
        name = name_of(self._spec.run_id)
        text = f"Kept by SMILE. To remove it: docker rm -f {name} && docker volume rm {name}\n"
        with translated("The sandbox could not be kept"):
            running = bool((await container.show())["State"]["Running"])
            if running:
                content = archive({KEPT_PATH: text.encode()}, now=time.time())
                await upload(container, "/", content)
        return running
