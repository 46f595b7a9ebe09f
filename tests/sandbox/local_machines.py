"""Machines for tests of the local engine, and what stands beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from smile.gateway.egress import EgressProxy
from smile.sandbox.base import Exited, Limits, Spec
from smile.sandbox.local import LocalEngine, LocalSandbox

contacts: list[tuple[str, int, bool]] = []
"""What the machines' proxy was asked for."""

SPEC = Spec("attack", "host", {"tutorial.md": b"# Hello\n"}, 9)
SMALL = Limits(memory=192 * 1024**2, pids=64, cpus=1.0, disk=64 * 1024**2)


def local() -> LocalEngine:
    """The engine, with a proxy that tells."""
    proxy = EgressProxy("", lambda *contact: contacts.append(contact))
    return LocalEngine(lambda upstream: proxy.serve)


@asynccontextmanager
async def opened(**changes: object) -> AsyncIterator[LocalSandbox]:
    """A machine whose ``Spec`` has these fields changed."""
    async with local().open(replace(SPEC, **changes)) as sandbox:  # type: ignore[arg-type]
        yield sandbox


async def sh(sandbox: LocalSandbox, script: str, *, seconds: float = 60) -> Exited:
    """A script inside, with the way out."""
    variables = [f"{name}={value}" for name, value in sandbox.environment.items()]
    return await sandbox.run(("env", *variables, "bash", "-c", script), seconds=seconds)


async def py(sandbox: LocalSandbox, program: str) -> Exited:
    """A program inside, as root, by the runtime's Python: attacks need system calls."""
    at = sandbox.agent.index("-c")
    return await sandbox.run((*sandbox.agent[:at], "-c", program), seconds=60)
