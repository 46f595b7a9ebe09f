"""A real Docker engine for tests and for work by hand: the one that answers, or one of our own.

``python -m tests.engine`` makes one ready, leaves it running and prints its ``DOCKER_HOST``;
``python -m tests.engine stop`` ends it. What takes long to make (a Debian, images) is kept in
``$SMILE_TEST_CACHE``, else in ``~/.cache/smile-tests``.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from aiodocker import Docker, DockerError

from smile.errors import SandboxError
from smile.sandbox import images, recipes
from smile.sandbox.base import Network
from smile.sandbox.docker_api import connect, translated

CACHE = Path(os.environ.get("SMILE_TEST_CACHE") or Path.home() / ".cache/smile-tests")
PACKAGES = {"dockerd": "docker.io", "debootstrap": "debootstrap"}
DRIVERS = ("overlay2", "vfs")
START_SECONDS = 30
DOCKERFILE = """\
FROM scratch
ADD tree.tar /
CMD ["bash"]
"""
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def _machine() -> recipes.Recipe:
    """What tests run in: little is in it, and its tag tells what."""
    packages = ("sudo", "ca-certificates", "curl", "python3", "python3-venv")
    untagged = recipes.learner("test", "", recipes.DEBIAN, packages)
    return replace(untagged, tag=f"smile-test:{untagged.digest[:12]}")


MACHINE = _machine()


class NoEngineError(Exception):
    """No engine answers and none can be started here, and why."""


def author_network() -> Network:
    """Certificates and proxy of this machine, as an author's machine would give them on."""
    bundle = next((os.environ[name] for name in BUNDLES if os.environ.get(name)), "")
    proxy = os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY") or ""
    return Network(Path(bundle) if bundle else None, proxy)


@contextmanager
def engine() -> Iterator[str]:
    """The ``DOCKER_HOST`` of an engine that has today's runtime, and a machine for tests.

    An engine of our own is stopped at the end, unless other tests use it or it was started by
    hand.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "users").open("w") as users:
        host = _ready(users)
        try:
            yield host
        finally:
            _stop_if_last(users)


def _ready(users: IO[str]) -> str:
    with (CACHE / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        host = _answering() or _start()
        with reaching(host):
            run(_prepare())
    return host


@contextmanager
def reaching(host: str) -> Iterator[None]:
    """Within it, ``DOCKER_HOST`` names this engine."""
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = host
    try:
        yield
    finally:
        if before is None:
            del os.environ["DOCKER_HOST"]
        else:
            os.environ["DOCKER_HOST"] = before


def _stop_if_last(users: IO[str]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if _state().get("stays") is False:
        stop()


# --- an engine that answers -----------------------------------------------------------------


def _answering() -> str:
    candidates = (
        os.environ.get("DOCKER_HOST", ""),
        "unix:///var/run/docker.sock",
        str(_state().get("host", "")),
    )
    return next((host for host in candidates if host and _answers(host)), "")


def _answers(host: str) -> bool:
    with reaching(host):
        try:
            run(_greet())
        except SandboxError:
            return False
    return True


def run(work: Coroutine[object, object, None]) -> None:
    """Do it in a loop of its own: fixtures of asynchronous tests start engines, too."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _greet() -> None:
    docker, _ = await connect()
    await docker.close()


# --- an engine of our own -------------------------------------------------------------------


def _state() -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((CACHE / "engine.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _start() -> str:
    if os.geteuid() != 0 or sys.platform != "linux":
        raise NoEngineError("no Docker engine answers, and only root on Linux can start one")
    _install()
    failures = []
    for driver in DRIVERS:
        place = Path(tempfile.mkdtemp(prefix="smile-engine-"))
        if host := _start_daemon(place, driver):
            return host
        failures.append((place / "log").read_text("utf-8", "replace")[-500:])
    raise NoEngineError("dockerd does not start here: " + " | ".join(failures))


def _install() -> None:
    needed = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not needed:
        return
    if not shutil.which("apt-get"):
        raise NoEngineError(f"no Docker engine answers, and {needed} can't be installed: no apt")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *needed]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=environment, capture_output=True, check=False
        )
        if done.returncode:
            raise NoEngineError(f"apt-get {command[0]} failed: {done.stderr[-300:]!r}")


def _start_daemon(place: Path, driver: str) -> str:
    """Start dockerd with all that is its own in ``place``; empty when it does not come up."""
    host, pidfile, log = f"unix://{place / 'docker.sock'}", place / "pid", place / "log"
    daemon = ("dockerd", f"--storage-driver={driver}", f"--data-root={CACHE / 'docker'}")
    own = (f"--exec-root={place / 'exec'}", f"--pidfile={pidfile}", f"--host={host}")
    with log.open("wb") as writing:
        # A child of nobody: it may outlive this process.
        subprocess.run(
            ["setsid", "--fork", *daemon, *own, f"--mtu={_mtu()}"],
            stdout=writing,
            stderr=writing,
            check=True,
        )
    for _ in range(START_SECONDS * 5):
        if (place / "docker.sock").exists() and _answers(host):
            state = {"host": host, "pid": int(pidfile.read_text("ascii")), "stays": False}
            (CACHE / "engine.json").write_text(json.dumps(state), "utf-8")
            return host
        if b"failed to start daemon" in log.read_bytes():
            break
        time.sleep(0.2)
    return ""


def _mtu() -> int:
    """Of the way out: packets of containers must not be larger (tunnels, cloud networks)."""
    routes = [line.split() for line in Path("/proc/net/route").read_text("ascii").splitlines()]
    device = next((route[0] for route in routes if route[1] == "00000000"), "lo")
    return min(1500, int(Path(f"/sys/class/net/{device}/mtu").read_text("ascii")))


def stop() -> None:
    """End the daemon that we started, by its number."""
    pid = _state().get("pid")
    (CACHE / "engine.json").unlink(missing_ok=True)
    if not isinstance(pid, int) or not _is_dockerd(pid):
        return
    os.kill(pid, signal.SIGTERM)
    for _ in range(START_SECONDS * 10):
        if not _is_dockerd(pid):
            return
        time.sleep(0.1)


def _is_dockerd(pid: int) -> bool:
    try:
        return b"dockerd" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


# --- images ---------------------------------------------------------------------------------


async def _prepare() -> None:
    """See to the images that tests need: a Debian and a learner's machine."""
    docker, _ = await connect()
    try:
        with translated("The Debian image could not be made"):
            if await images.inspected(docker, recipes.DEBIAN) is None:
                await _get_debian(docker)
    finally:
        await docker.close()
    built = {image.tag for image in await images.list_images()}
    for recipe in (recipes.runtime(), MACHINE):
        if recipe.tag not in built:
            await images.build(recipe, network=author_network(), progress=_tell)


def _tell(line: str) -> None:
    if line.startswith("Step "):
        sys.stderr.write(f"{line}\n")


async def _get_debian(docker: Docker) -> None:
    try:
        await docker.images.pull(recipes.DEBIAN)
    except DockerError:
        # No registry can be reached: Debian's own tool makes nearly the same from its packages.
        with (await asyncio.to_thread(_debootstrap)).open("rb") as context:
            await docker.images.build(fileobj=context, encoding="identity", tag=recipes.DEBIAN)


def _debootstrap() -> Path:
    """The context of a build that makes a Debian image, from the cache where it is there."""
    context = CACHE / "debian.tar"
    if context.exists():
        return context
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        tree, layer, unfinished = Path(place, "tree"), Path(place, "tree.tar"), Path(place, "new")
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", tree],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NoEngineError(f"debootstrap failed: {made.stdout[-300:]}")
        subprocess.run(["tar", "-C", tree, "-cf", layer, "."], check=True)
        (Path(place) / "Dockerfile").write_text(DOCKERFILE, "utf-8")
        subprocess.run(
            ["tar", "-C", place, "-cf", unfinished, "Dockerfile", layer.name], check=True
        )
        unfinished.rename(context)
    return context


def main() -> int:
    """Make an engine ready and leave it running, or stop it."""
    if sys.argv[1:] == ["stop"]:
        stop()
        return 0
    try:
        with engine() as host:
            state = _state()
            if state.get("host") == host:
                (CACHE / "engine.json").write_text(json.dumps(state | {"stays": True}), "utf-8")
            sys.stdout.write(f"{host}\n")
    except (NoEngineError, SandboxError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
