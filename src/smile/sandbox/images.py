"""Images of a learner's machine: built through the engine's API, listed, removed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aiodocker import Docker, DockerError

import smile
from smile.sandbox.base import Network, SandboxError
from smile.sandbox.container import AGENT, archive
from smile.sandbox.docker_api import connect, missing, translated
from smile.sandbox.host_sources import host_sources as read_host_sources
from smile.sandbox.network import NO_PROXY, variables

DEFAULT_BASE = "debian:bookworm-slim"
DEFAULT_TAG = "smile-base:latest"
BASE = "dev.smile.base"
"""Label of an image: what it was built from."""
SOURCE = "dev.smile.source"
"""Label of an image: digest of the wrapper's source that it carries."""

NEWCOMER = ("sudo", "ca-certificates", "curl", "python3", "python3-venv")
"""What a newcomer's Debian commonly has; whatever else stood here would hide gaps."""
ONLY_SUDO = ("sudo",)
"""What is added to an image of the author's choice: tutorials say ``sudo`` everywhere."""

RECIPE = Path(__file__).parent / "image"
WRAPPER = ("__init__.py", "errors.py", "regex.py", "cuts.py", "wire", "tutorial", "agent")
"""The parts of SMILE that run inside."""
LAST_LINES = 15
PROXIES = frozenset({"http_proxy", "https_proxy", "no_proxy"})
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Image:
    """An image that carries our wrapper. ``created`` counts seconds since 1970, ``size`` bytes."""

    tag: str
    id: str
    base: str
    version: str
    source: str
    created: int
    size: int


async def build(
    *,
    base: str = DEFAULT_BASE,
    tag: str = DEFAULT_TAG,
    network: Network,
    progress: Callable[[str], None],
    host_sources: bool = False,
) -> str:
    """Make an image for ``containerImage`` from any glibc-based one that has apt.

    The default base gets what a newcomer's Debian commonly has (``NEWCOMER``), any other one
    nothing but sudo; both get the wrapper under ``/opt/smile``.

    Args:
        base: the image to extend; pulled when it is not there.
        tag: the name of the new image.
        network: the author's proxy and certificates, for the build only: nothing of them stays.
        progress: called with each line of the build.
        host_sources: take over this machine's apt sources and the indexes of its pip.conf, for
            networks that only reach mirrors of their own. These stay: the learner's apt and pip
            need them. They apply to the same release of the same distribution only.

    Returns:
        The image's id.
    """
    plan = _Plan(base, tag, network, read_host_sources() if host_sources else {}, _wrapper())
    docker, _ = await connect()
    try:
        with translated(f"The image {tag} could not be built"):
            await _build(docker, plan, progress)
            return str((await docker.images.inspect(tag))["Id"])
    finally:
        await docker.close()


async def list_images() -> tuple[Image, ...]:
    """The images that carry our wrapper, newest first; one with two tags is there twice."""
    docker, _ = await connect()
    try:
        with translated("The images could not be listed"):
            found = await docker.images.list(filters={"label": [AGENT]})
    finally:
        await docker.close()
    images = [
        Image(
            tag=tag,
            id=image["Id"],
            base=image["Labels"].get(BASE, ""),
            version=image["Labels"][AGENT],
            source=image["Labels"].get(SOURCE, ""),
            created=image["Created"],
            size=image["Size"],
        )
        for image in found
        for tag in image["RepoTags"] or ()
        if tag != "<none>:<none>"
    ]
    return tuple(sorted(images, key=lambda image: (-image.created, image.tag)))


async def remove(tag: str) -> None:
    """Remove an image that ``build`` made; any other one is refused."""
    docker, _ = await connect()
    try:
        with translated(f"The image {tag} could not be removed"):
            try:
                found = await docker.images.inspect(tag)
            except DockerError as error:
                if missing(error):
                    raise SandboxError(
                        f"There is no image {tag}", "See `smile image list`"
                    ) from error
                raise
            if AGENT not in (found["Config"]["Labels"] or {}):
                raise SandboxError(f"The image {tag} is not one of SMILE's", f"docker rmi {tag}")
            await docker.images.delete(tag)
    finally:
        await docker.close()


def wrapper_digest() -> str:
    """Of the wrapper's source: an image with another one in its label carries another wrapper."""
    return _digest(_wrapper())


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()


# --- the build ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    base: str
    tag: str
    network: Network
    sources: dict[str, bytes]
    wrapper: dict[str, bytes]

    def context(self) -> bytes:
        files = self.wrapper | {"requirements.txt": _requirements().encode()}
        if self.network.ca_bundle:
            files["network/ca.pem"] = self.network.ca_bundle.read_bytes()
        return archive(files | self.sources, now=0, folders=("network",))

    def arguments(self) -> dict[str, str]:
        packages = NEWCOMER if self.base == DEFAULT_BASE else ONLY_SUDO
        # Every builder knows the proxy's variables, and leaves them out of the image.
        given = variables(self.network.proxy, "", NO_PROXY)
        proxies = {name: value for name, value in given.items() if name.lower() in PROXIES}
        return {"BASE": self.base, "PACKAGES": " ".join(packages), **proxies}


async def _build(docker: Docker, plan: _Plan, progress: Callable[[str], None]) -> None:
    last: list[str] = []
    steps = docker.images.build(
        fileobj=io.BytesIO(plan.context()),
        encoding="identity",
        tag=plan.tag,
        forcerm=True,
        buildargs=plan.arguments(),
        labels={AGENT: smile.__version__, BASE: plan.base, SOURCE: _digest(plan.wrapper)},
        stream=True,
    )
    try:
        async for step in steps:
            for line in _lines(step):
                last = [*last[1 - LAST_LINES :], line]
                progress(line)
    except DockerError as error:
        said = "\n".join(last)
        raise SandboxError(
            f"The image {plan.tag} could not be built: {error.message.strip()}",
            f"The last that the build said:\n{said}" if said else "",
        ) from error


def _lines(step: dict[str, str]) -> Iterator[str]:
    said = COLOUR.sub("", step.get("stream") or step.get("status") or "")
    return (line.rstrip() for line in said.splitlines() if line.strip())


def _wrapper() -> dict[str, bytes]:
    """Recipe and source: what tells one wrapper from another."""
    root = Path(smile.__file__).parent
    source = [
        path
        for name in WRAPPER
        for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {path.name: path.read_bytes() for path in RECIPE.iterdir() if path.is_file()} | {
        f"source/smile/{path.relative_to(root).as_posix()}": path.read_bytes() for path in source
    }


def _requirements() -> str:
    # The wrapper is to behave as it does here: the same versions as this SMILE runs with.
    same = [
        f"{name}=={importlib.metadata.version(name)}" for name in ("pydantic", "markdown-it-py")
    ]
    return "\n".join([*same, "pyinstaller>=6.10,<7", ""])
