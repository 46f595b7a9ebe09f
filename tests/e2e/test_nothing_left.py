"""What there is before a run and what there is after it are the same, however it ended.

The driver looks at the same things after each run of the other tests; here they are looked at from
inside too, where a descriptor or a task that is forgotten shows, and on a Docker engine.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.machines import IMAGE, client

from smile import config, wiring
from smile.sandbox import cgroups
from smile.wire import JournalEntry, LoopState

from .driver import Ended, Smile, bash, wait_until, why_not

LONG = bash("touch begun", "sleep 300")
STUCK = bash("echo one > one.txt", "no-such-program-anywhere")


# --- from inside -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What this process holds, and what others hold for it.

    Without another process, mount or descriptor there is no namespace and no port either.
    """

    descriptors: list[str]
    tasks: int
    children: list[str]
    mounts: list[str]
    files: list[str]


def held(temporary: Path) -> Held:
    own = Path("/proc/self")
    descriptors = [str(entry.readlink()) for entry in (own / "fd").iterdir() if entry.exists()]
    return Held(
        # Sockets and pipes have a number that never comes again: their kind is enough.
        descriptors=sorted(re.sub(r"\[\d+\]", "", each) for each in descriptors),
        tasks=len(asyncio.all_tasks()),
        children=(own / f"task/{os.getpid()}/children").read_text("ascii").split(),
        mounts=(own / "mountinfo").read_text("utf-8").splitlines(),
        files=[path.name for path in temporary.iterdir()],
    )


class Stopping(wiring.Observer):
    """Asks to stop when the first command has run."""

    def __init__(self, stop: asyncio.Event) -> None:
        self.stop = stop

    def entry(self, entry: JournalEntry) -> None:
        if entry.observation is not None and entry.observation.type == "command":
            self.stop.set()


async def follow(where: Path, tutorial: str, *, stopped: bool = False) -> LoopState:
    """A run in this process; its last state."""
    (where / "tutorial.md").write_text(tutorial, encoding="utf-8")
    flags = {"tutorial": str(where / "tutorial.md"), "sandbox": "local", "output_dir": str(where)}
    given, _ = config.load(None, flags | {"max_iterations": 2}, {"SMILE_STATE_DIR": str(where)})
    stop = asyncio.Event()
    observer = Stopping(stop) if stopped else None
    return (await wiring.run(given, environ={}, stop=stop, observer=observer)).state


@pytest.mark.namespaces
async def test_a_run_leaves_no_descriptor_task_process_mount_group_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why := await asyncio.to_thread(why_not):
        pytest.skip(why)
    temporary, where = tmp_path / "tmp", tmp_path / "author"
    for place in (temporary, where):
        place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    await follow(where, bash("true"))  # what is loaded once, stays
    before = held(temporary)
    ended = [
        await follow(where, bash("echo one", "echo two")),
        await follow(where, STUCK),
        await follow(where, LONG, stopped=True),
    ]
    assert [state.status for state in ended] == ["completed", "blocker", "stopped"]
    assert held(temporary) == before
    assert [cgroups.of(state.run_id) for state in ended] == [[], [], []]


# --- from outside ----------------------------------------------------------------------------------


@pytest.mark.namespaces
@pytest.mark.parametrize("fresh", [False, True], ids=["resumed", "fresh"])
def test_a_killed_run_and_the_next_one_leave_nothing(smile: Smile, fresh: bool) -> None:
    smile.write(bash("sleep 1", "touch begun", "sleep 2", "echo done"), timeoutSeconds=30)
    process = smile.start()
    wait_until(lambda: "touch begun" in journal(smile))
    process.kill()
    smile.end(process, time.monotonic())  # looks for what is left
    ended = smile.run(*["--fresh"] * fresh)
    assert (ended.status, ended.code) == ("completed", 0)
    assert ("resuming run" in ended.stderr) is not fresh
    assert [path.name for path in (smile.where / ".smile").iterdir()] == ["journal.jsonl"]


def journal(smile: Smile) -> str:
    path = smile.where / ".smile/journal.jsonl"
    return path.read_text("utf-8") if path.exists() else ""


async def on_the_engine() -> dict[str, set[str]]:
    """Containers, volumes and networks, by name."""
    async with client() as docker:
        volumes: Any = docker.volumes
        networks: Any = docker.networks
        return {
            "containers": {c["Names"][0] for c in await docker.containers.list(all=True)},
            "volumes": {v["Name"] for v in (await volumes.list())["Volumes"] or ()},
            "networks": {n["Name"] for n in await networks.list()},
        }


@pytest.mark.docker
@pytest.mark.namespaces
@pytest.mark.parametrize("then", [(), ("--fresh",), ("--fresh", "--sandbox", "local")])
def test_a_killed_run_and_the_next_one_leave_nothing_on_a_docker_engine(
    docker_host: str, smile: Smile, then: tuple[str, ...]
) -> None:
    before = asyncio.run(on_the_engine())
    smile.write(bash("touch begun", "sleep 3", "echo done"), timeoutSeconds=30)
    variables = {"DOCKER_HOST": docker_host, "SMILE_KEEP_CONTAINER": "0"}
    process = smile.start("--sandbox", "docker", "--image", IMAGE, **variables)
    wait_until(lambda: '"command","text":"touch begun"' in journal(smile), seconds=120)
    process.kill()
    smile.end(process, time.monotonic())
    dead = json.loads(journal(smile).splitlines()[0])["identity"]["runId"]
    left = asyncio.run(on_the_engine())
    assert f"/smile-{dead}" in left["containers"], "it must be there to be removed"
    docker = ("--sandbox", "docker", "--image", IMAGE)
    arguments = then if "--sandbox" in then else (*then, *docker)
    ended = smile.run(*arguments, **variables)
    assert (ended.status, ended.code) == ("completed", 0)
    assert ("resuming run" in ended.stderr) is not bool(then)
    after = asyncio.run(on_the_engine())
    for kind, names in before.items():
        mine = {name for name in after[kind] - names if dead in name or run_of(ended) in name}
        assert mine == set(), kind
    assert after["networks"] == before["networks"]


def run_of(ended: Ended) -> str:
    return str(ended.report["summary"]["runId"])
