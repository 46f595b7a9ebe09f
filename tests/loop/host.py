"""A sandbox without walls: wrapper programs run on this host and speak real HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.loop.outputs import at

from smile.errors import SandboxError
from smile.loop.exchange import Exchange
from smile.loop.runner import LoopSettings, Runner
from smile.loop.store import Beginning, Store
from smile.sandbox.base import Exited, Machine
from smile.server.app import create_app
from smile.server.serve import serving
from smile.wire import JournalEntry, LoopState, RunIdentity

PRELUDE = """
import http.client, json, os, sys, time
role, task = sys.argv[1], json.load(sys.stdin)
iteration, NOW = task["iteration"], "2030-01-01T00:00:00Z"
address = task["url"].removeprefix("http://")

def post(path, body, token=None):
    connection = http.client.HTTPConnection(address, timeout=10)
    headers = {"Authorization": "Bearer " + (token or task["token"]),
               "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())

def student(status, **fields):
    output = {"status": status, "currentStep": "2", "attemptedActions": [], "summary": status,
              **fields}
    return post("/api/student/result", {"studentOutput": output, "timestamp": NOW})

def complete(): return student("completed")
def ask(question="What is missing?"): return student("ask_mentor", questionForMentor=question)
def give_up(): return student("cannot_complete", reason="step 2 was skipped")

def answer(text="install make", **fields):
    return post("/api/mentor/result", {"mentorOutput": text, "timestamp": NOW, **fields})

def begin(text):
    return post("/api/student/observations", {"observations": [
        {"type": "typed", "timestamp": NOW, "iteration": iteration, "step": 0, "line": 2,
         "endLine": 2, "text": text}]})

def see(*texts, iteration=iteration):
    return post("/api/student/observations", {"observations": [
        {"type": "command", "timestamp": NOW, "iteration": iteration, "step": 0, "line": 1,
         "endLine": 1, "text": text, "cwd": "/", "outcome": "exited", "exitCode": 0}
        for text in texts]})
"""


@dataclass
class HostSandbox:
    """Runs ``program`` (Python, after ``PRELUDE``) as the wrapper of either role."""

    url: str
    program: str
    environment: dict[str, str] = field(default_factory=lambda: {"SSL_CERT_FILE": "/ca.pem"})
    resets: int = 0
    starts: list[str] = field(default_factory=list)
    alive: set[asyncio.subprocess.Process] = field(default_factory=set)
    breaks_at_reset: bool = False

    @property
    def machine(self) -> Machine:
        return Machine(engine="host", image="", distribution="none")

    @property
    def agent(self) -> tuple[str, ...]:
        return (sys.executable, "-c", PRELUDE + self.program)

    async def reset(self) -> None:
        self.resets += 1
        if self.breaks_at_reset:
            raise SandboxError("the machine died", "restart the engine")

    async def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", seconds: float | None = None
    ) -> Exited:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self.starts.append(argv[-1])
        self.alive.add(process)
        try:
            async with asyncio.timeout(seconds):
                output, _ = await process.communicate(stdin)
        finally:
            # Its time may end and a cancellation come at once: the second must not stop this.
            await asyncio.shield(asyncio.ensure_future(self._end(process)))
        assert process.returncode is not None
        return Exited(process.returncode, output.decode())

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # its pipes outlive it
        self.alive.discard(process)

    async def close(self, *, keep: bool = False) -> str:
        return ""

    async def ended(self) -> None:
        """Wait for programs that nobody waits for any more."""
        async with asyncio.timeout(30):
            while self.alive:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.01)


IDENTITY = RunIdentity(run_id="run1", tutorial_digest="t", config_digest="c")


@dataclass
class Run:
    """One run, ready to go."""

    runner: Runner
    sandbox: HostSandbox
    exchange: Exchange
    store: Store
    beginning: Beginning
    url: str
    entries: list[JournalEntry]

    async def go(self) -> LoopState:
        return await self.runner.run(self.beginning.state)

    def headers(self) -> dict[str, str]:
        """Of an observer."""
        return {"Authorization": f"Bearer {self.exchange.observer_token}"}


@asynccontextmanager
async def a_run(
    directory: Path,
    program: str,
    *,
    max_iterations: int = 3,
    seconds: float = 30.0,
    silence: float = 30.0,
    answer: float = 30.0,
    exchange: Exchange | None = None,
) -> AsyncIterator[Run]:
    """A run with a real server, store and wrapper programs; only the sandbox has no walls.

    It is a new one, or goes on with what the directory holds.
    """
    exchange = exchange or Exchange()
    entries: list[JournalEntry] = []
    made: list[Runner] = []
    with Store(directory / "state.json") as store:
        beginning = store.begin(IDENTITY, at(0))
        app = create_app(exchange, lambda: made[0].state or beginning.state)
        async with serving(lambda: app) as server:
            sandbox = HostSandbox(f"http://127.0.0.1:{server.port}", program)
            runner = Runner(
                sandbox=sandbox,
                tutorial="/workspace/tutorial/t.md",
                store=store,
                exchange=exchange,
                settings=LoopSettings(
                    max_iterations=max_iterations,
                    timeout=seconds,
                    silence=silence,
                    answer=answer,
                ),
                on_entry=entries.append,
            )
            made.append(runner)
            try:
                yield Run(runner, sandbox, exchange, store, beginning, sandbox.url, entries)
            finally:
                await sandbox.ended()
