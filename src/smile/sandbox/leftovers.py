"""What runs that died left on the engine: found by label, removed before a new run opens."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiodocker import Docker

from smile.sandbox.base import SandboxError
from smile.sandbox.container import KEPT_PATH, OWNER, RUN, RUNTIME
from smile.sandbox.docker_api import list_volumes, remove_container, remove_volume
from smile.sandbox.filling import has
from smile.sandbox.images import inspected
from smile.sandbox.owner import Owner


async def remove_run(docker: Docker, run_id: str) -> None:
    """Remove the containers and volumes of a run that is known to be dead, but for kept ones."""
    for container in await docker.containers.list(all=True, filters=_labelled(run_id)):
        if not await has(container, KEPT_PATH):
            await remove_container(container)
    for volume in await list_volumes(docker, f"{RUN}={run_id}"):
        await remove_volume(docker, volume["Name"])


async def remove_leftovers(docker: Docker, run_id: str, me: Owner) -> list[str]:
    """Remove the containers and volumes of runs whose process is gone, and tell their names.

    Those that an author asked to keep stay, unless the same run opens again: its name is needed.
    A run that may be alive is never touched; if it is this very run, that is an error.
    """
    removed = []
    for container in await docker.containers.list(all=True, filters=_labelled()):
        labels = container["Labels"]
        same = labels[RUN] == run_id
        in_use = _in_use(labels, run_id, me, stopped=container["State"] == "exited")
        if in_use and not same:
            continue
        kept = await has(container, KEPT_PATH)  # then its run is over, whoever can be asked for it
        if in_use and not kept:
            raise SandboxError(f"Run {run_id} is going on already", "Wait until it ends")
        if same or not kept:
            await remove_container(container)
            removed.append(f"container {container['Names'][0].removeprefix('/')}")
    for volume in await list_volumes(docker, RUN):
        name = volume["Name"]
        if not _in_use(volume["Labels"], run_id, me) and await remove_volume(docker, name):
            removed.append(f"volume {name}")
    return removed


async def remove_runtimes(docker: Docker) -> list[str]:
    """Remove volumes that were filled from images that are gone: no run can begin with them."""
    return [
        f"volume {volume['Name']}"
        for volume in await list_volumes(docker, RUNTIME)
        if await inspected(docker, volume["Labels"][RUNTIME]) is None
        and await remove_volume(docker, volume["Name"])
    ]


def _labelled(run_id: str = "") -> str:
    return json.dumps({"label": [f"{RUN}={run_id}" if run_id else RUN]})


def _in_use(labels: Mapping[str, str], run_id: str, me: Owner, *, stopped: bool = False) -> bool:
    owner = Owner.parse(labels.get(OWNER, ""))
    if owner is None or owner == me:
        return labels[RUN] != run_id
    # An owner on another boot or in another PID namespace can't be asked for; but a container
    # that stopped is of no use to anyone.
    return owner.alive and (owner.known or not stopped)
