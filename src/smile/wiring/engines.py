"""Which engine opens the newcomer's machine, and why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, assert_never

from smile.config import SandboxKind
from smile.errors import SandboxError
from smile.sandbox.base import Engine, Sandbox, Spec

__all__ = ["INSTALL", "Choice", "choose", "docker", "local", "named"]

INSTALL: Final = (
    "install Docker (Debian, Ubuntu: apt install docker.io; else docs.docker.com/get-docker), "
    "start it, and see `smile doctor`"
)


Say = Callable[[str], None]
"""Is told what takes a while."""


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, and why this one: empty when it was asked for.

    Whether ``local`` can be used shows when it is: ``refusal`` then begins the sentence that says
    that it can't, and ``hint`` says what to try.
    """

    engine: Engine
    reason: str = ""
    refusal: str = ""
    hint: str = ""

    @asynccontextmanager
    async def open(self, spec: Spec) -> AsyncIterator[Sandbox]:
        """Open a machine.

        Raises:
            SandboxError: it can't be opened, and why.
        """
        async with AsyncExitStack() as stack:
            try:
                sandbox = await stack.enter_async_context(self.engine.open(spec))
            except SandboxError as error:
                if not self.refusal:
                    raise
                hint = error.hint or self.hint
                raise SandboxError(f"{self.refusal}: {_bare(error.message)}", hint) from error
            yield sandbox


def docker(say: Say = _silent) -> Engine:
    """The engine that speaks to Docker; ``say`` hears of an image that is fetched."""
    from smile.sandbox.docker import DockerEngine

    return DockerEngine(say)


def local() -> Engine:
    """The engine that needs no daemon."""
    from smile.gateway.egress import EgressProxy
    from smile.sandbox.local import LocalEngine

    return LocalEngine(lambda upstream: EgressProxy(upstream).serve)


def named(kind: SandboxKind) -> Engine:
    """The engine of this name, whether it can be used here or not."""
    return docker() if kind is SandboxKind.DOCKER else local()


async def choose(kind: SandboxKind, image: str, say: Say = _silent) -> Choice:
    """The engine for this image on this machine; an image that is missing may be fetched for it.

    Raises:
        SandboxError: Docker was asked for and can't be used here, and why.
    """
    match kind:
        case SandboxKind.AUTO:
            return await _first_that_can(image, say)
        case SandboxKind.DOCKER:
            engine = await asyncio.to_thread(docker, say)
            if why := await engine.why_not(image):
                raise _refused(_bare(why))
            return Choice(engine)
        case SandboxKind.LOCAL:
            return Choice(
                local(),
                refusal="the local sandbox can't be used here",
                hint="leave --sandbox out to have Docker taken, and see `smile doctor`",
            )
    assert_never(kind)


async def _first_that_can(image: str, say: Say) -> Choice:
    first = await asyncio.to_thread(docker, say)
    no_docker = _bare(await first.why_not(image))
    if not no_docker:
        return Choice(first, "Docker answers, and has the image")
    return Choice(
        local(),
        f"Docker can't be used: {no_docker}",
        refusal=f"Docker is required but not available: {no_docker}; "
        "and the local sandbox can't be used here",
        hint=INSTALL,
    )


def _refused(why: str) -> SandboxError:
    """Docker was asked for; what is missing may be made by a command that the sentence names."""
    what, _, command = why.partition(": run ")
    if command:
        return SandboxError(what, f"run {command}")
    return SandboxError(f"Docker is required but not available: {why}", INSTALL)


def _bare(sentence: str) -> str:
    """The sentence without its full stop, to go on after it."""
    return sentence.strip().removesuffix(".")
