"""The root directory of a machine, built inside its own mount namespace.

The host's tree is at ``/host`` while it is built and gone afterwards. All that the machine
writes lies on one tmpfs of limited size, which vanishes with the namespace.
"""

from __future__ import annotations

import os
import stat

from smile.sandbox import layers
from smile.sandbox import namespaces as ns

TYPE_CHECKING = False  # typing itself costs milliseconds
if TYPE_CHECKING:
    from smile.sandbox.plan import Plan

RUNTIME = "/opt/smile"
"""Where our wrapper's own interpreter and packages are."""

_BASE = "/tmp"  # noqa: S108  a directory that every host has, to put our tmpfs over
_HOST, _NEW = "/host", "/new"
_DEVICES = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}
"""Name → major and minor number (the kernel's admin-guide/devices)."""
_PROC_SHOWN = frozenset(
    "cpuinfo devices diskstats filesystems loadavg meminfo misc partitions stat swaps sys uptime"
    " version vmstat".split()
)
"""What stays of /proc beside processes: the rest speaks of the host, or changes it."""


def build(plan: Plan, blob: int) -> None:
    """Make the machine's root directory and go there; nothing of the host stays reachable.

    Args:
        plan: what to build.
        blob: descriptor of the tutorial's files, one after the other.
    """
    _stage(plan)
    if plan["lower"]:
        _overlay(plan, f"{_HOST}{plan['lower']}", _NEW, "image")
    else:
        _show_host(plan)
    _devices(plan)
    _processes()
    _workspace(plan, blob)
    for source, target in plan["binds"]:
        _bind(f"{_HOST}{source}", f"{_NEW}{target}")
    _enter()
    # Only now: a link in the root file system can no longer lead to a file of the host.
    for path, mode, content in plan["texts"]:
        _write(path, mode, content)
    if os.path.isdir(RUNTIME):
        ns.bind(RUNTIME, RUNTIME, read_only=True)


def _stage(plan: Plan) -> None:
    ns.mount("none", "/", flags=ns.MS_REC | ns.MS_PRIVATE)
    ns.mount("tmpfs", _BASE, "tmpfs", ns.MS_NODEV, f"mode=0755,size={plan['disk']}")
    os.mkdir(f"{_BASE}{_HOST}")
    ns.pivot_root(_BASE, f"{_BASE}{_HOST}")
    os.chdir("/")
    for path in (_NEW, "/empty", "/upper"):
        os.mkdir(path, 0o755)
    _touch("/nothing")
    if plan["scratch"]:
        ns.bind(f"{_HOST}{plan['scratch']}", "/upper")
    ns.bind(_NEW, _NEW)  # a root must be a mount


def _overlay(plan: Plan, lower: str, target: str, name: str) -> None:
    ordinary = bool(plan["ids"])
    upper, work = f"/upper/{name}", f"/upper/{name}.work"
    os.makedirs(upper)
    os.mkdir(work)
    layers.own_as(lower, upper)
    if not plan["lower"]:
        layers.hide(lower, upper, f"{'user' if ordinary else 'trusted'}.overlay.opaque")
    if ordinary:
        layers.make_writable(lower, upper, plan["directories"])
    escaped = lower.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")
    options = f"lowerdir={escaped},upperdir={upper},workdir={work}"
    options += ",userxattr" if ordinary else ""
    os.makedirs(target, exist_ok=True)
    ns.mount("overlay", target, "overlay", ns.MS_NODEV, options)


def _show_host(plan: Plan) -> None:
    layers.furnish(_HOST, _NEW)
    for path in layers.shown(_HOST):
        _overlay(plan, f"{_HOST}/{path}", f"{_NEW}/{path}", path.replace("/", "-"))


def _devices(plan: Plan) -> None:
    at = f"{_NEW}/dev"
    _directory(at)
    ns.mount("tmpfs", at, "tmpfs", ns.MS_NOSUID, "mode=0755,size=64k")
    for name, numbers in _DEVICES.items():
        if plan["ids"]:  # may not make devices; the host's aren't its own, so it can't change them
            _touch(f"{at}/{name}")
            ns.bind(f"{_HOST}/dev/{name}", f"{at}/{name}")
        else:
            os.mknod(f"{at}/{name}", stat.S_IFCHR | 0o666, os.makedev(*numbers))
            os.chmod(f"{at}/{name}", 0o666)
    for name in ("pts", "shm"):
        os.mkdir(f"{at}/{name}")
    os.mkdir("/shm")
    os.chmod("/shm", 0o1777)
    ns.bind("/shm", f"{at}/shm")
    flags = ns.MS_NOSUID | ns.MS_NOEXEC
    ns.mount("devpts", f"{at}/pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=0620")
    for name, target in (
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ):
        os.symlink(target, f"{at}/{name}")


def _processes() -> None:
    at = f"{_NEW}/proc"
    _directory(at)
    ns.mount("proc", at, "proc", ns.MS_NOSUID | ns.MS_NODEV | ns.MS_NOEXEC)
    for entry in os.scandir(at):
        if entry.name.isdecimal() or entry.name in _PROC_SHOWN or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            ns.bind("/empty", entry.path, read_only=True)
        else:
            ns.bind("/nothing", entry.path, read_only=True)
    ns.bind(f"{at}/sys", f"{at}/sys", read_only=True)
    ns.bind("/empty", _directory(f"{_NEW}/sys"), read_only=True)


def _workspace(plan: Plan, blob: int) -> None:
    # On the tmpfs itself, so that the layers of an image needn't be written to.
    at = f"{_NEW}/workspace"
    _directory(at)
    os.mkdir("/workspace")
    ns.bind("/workspace", at)
    for name in ("tutorial", "work", "logs"):
        os.mkdir(f"{at}/{name}", 0o755)
    for path, offset, length in plan["files"]:
        target = f"{at}/tutorial/{path}"
        _directory(os.path.dirname(target))
        with open(target, "xb") as file:
            file.write(os.pread(blob, length, offset))
    ns.bind(f"{at}/tutorial", f"{at}/tutorial", read_only=True)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        _directory(target)
    else:
        _directory(os.path.dirname(target))
        _touch(target)
    ns.bind(source, target, read_only=True)


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o444))


def _directory(path: str) -> str:
    """Make a directory; a link on the way could lead out of an image, to the host."""
    made = ""
    for part in path.strip("/").split("/"):
        made = f"{made}/{part}"
        if os.path.islink(made):
            raise OSError(f"{made.removeprefix(_NEW)} is a link in this root file system")
        if not os.path.isdir(made):
            os.mkdir(made, 0o755)
    return path


def _enter() -> None:
    os.chdir(_NEW)
    ns.pivot_root(".", ".")  # the old root now lies over the new one
    ns.unmount(".")
    os.chdir("/")


def _write(path: str, mode: int, content: str) -> None:
    """Write a file of the machine unless the machine has no directory for it."""
    if not os.path.isdir(os.path.dirname(path)):
        return
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "x", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)
