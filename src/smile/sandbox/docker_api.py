"""The engine's API as we use it: connecting, its errors as ours, programs run to their end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain, repeat
from typing import Any, TypeVar, cast

import aiohttp
from aiodocker import Docker, DockerError
from aiodocker.containers import DockerContainer
from aiodocker.execs import Exec
from aiodocker.stream import Stream
from aiohttp.http_exceptions import HttpProcessingError

from smile.sandbox.base import WORK_DIR, Exited, SandboxError

T = TypeVar("T")

FOREIGN = (
    DockerError,
    aiohttp.ClientError,
    aiohttp.EofStream,
    HttpProcessingError,
    OSError,  # sockets, and TimeoutError of aiohttp
    ValueError,  # a malformed DOCKER_HOST; JSON or text that is none
    AssertionError,  # aiodocker asserts that it found an engine, and that a stream is still open
)
"""What aiodocker and aiohttp raise, as far as it is not a bug of ours."""

NOT_DOCKER = (KeyError, TypeError)
"""What aiodocker raises besides when something else answers at the engine's address."""

GONE = frozenset({404, 409})
"""Statuses of an engine that has removed it already, or does so right now."""

TAIL = 64 * 1024
CHUNK = 64 * 1024
POLL = 0.25
DRAIN = 1.0
"""Seconds that the engine gets to pass on the last output of a program that has ended."""

MERGED = ("sh", "-c", 'cd "$0" 2>/dev/null; exec "$@" 2>&1', WORK_DIR)
"""Puts a program's two outputs in one: an engine carries two without their order.

A tutorial may have removed its work directory, and then no program could be started there.
"""

WAIT = aiohttp.ClientTimeout(total=120, sock_connect=10)
"""For a request that streams nothing; a busy engine takes seconds to start a container."""


_ADVICE = {
    "permission denied": "join the group docker (sudo usermod -aG docker $USER), log in again",
    "no space left": "free space where the engine keeps its images: docker system prune",
    "did not answer in time": "see whether the engine is stuck or busy: docker info",
    "too many open files": "let this shell open more files: ulimit -n 4096",
    "asyncssh": "unset DOCKER_HOST: the engine must be on this machine",
}
"""What an error says, in lower case → what helps."""

ELSEWHERE = "The Docker engine is on another machine: its containers can't reach SMILE"


@contextmanager
def translated(doing: str, hint: str = "") -> Iterator[None]:
    """Turn an error of the libraries into ``SandboxError``: "``doing``: its text".

    ``hint`` is for errors of which nothing better is known.
    """
    try:
        yield
    except FOREIGN as error:
        text = _text(error)
        advice = next((told for said, told in _ADVICE.items() if said in text.lower()), hint)
        raise SandboxError(f"{doing}: {text}", advice) from error


def _text(error: BaseException) -> str:
    if isinstance(error, DockerError):
        return error.message.strip().rstrip(".") or "no connection could be made"
    if isinstance(error, TimeoutError):
        return "the engine did not answer in time"
    if isinstance(error, AssertionError):
        return "nothing answers at the usual places"
    return str(error).strip().rstrip(".") or type(error).__name__


def missing(error: DockerError) -> bool:
    """Whether the engine says that there is no such thing."""
    return error.status == 404


async def connect(*, here: bool = False) -> tuple[Docker, str]:
    """Reach the engine that ``DOCKER_HOST``, the docker context or the usual socket names.

    Args:
        here: it must be on this machine; one elsewhere is refused without asking it.

    Returns:
        The client, to be closed by the caller, and the engine's name and version.
    """
    with translated("No Docker engine is reachable", "Start Docker, or set DOCKER_HOST"):
        docker = _client()
        try:
            if here:
                _refuse_elsewhere(docker)
            about = await docker.version()
            name = (about.get("Platform") or {}).get("Name", "")
            kind = "Podman" if "podman" in str(about).lower() else name.partition(" (")[0]
            return docker, f"{kind or 'Docker Engine'} {about['Version']}"
        except NOT_DOCKER as error:
            await docker.close()
            raise ValueError("what answers there is no Docker engine") from error
        except BaseException:
            await docker.close()
            raise


def _refuse_elsewhere(docker: Docker) -> None:
    if not _local(docker):
        raise SandboxError(ELSEWHERE, "Unset DOCKER_HOST, or use this machine's engine")


def _local(docker: Docker) -> bool:
    """Whether the engine runs on this machine: a socket of its own, or the loopback address."""
    if isinstance(docker.connector, aiohttp.UnixConnector):
        return type(docker.connector) is aiohttp.UnixConnector  # a subclass goes through ssh
    host = docker.docker_host.partition("://")[2].rpartition(":")[0]
    return host in {"localhost", "127.0.0.1", "[::1]"}


def _client() -> Docker:
    try:
        return Docker(timeout=WAIT)
    except AttributeError as error:  # npipe:// asks asyncio for what only Windows has
        raise ValueError("DOCKER_HOST names an engine that only Windows can reach") from error


async def execute(container: DockerContainer, argv: tuple[str, ...], stdin: bytes) -> Exited:
    """Run a program in a container to its end and keep the last of what it prints.

    Reading waits for nobody but the program, writing waits for the program to read: neither
    gathers more than a few buffers in our memory, whatever the program does.
    """
    tail = bytearray()
    process = await container.exec((*MERGED, *argv), stdin=bool(stdin), workdir="/")
    async with _started(process) as stream:
        feeding = asyncio.create_task(_feed(stream, stdin))
        reading = asyncio.create_task(_read(stream, tail))
        try:
            await _until_read(process, feeding, reading)
        finally:
            feeding.cancel()
            reading.cancel()
            await asyncio.wait([feeding, reading])
    return Exited(await _exit_code(process), bytes(tail[-TAIL:]).decode(errors="replace"))


@asynccontextmanager
async def _started(process: Exec) -> AsyncIterator[Stream]:
    transport = None
    try:
        async with process.start() as stream:
            transport = _transport(stream)
            yield stream
    finally:
        if transport and transport.get_write_buffer_size():
            # What is still to be written would keep the connection open for ever. (Without it
            # there may be no connection any more, and asyncio fails to abort one that is gone.)
            transport.abort()


def _transport(stream: Stream) -> asyncio.Transport | None:
    # aiodocker has no way to end a program's input and still read its output.
    connection = stream._resp.connection if stream._resp else None  # noqa: SLF001
    return connection.transport if connection else None


async def _until_read(
    process: Exec, feeding: asyncio.Task[None], reading: asyncio.Task[None]
) -> None:
    """Wait for the end of the output, which an engine holds back while input is not read."""
    while not reading.done():
        await asyncio.wait([reading], timeout=None if feeding.done() else POLL)
        if not reading.done() and not feeding.done() and not await _runs(process):
            await asyncio.wait([reading], timeout=DRAIN)
            return
    await reading


async def _read(stream: Stream, tail: bytearray) -> None:
    while (message := await stream.read_out()) is not None:
        tail += message.data
        if len(tail) > 4 * TAIL:
            del tail[:-TAIL]


async def _runs(process: Exec) -> bool:
    return bool((await process.inspect())["Running"])


async def _feed(stream: Stream, stdin: bytes) -> None:
    if not stdin:
        return
    try:
        for start in range(0, len(stdin), CHUNK):
            await stream.write_in(stdin[start : start + CHUNK])
        if transport := _transport(stream):
            transport.write_eof()
    except ConnectionError:
        # The program ended without reading all its input: its right, as in any pipe.
        return


async def _exit_code(process: Exec) -> int:
    """Wait for a program that closed its output but still runs, too."""
    for pause in chain((0.01, 0.02, 0.05, 0.1), repeat(0.2)):
        state = await process.inspect()
        if not state["Running"]:
            break
        await asyncio.sleep(pause)
    if state["ExitCode"] is None:
        raise DockerError(409, "the program ended without an exit code")
    return int(state["ExitCode"])


# --- what aiodocker has no types for -----------------------------------------------------------


async def upload(container: Any, folder: str, tar: bytes) -> None:
    """Unpack a tar archive in a container, which need not run."""
    await container.put_archive(folder, tar)


async def create_volume(docker: Docker, name: str, labels: Mapping[str, str]) -> None:
    """Make an empty volume."""
    volumes: Any = docker.volumes
    await volumes.create({"Name": name, "Labels": labels})


async def list_volumes(docker: Docker, label: str) -> Sequence[Mapping[str, Any]]:
    """The volumes that have a label: ``Name`` and ``Labels``."""
    volumes: Any = docker.volumes
    listed = await volumes.list(filters={"label": [label]})
    return cast("Sequence[Mapping[str, Any]]", listed["Volumes"] or ())


# --- clearing up -------------------------------------------------------------------------------


async def remove_container(container: DockerContainer) -> None:
    """Remove it with its processes; no error when it is gone."""
    try:
        await container.delete(force=True, v=True)
    except DockerError as error:
        if error.status not in GONE:
            raise


async def remove_volume(docker: Docker, name: str) -> bool:
    """Remove a volume; ``False`` when it is gone, or still used by a container."""
    volumes: Any = docker.volumes
    try:
        await (await volumes.get(name)).delete()
    except DockerError as error:
        if error.status not in GONE:
            raise
        return False
    return True


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Do it to its end even if we are cancelled meanwhile; the cancellation comes after."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    result = task.result()
    if cancelled:
        raise cancelled
    return result
