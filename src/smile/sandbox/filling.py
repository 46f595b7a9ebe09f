"""The two volumes of a container: the tutorial's own, and the one with SMILE's runtime."""

from __future__ import annotations

import time

from aiodocker import Docker, DockerError
from aiodocker.containers import DockerContainer

from smile.sandbox.base import TUTORIAL_DIR, SandboxError, Spec
from smile.sandbox.container import (
    FULL,
    RUNTIME,
    archive,
    filler_config,
    labels_of,
    name_of,
    tutorial_files,
    volume_of,
)
from smile.sandbox.docker_api import create_volume, missing, remove_container, upload
from smile.sandbox.owner import Owner


async def fill(docker: Docker, spec: Spec, owner: Owner, runtime: str) -> None:
    """Put the tutorial into the run's volume, and the runtime into its own unless it is there.

    Args:
        docker: the engine.
        spec: of the run.
        owner: of the run.
        runtime: the image to fill the runtime's volume from, once for all runs.

    Raises:
        SandboxError: the runtime could not be copied, and why.
    """
    content = archive(tutorial_files(spec), now=time.time())
    await create_volume(docker, name_of(spec.run_id), labels_of(spec.run_id, owner))
    await create_volume(docker, volume_of(runtime), {RUNTIME: runtime})
    filler = await docker.containers.create(filler_config(spec, owner, runtime))
    try:
        await upload(filler, TUTORIAL_DIR, content)
        if not await has(filler, FULL):
            await _copy(filler, runtime)
    finally:
        await remove_container(filler)


async def has(container: DockerContainer, path: str) -> bool:
    """Whether there is such a file, which should be a small one, in a container."""
    try:
        (await container.get_archive(path)).close()
    except DockerError as error:
        if missing(error):
            return False
        raise
    return True


async def _copy(filler: DockerContainer, runtime: str) -> None:
    await filler.start()
    ended = await filler.wait()
    if ended["StatusCode"] != 0:
        said = "".join(await filler.log(stdout=True, stderr=True)).strip()
        raise SandboxError(f"SMILE's runtime could not be copied from {runtime}: {said[-500:]}")
