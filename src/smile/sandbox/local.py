"""A newcomer's machine without a daemon: Linux namespaces over the host's own programs.

Nothing that happens inside reaches the host's files, processes or loopback; everything vanishes
with the machine, also when we are killed. See ``jail`` for how it is held, ``mounts`` for what
it shows, ``init`` for how programs run in it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from smile.errors import SandboxError
from smile.sandbox import cgroups, host
from smile.sandbox.base import WORK_DIR, Exited, Limits, Spec
from smile.sandbox.furniture import CA_PATH, texts
from smile.sandbox.jailer import Jail, clear, memory_file, translated
from smile.sandbox.network import NO_PROXY, variables
from smile.sandbox.plan import Plan, Request
from smile.sandbox.relay import Handler, Listener, relay
from smile.sandbox.runtime import Runtime, runtime

Egress = Callable[[str], Handler]
"""The author's proxy (its URL, or empty) → what serves a machine's connections to the world."""

_RELAY_PORT, _PROXY_PORT = 47015, 47016
"""Inside, where a machine has all ports to itself; tutorials use lower ones."""
_PROXY = f"http://127.0.0.1:{_PROXY_PORT}"
_MOST_CONNECTIONS = 256
_END_SECONDS = 10.0
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "TERM": "xterm",
}
_UNBUILT = "the machine can't be built"
_TRIAL = Limits(memory=256 * 1024**2, pids=32, disk=128 * 1024**2)


class LocalEngine:
    """Opens machines made of this host's programs, or of an unpacked root file system."""

    name = "local"

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def why_not(self, image: str) -> str:
        """Why not, after having tried: it takes some 100 ms."""
        try:
            lower = host.lower(image)
            plan = _plan(Spec("trial", image, {}, 0, limits=_TRIAL), lower, Runtime((), ()))
            plan["directories"] = []  # what packages write to is of no matter for a trial
            blob = memory_file("files", b"")
            try:
                await (await Jail.start(plan, blob)).stop()
            finally:
                os.close(blob)
        except SandboxError as error:
            return host.why(error.message)
        except OSError as error:
            return f"{_UNBUILT}: {error}"
        return ""

    @asynccontextmanager
    async def open(self, spec: Spec) -> AsyncIterator[LocalSandbox]:
        """Open a machine; the image is ``host``, or an unpacked root file system's directory."""
        with translated(_UNBUILT):
            await _clear()
            sandbox = LocalSandbox(spec, self._egress(spec.network.proxy))
        try:
            try:
                await sandbox.boot()
            except SandboxError as error:
                raise SandboxError(host.why(error.message), error.hint) from error
            yield sandbox
        finally:
            await sandbox.close()

    async def remove(self, run_id: str) -> None:
        """Wait until a dead run's machine has ended, which it does by itself, and clear up."""
        try:
            async with asyncio.timeout(_END_SECONDS):
                while await asyncio.to_thread(_groups_left, run_id):  # noqa: ASYNC110 - the kernel's
                    await asyncio.sleep(0.05)
        except TimeoutError:
            where = ", ".join(cgroups.of(_plain(run_id)))
            raise SandboxError(
                f"the machine of run {run_id} does not end", f"end the processes in {where}"
            ) from None
        await _clear()
        if left := host.abandoned_scratch():
            raise SandboxError(
                f"what run {run_id} wrote can't be removed", f"remove {' '.join(left)}"
            )


class LocalSandbox:
    """A machine that is open."""

    def __init__(self, spec: Spec, egress: Handler) -> None:
        self._spec = spec
        self._egress = egress
        self._lower = host.lower(spec.image)
        self._runtime = runtime()
        self._blob = memory_file("files", b"".join(_files(spec).values()))
        self._jail: Jail | None = None
        self._listeners: list[Listener] = []
        self._closed = False
        self.machine = host.machine(spec, self._lower)

    @property
    def url(self) -> str:
        """The orchestrator, through a relay on the machine's own loopback."""
        return f"http://127.0.0.1:{_RELAY_PORT}"

    @property
    def environment(self) -> dict[str, str]:
        """Proxy and certificates."""
        return variables(_PROXY, CA_PATH if self._spec.network.ca_bundle else "", NO_PROXY)

    @property
    def agent(self) -> tuple[str, ...]:
        """By the runtime's own loader and interpreter."""
        return self._runtime.agent

    async def boot(self) -> None:
        """Build the machine and serve its two ways out."""
        with translated(_UNBUILT):
            await self._boot()

    async def _boot(self) -> None:
        plan = _plan(self._spec, self._lower, self._runtime)
        self._jail = await Jail.start(plan, self._blob)
        for listening, handler in zip(
            self._jail.listeners, (relay(self._spec.port), self._egress), strict=True
        ):
            listener = Listener(listening, handler, _MOST_CONNECTIONS)
            await listener.start()
            self._listeners.append(listener)

    async def reset(self) -> None:
        """Throw the machine away and build another."""
        self._alive()
        await self._shut()
        await self.boot()

    async def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", seconds: float | None = None
    ) -> Exited:
        """Run a program in the work directory with a clean environment."""
        request: Request = {"argv": list(argv), "env": _ENVIRONMENT, "cwd": WORK_DIR}
        return await self._alive().run(request, stdin, seconds)

    async def close(self, *, keep: bool = False) -> str:  # noqa: ARG002
        """Remove it: a machine that lives in its helper only can't be kept."""
        if not self._closed:
            self._closed = True
            os.close(self._blob)
        await self._shut()
        return ""

    async def _shut(self) -> None:
        listeners, self._listeners = self._listeners, []
        jail, self._jail = self._jail, None
        ending = [listener.close() for listener in listeners]
        if jail:
            ending.append(jail.stop())
        # Also when we are cancelled: nothing of the machine may be left.
        await asyncio.shield(asyncio.gather(*ending))

    def _alive(self) -> Jail:
        if self._jail is None:
            raise SandboxError("the machine is closed")
        return self._jail


def _groups_left(run_id: str) -> bool:
    cgroups.sweep()
    return bool(cgroups.of(_plain(run_id)))


async def _clear() -> None:
    if left := host.abandoned_scratch():
        await asyncio.to_thread(clear, host.ids(), left)


def _plain(run_id: str) -> str:
    """The id, as a name of a control group."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in run_id)


def _files(spec: Spec) -> dict[str, bytes]:
    for name in spec.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise SandboxError(f"{name!r} is no path inside the tutorial")
    return spec.files


def _plan(spec: Spec, lower: Path, needed: Runtime) -> Plan:
    ids = host.ids()
    files, offset = [], 0
    for name, content in _files(spec).items():
        files.append((name, offset, len(content)))
        offset += len(content)
    shown = host.is_host(spec.image)
    one_id = bool(ids) and all(len(ranges) == 1 for _, ranges in ids)
    if ca_bundle := spec.network.ca_bundle:
        spec = replace(spec, network=replace(spec.network, ca_bundle=ca_bundle.absolute()))
    return {
        "run_id": _plain(spec.run_id),
        "lower": "" if shown else str(lower),
        "ids": ids,
        "scratch": host.scratch() if ids else "",
        "disk": min(spec.limits.disk, host.memory() // 2),
        "memory": spec.limits.memory,
        "pids": spec.limits.pids,
        "cpus": spec.limits.cpus,
        "directories": host.directories() if ids and shown else [],
        "binds": list(needed.binds),
        "texts": texts(spec, lower, _PROXY, host=shown, one_id=one_id),
        "files": files,
        "ports": (_RELAY_PORT, _PROXY_PORT),
    }
