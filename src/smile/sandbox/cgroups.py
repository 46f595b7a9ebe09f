"""Limits that the kernel keeps for a whole machine: control groups, version 2 or 1.

A group is made below the one that holds us, so that a limit that holds us holds the machine
too. (Version 2 allows children only where no process is: the nearest ancestor that gives its
children memory and pids.) Where none can be made, the machine's PID 1 watches over itself.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "smile-"
_NEEDED = frozenset({"memory", "pids"})
_PERIOD = 100_000  # microseconds: the kernel's own default for cpu time


class Group:
    """The control groups of one machine: a directory for each hierarchy."""

    def __init__(self, directories: list[str]) -> None:
        self._directories = directories

    def remove(self) -> None:
        """Remove them; the last process must have ended."""
        for directory in self._directories:
            _remove(directory)


def join(run_id: str, pid: int, *, memory: int, pids: int, cpus: float) -> Group | None:
    """Put a process under limits; ``None`` where no group can be made."""
    # Where process numbers differ (a container that shares our hierarchy), another run may take
    # our group for a dead one's before we are in it.
    for _ in range(3):
        try:
            return _join(f"{_PREFIX}{run_id}-{pid}", pid, _limits(memory, pids, cpus))
        except OSError:
            continue
    return None


def sweep() -> None:
    """Remove the groups of runs that died: their name ends with a process that is no more."""
    for parent in set(_parents().values()):
        for name in os.listdir(parent):
            pid = name.rpartition("-")[2]
            if name.startswith(_PREFIX) and not os.path.exists(f"/proc/{pid}"):
                _remove(f"{parent}/{name}")


def of(run_id: str) -> list[str]:
    """The groups of this run's machines: they are there as long as a machine is."""
    return [
        f"{parent}/{name}"
        for parent in set(_parents().values())
        for name in os.listdir(parent)
        if name.rpartition("-")[0] == f"{_PREFIX}{run_id}"
    ]


def _remove(directory: str) -> None:
    try:
        os.rmdir(directory)
    except OSError:
        pass  # it is in use, or another run was faster


def _join(name: str, pid: int, limits: dict[str, dict[str, str]]) -> Group | None:
    parents = {controller: at for controller, at in _parents().items() if controller in limits}
    if not parents.keys() >= _NEEDED:
        return None
    made: list[str] = []
    try:
        for parent in set(parents.values()):
            os.mkdir(f"{parent}/{name}")
            made.append(f"{parent}/{name}")
        for controller, parent in parents.items():
            _limit(f"{parent}/{name}", limits[controller])
        for directory in made:
            _write(f"{directory}/cgroup.procs", str(pid))
    except OSError:
        Group(made).remove()
        raise
    return Group(made)


def _limits(memory: int, pids: int, cpus: float) -> dict[str, dict[str, str]]:
    """Controller → file → value, in either version's names; the limit itself comes first."""
    quota = str(int(cpus * _PERIOD))
    cpu = {"cpu": {"cpu.max": f"{quota} {_PERIOD}", "cpu.cfs_quota_us": quota}}
    return (cpu if cpus < (os.cpu_count() or 1) else {}) | {
        "memory": {
            "memory.max": str(memory),
            "memory.limit_in_bytes": str(memory),
            "memory.swap.max": "0",
            "memory.memsw.limit_in_bytes": str(memory),
        },
        "pids": {"pids.max": str(pids)},
    }


def _limit(directory: str, values: dict[str, str]) -> None:
    present = [name for name in values if os.path.exists(f"{directory}/{name}")]
    if not present:
        raise PermissionError(f"{directory} has no limits")
    _write(f"{directory}/{present[0]}", values[present[0]])
    for name in present[1:]:
        try:
            _write(f"{directory}/{name}", values[name])
        except OSError:
            pass  # swap may be off in the kernel's configuration


def _write(path: str, value: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(value)


def _parents() -> dict[str, str]:
    """Controller → the directory below which a group of ours can stand."""
    mounts = dict(_mounts())
    found: dict[str, str] = {}
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(",") if controllers else ["cgroup2"]:
            if controller not in mounts:
                continue
            own = mounts[controller] + path.rstrip("/")
            own = own if os.path.isdir(own) else mounts[controller]
            if controller == "cgroup2":
                found |= dict(_delegated(own, mounts[controller]))
            elif controller in {"memory", "pids", "cpu"}:
                found[controller] = own
    return found


def _mounts() -> Iterator[tuple[str, str]]:
    """Controller (``cgroup2`` for version 2) → where its hierarchy is mounted."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in lines:
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        target = before.split(" ")[4]
        if kind == "cgroup2":
            yield kind, target
        elif kind == "cgroup":
            yield from ((option, target) for option in options.split(","))


def _delegated(own: str, root: str) -> Iterator[tuple[str, str]]:
    directory = own
    while directory.startswith(root):
        given = _given(directory)
        if given >= _NEEDED:
            yield from ((name, directory) for name in ("memory", "pids", "cpu") if name in given)
            return
        directory = os.path.dirname(directory)


def _given(directory: str) -> set[str]:
    """The controllers that a group gives to its children."""
    try:
        with open(f"{directory}/cgroup.subtree_control", encoding="ascii") as file:
            return set(file.read().split())
    except OSError:
        return set()
