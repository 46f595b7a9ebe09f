"""Images: built through the engine's API, listed, removed, pulled."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aiodocker import Docker, DockerError

import smile
from smile.sandbox.base import Network, SandboxError
from smile.sandbox.container import RUNTIME
from smile.sandbox.docker_api import connect, list_volumes, missing, remove_volume, translated
from smile.sandbox.host_sources import host_sources as read_host_sources
from smile.sandbox.recipes import Recipe

KIND = "dev.smile.image"
"""Label of an image that we built: of which kind it is."""
BASE = "dev.smile.base"
"""Label of an image: what it was built from."""
VERSION = "dev.smile.version"
"""Label of an image: the version of SMILE that built it."""

LAST_LINES = 15
PULL_SECONDS = 3600
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

Progress = Callable[[str], None]
"""Is told a line of what goes on."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that we built. ``created`` counts seconds since 1970, ``size`` bytes."""

    tag: str
    id: str
    kind: str
    base: str
    version: str
    created: int
    size: int


async def build(
    recipe: Recipe, *, network: Network, progress: Progress, host_sources: bool = False
) -> str:
    """Make an image.

    Args:
        recipe: what goes into it. Its base is pulled when it is not there.
        network: the author's proxy and certificates, for the build only: nothing of them stays.
        progress: called with each line of the build.
        host_sources: take over this machine's apt sources and the indexes of its pip.conf, for
            networks that only reach mirrors of their own. These stay: the learner's apt and pip
            need them. They apply to the same release of the same distribution only.

    Returns:
        The image's id.
    """
    context = recipe.context(network, read_host_sources() if host_sources else {})
    docker, _ = await connect()
    try:
        with translated(f"The image {recipe.tag} could not be built"):
            await _build(docker, recipe, context, network, progress)
            return str((await docker.images.inspect(recipe.tag))["Id"])
    finally:
        await docker.close()


async def list_images() -> tuple[Image, ...]:
    """The images that we built, newest first; one with two tags is there twice."""
    docker, _ = await connect()
    try:
        with translated("The images could not be listed"):
            found = await docker.images.list(filters={"label": [KIND]})
    finally:
        await docker.close()
    images = [
        Image(
            tag=tag,
            id=image["Id"],
            kind=image["Labels"][KIND],
            base=image["Labels"].get(BASE, ""),
            version=image["Labels"].get(VERSION, ""),
            created=image["Created"],
            size=image["Size"],
        )
        for image in found
        for tag in image["RepoTags"] or ()
        if tag != "<none>:<none>"
    ]
    return tuple(sorted(images, key=lambda image: (-image.created, image.tag)))


async def remove(tag: str) -> None:
    """Remove an image that ``build`` made, and what was filled from it; others are refused."""
    docker, _ = await connect()
    try:
        with translated(f"The image {tag} could not be removed"):
            found = await inspected(docker, tag)
            if found is None:
                raise SandboxError(f"There is no image {tag}", "see `smile image list`")
            if KIND not in (found["Config"]["Labels"] or {}):
                raise SandboxError(f"The image {tag} is not one of SMILE's", f"docker rmi {tag}")
            await docker.images.delete(tag)
            for volume in await list_volumes(docker, f"{RUNTIME}={tag}"):
                await remove_volume(docker, volume["Name"])
    finally:
        await docker.close()


async def inspected(docker: Docker, image: str) -> dict[str, Any] | None:
    """What the engine knows of an image; ``None`` when it is not there."""
    try:
        found: dict[str, Any] = await docker.images.inspect(image)
    except DockerError as error:
        if missing(error):
            return None
        raise
    return found


async def pull(docker: Docker, image: str, progress: Progress) -> None:
    """Fetch an image from its registry; ``progress`` hears of each layer that has come."""
    progress(f"pulling {image}")
    layers: dict[str, bool] = {}
    async for step in docker.images.pull(image, stream=True, timeout=PULL_SECONDS):
        layer, status = step.get("id", ""), step.get("status", "")
        if status == "Pulling fs layer":
            layers[layer] = False
        elif status in {"Pull complete", "Already exists"}:
            layers[layer] = True
            progress(f"pulling {image}: {sum(layers.values())} of {len(layers)} layers are here")


async def _build(
    docker: Docker, recipe: Recipe, context: bytes, network: Network, progress: Progress
) -> None:
    last: list[str] = []
    steps = docker.images.build(
        fileobj=io.BytesIO(context),
        encoding="identity",
        tag=recipe.tag,
        forcerm=True,
        buildargs=recipe.given(network),
        labels={KIND: recipe.kind, BASE: recipe.base, VERSION: smile.__version__},
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
            f"The image {recipe.tag} could not be built: {error.message.strip()}",
            f"The last that the build said:\n{said}" if said else "",
        ) from error


def _lines(step: dict[str, str]) -> Iterator[str]:
    said = COLOUR.sub("", step.get("stream") or step.get("status") or "")
    return (line.rstrip() for line in said.splitlines() if line.strip())
