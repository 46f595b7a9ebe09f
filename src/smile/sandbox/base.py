"""The boundary to a newcomer's machine: values, contract and errors in one place.

An engine opens a ``Sandbox`` for one run. Results and errors are different things: a program
that exits with 1 is an ``Exited``; a machine that died raises ``SandboxError``.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from smile.errors import SandboxError

__all__ = ["Engine", "Exited", "Limits", "Machine", "Network", "Sandbox", "SandboxError", "Spec"]

TUTORIAL_DIR = "/workspace/tutorial"
WORK_DIR = "/workspace/work"
LOGS_DIR = "/workspace/logs"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sandbox may use. Bytes, counts, cores."""

    memory: int = 4 * 1024**3
    pids: int = 512
    cpus: float = 2.0
    disk: int = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class Network:
    """Certificates and proxy of the author's network, given on to the sandbox."""

    ca_bundle: Path | None = None
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """What to open.

    ``files`` are put into ``/workspace/tutorial`` (relative path → content). ``port`` is the
    orchestrator's port on the author's loopback, to be reachable from inside.
    """

    run_id: str
    image: str
    files: dict[str, bytes]
    port: int
    network: Network = field(default_factory=Network)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Machine:
    """What the report says of the machine.

    ``notes`` are whole sentences on what a reader of the report must know: what could not be
    seen on this machine, what was given to it.
    """

    engine: str
    image: str
    distribution: str
    version: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exited:
    """How a program in the sandbox ended: exit code (128 + signal when killed), last output.

    ``output`` holds at most the last 64 KiB of stdout and stderr together.
    """

    code: int
    output: str


class Sandbox(Protocol):
    """A machine that is open. Every method raises ``SandboxError`` when the machine is gone."""

    @property
    def machine(self) -> Machine:
        """What it is."""
        ...

    @property
    def url(self) -> str:
        """The orchestrator's base URL as seen from inside."""
        ...

    @property
    def environment(self) -> dict[str, str]:
        """Variables that a program inside needs for certificates and proxy."""
        ...

    @property
    def agent(self) -> tuple[str, ...]:
        """How to start our wrapper inside: the role is to be appended."""
        ...

    async def reset(self) -> None:
        """Make it fresh: no process, file or setting of before; the work directory is empty."""
        ...

    async def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", seconds: float | None = None
    ) -> Exited:
        """Run a program to its end, outside the learner's environment.

        When ``seconds`` pass, or on cancellation, every process of the sandbox is killed;
        ``TimeoutError`` tells of the former.
        """
        ...

    async def close(self, *, keep: bool = False) -> str:
        """Remove the machine and whatever it left; calling it twice is harmless.

        With ``keep`` a machine that can be kept stays, and the command to enter it is returned
        (else an empty string).
        """
        ...


class Engine(Protocol):
    """A kind of sandbox."""

    name: str

    async def why_not(self, image: str) -> str:
        """Why this engine can't open such a sandbox here; empty when it can. Never raises."""
        ...

    def open(self, spec: Spec) -> AbstractAsyncContextManager[Sandbox]:
        """Open a fresh machine; leaving the context closes it in any case."""
        ...

    async def remove(self, run_id: str) -> None:
        """Remove what this run left here when it was killed; what was kept on purpose stays.

        The caller knows that it is dead. Raises ``SandboxError`` when the engine can't be asked.
        """
        ...
