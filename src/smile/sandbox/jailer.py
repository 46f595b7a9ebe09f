"""Our end of a machine without a daemon: starts its helper, speaks with its PID 1, ends it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import marshal
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import smile
from smile.errors import EXHAUSTED, SandboxError, SandboxTimeout
from smile.sandbox.base import Exited
from smile.sandbox.output import Output, feed
from smile.sandbox.plan import Ids, Plan, Request

_START_SECONDS = 30.0
_KILL_SECONDS = 10.0
_STOP_SECONDS = 10.0
_HELPER = (sys.executable, "-I", "-S", "-c")
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from smile.sandbox.jail import main; main(*map(int, sys.argv[2:]))"
)
_CLEARING = (
    "import json, sys; sys.path.insert(0, sys.argv[1]);"
    "from smile.sandbox.jail import clear; clear(*map(json.loads, sys.argv[2:]))"
)


@contextlib.contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn what the system refuses us into ``SandboxError``; the end of a time goes through."""
    try:
        yield
    except TimeoutError:
        raise
    except OSError as error:
        advice = EXHAUSTED.get(error.errno or 0, "")
        raise SandboxError(f"{doing}: {error.strerror or error}", advice) from error


def memory_file(name: str, content: bytes) -> int:
    """A descriptor of a file that lies in memory only."""
    descriptor = os.memfd_create(name)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return descriptor


def clear(ids: Ids, directories: list[str]) -> None:
    """Remove what dead machines wrote to disk: in a process of its own, for it forks."""
    arguments = [*_HELPER, _CLEARING, _package(), json.dumps(ids), json.dumps(directories)]
    subprocess.run(arguments, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _package() -> str:
    return str(Path(smile.__file__).parents[1])


class Jail:
    """A machine that runs. Every method raises ``SandboxError`` when it is gone."""

    def __init__(self) -> None:
        self.listeners: tuple[socket.socket, ...] = ()
        self._control, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._errors = memory_file("errors", b"")
        self._life = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[tuple[str, int]]] = {}
        self._gone = False
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, plan: Plan, blob: int) -> Jail:
        """Build a machine.

        Args:
            plan: what to build.
            blob: descriptor of the tutorial's files, as the plan names them.
        """
        jail = cls()
        try:
            ready = jail._expect(0)
            jail._launch(plan, blob)
            asyncio.get_running_loop().add_reader(jail._control, jail._receive)
            async with asyncio.timeout(_START_SECONDS):
                await ready
        except TimeoutError as error:
            await jail.stop()
            raise SandboxTimeout(f"the machine was not ready in {_START_SECONDS:.0f} s") from error
        except BaseException:
            await jail.stop()
            raise
        return jail

    async def run(self, request: Request, stdin: bytes, seconds: float | None) -> Exited:
        """Run a program to its end; past its time every process of the machine is killed."""
        with translated("the machine can't start another program"):
            return await self._run(request, stdin, seconds)

    async def _run(self, request: Request, stdin: bytes, seconds: float | None) -> Exited:
        number = next(self._numbers)
        answer = self._expect(number)
        output = Output()
        try:
            feeding = await self._send_program(number, request, stdin, output)
            try:
                async with asyncio.timeout(seconds):
                    verb, code = await answer
            finally:
                # Its time may end and a cancellation come at once: neither may keep it alive.
                feeding.cancel()
                try:
                    await asyncio.gather(feeding, return_exceptions=True)
                finally:
                    if not answer.done() or answer.cancelled():
                        await asyncio.shield(asyncio.ensure_future(self.kill()))
        finally:
            self._answers.pop(number, None)
            output.close()
        if verb == "failed":
            raise OSError(code, os.strerror(code))
        return Exited(code, output.text())

    async def kill(self) -> None:
        """End every process of the machine; the machine itself stays."""
        if self._gone:
            return
        number = next(self._numbers)
        answer = self._expect(number)
        try:
            self._send(b"kill %d" % number, [])
            async with asyncio.timeout(_KILL_SECONDS):
                await answer
        except TimeoutError:
            await self.stop()
        except SandboxError:
            pass  # it has died: so has everything in it
        finally:
            self._answers.pop(number, None)

    async def stop(self) -> None:
        """End the machine and wait until nothing of it is left; calling it twice is harmless."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._stop())
        await asyncio.shield(self._stopping)

    async def _stop(self) -> None:
        self._hang_up("the machine is closed")
        if self._life >= 0:
            os.close(self._life)
        self._theirs.close()
        for listener in self.listeners:
            listener.close()
        if self._process is not None:
            await _ended(self._process)
        os.close(self._errors)

    def _launch(self, plan: Plan, blob: int) -> None:
        plan_file = memory_file("plan", marshal.dumps(dict(plan)))
        life, self._life = os.pipe()
        inherited = (self._theirs.fileno(), life, plan_file, blob)
        arguments = [*_HELPER, _PROGRAM, _package(), *map(str, inherited)]
        try:
            with translated("the machine's helper can't be started"):
                self._process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    pass_fds=inherited,
                    env={"PATH": os.environ.get("PATH", os.defpath)},
                    cwd="/",
                    start_new_session=True,
                )
        finally:
            os.close(life)
            os.close(plan_file)
            self._theirs.close()

    def _expect(self, number: int) -> asyncio.Future[tuple[str, int]]:
        if self._gone:
            raise SandboxError(self._why())
        return self._answers.setdefault(number, asyncio.get_running_loop().create_future())

    async def _send_program(
        self, number: int, request: Request, stdin: bytes, output: Output
    ) -> asyncio.Task[None]:
        """Send it off; what is returned feeds its standard input."""
        described = memory_file("request", marshal.dumps(dict(request)))
        source, sink = os.pipe()
        try:
            self._send(b"run %d" % number, [described, source, output.theirs])
        except BaseException:
            os.close(sink)
            raise
        finally:
            os.close(described)
            os.close(source)
            output.begin()
        return asyncio.ensure_future(feed(sink, stdin))

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        with translated("the machine can't be spoken to"):
            socket.send_fds(self._control, [message], descriptors)

    def _receive(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, 4096, 2)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        sockets = tuple(socket.socket(fileno=descriptor) for descriptor in descriptors)
        if not packet:
            self._hang_up(self._why())
            return
        verb, number, *code = packet.decode().split()
        if verb == "ready":
            self.listeners = sockets
        answer = self._answers.pop(int(number), None)
        if answer is not None and not answer.done():
            answer.set_result((verb, int(code[0]) if code else 0))

    def _hang_up(self, why: str) -> None:
        """The machine has ended, or is about to: nobody shall wait for it."""
        self._gone = True
        if self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(SandboxError(why))
                answer.exception()  # seen: whoever waits will see it too
        self._answers.clear()

    def _why(self) -> str:
        if self._stopping is not None:
            return "the machine is closed"
        said = os.pread(self._errors, 64 * 1024, 0).decode(errors="replace").strip()
        return f"the machine has died: {said.splitlines()[-1]}" if said else "the machine has died"


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the helper, which ends when its pipe closes; a stuck one is killed."""
    loop = asyncio.get_running_loop()
    handle = os.pidfd_open(process.pid)
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await ended.wait()
    except TimeoutError:
        process.kill()
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
