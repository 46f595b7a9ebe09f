"""What this host is: which root a machine shows, what an ordinary user may map, what is missing."""

from __future__ import annotations

import contextlib
import os
import platform
import pwd
import shutil
import tempfile
from pathlib import Path

from smile.errors import SandboxError
from smile.sandbox.base import Machine, Spec
from smile.sandbox.memory import remembered
from smile.sandbox.owner import started
from smile.sandbox.plan import Ids
from smile.sandbox.survey import TOOLS

_HOST_NAMES = frozenset({"", "host", "smile-base:latest"})
_PATH = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
_TMPFS_HAS_USER_ATTRIBUTES = (6, 6)  # Linux 6.6: tmpfs can be the upper layer of such an overlay
_SCRATCH = Path("/var/tmp")  # noqa: S108  on disk, unlike /tmp on many systems
_SHELLS = ("bin/sh", "usr/bin/sh")
_SWITCHES = (
    ("kernel/unprivileged_userns_clone", "0"),
    ("user/max_user_namespaces", "0"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1"),
)
"""Settings below /proc/sys by which a system forbids user namespaces, and the forbidding value."""


def is_host(image: str) -> bool:
    """Whether this image means the host's own programs."""
    return image in _HOST_NAMES


def lower(image: str) -> Path:
    """The root file system that a machine of this image shows.

    Raises:
        SandboxError: there is none.
    """
    if platform.system() != "Linux":
        raise SandboxError("the local sandbox is made of Linux namespaces: this is no Linux")
    if is_host(image):
        return Path("/")
    if not image.startswith("/"):
        raise SandboxError(
            f"the local sandbox has no image {image!r}",
            "use the host's programs (`host`) or the absolute path of an unpacked root file system",
        )
    if not any(Path(image, shell).is_symlink() or Path(image, shell).exists() for shell in _SHELLS):
        raise SandboxError(
            f"{image} holds no root file system: there is no shell in it",
            "name the directory of an unpacked one (debootstrap, docker export), or leave --image "
            "out for the host's programs",
        )
    return Path(image).resolve()


def ids() -> Ids:
    """The ids of an ordinary user's machine: ours as root, then the system's grant; root: none."""
    if os.geteuid() == 0:
        return []
    own = {"uid": os.geteuid(), "gid": os.getegid()}
    granted = {kind: _granted(kind) for kind in own}
    both = all(granted.values())
    return [
        (kind, [(0, number, 1), *(granted[kind] if both else [])]) for kind, number in own.items()
    ]


def _granted(kind: str) -> list[tuple[int, int, int]]:
    if not shutil.which(f"new{kind}map"):
        return []
    names = {str(os.geteuid())}
    with contextlib.suppress(KeyError):  # a number without an account
        names.add(pwd.getpwuid(os.geteuid()).pw_name)
    try:
        lines = Path(f"/etc/sub{kind}").read_text("utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        name, _, numbers = line.partition(":")
        first, _, count = numbers.partition(":")
        if name in names and first.isdecimal() and count.isdecimal():
            return [(1, int(first), int(count))]
    return []


def scratch() -> str:
    """A directory for what is written where memory can't hold it; empty where it can."""
    release = platform.release().split("-")[0].split(".")
    if tuple(int(part) for part in release[:2] if part.isdecimal()) >= _TMPFS_HAS_USER_ATTRIBUTES:
        return ""
    pid = os.getpid()
    return tempfile.mkdtemp(prefix=f"smile-{pid}-{started(pid)}-", dir=_SCRATCH)


def abandoned_scratch() -> list[str]:
    """Such directories of ours whose process is no more: it was killed, and its helper too."""
    found = []
    for left in _SCRATCH.glob("smile-*-*-*"):
        _, pid, began, _ = left.name.split("-", 3)
        if left.stat().st_uid == os.geteuid() and pid.isdecimal() and started(int(pid)) != began:
            found.append(str(left))
    return found


def directories() -> list[str]:
    """All below /usr, relative to it, parents first, as the package manager left them."""
    states = ("var/lib/dpkg/status", "var/lib/rpm", "usr/lib/sysimage/rpm", "var/lib/pacman/local")
    return remembered("directories", [f"/{path}" for path in (*states, "usr")], _walk)


def _walk() -> list[str]:
    return [
        f"{place}/{name}".removeprefix("/usr/")
        for place, names, _ in os.walk("/usr")
        for name in names
        if not os.path.islink(f"{place}/{name}")  # noqa: PTH114  a Path for each is slow
    ]


def memory() -> int:
    """Bytes of this host's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def machine(spec: Spec, root: Path) -> Machine:
    """What the report says of a machine."""
    shown = is_host(spec.image)
    return Machine(
        engine="local",
        image="host" if shown else spec.image,
        distribution=_distribution(root),
        version=f"Linux {platform.release()}",
        notes=tuple(_notes(root, shown=shown)),
    )


def _notes(root: Path, *, shown: bool) -> list[str]:
    tools = [tool for tool in TOOLS if tool != "sudo" and _has(root, tool)]
    named = ", ".join(tools) if tools else "none of those that tutorials ask for most"
    whose = "the programs installed on the host" if shown else "the programs of its root directory"
    notes = [
        f"This machine shows {whose} ({named}): gaps about these can't be seen.",
        "Commands ran as root, and `sudo` only ran its command: a missing `sudo` can't be seen.",
        "The network was reached through a proxy for HTTP and HTTPS; anything else has no way out.",
    ]
    if _has(root, "apt-get"):
        lists = root / "var/lib/apt/lists"
        filled = lists.is_dir() and any("Packages" in entry.name for entry in lists.iterdir())
        notes.append(
            "apt's package lists are there: a missing `apt-get update` can't be seen."
            if filled
            else "apt has no package lists: `apt-get update` must come before `apt-get install`."
        )
    return notes


def _has(root: Path, tool: str) -> bool:
    return any(os.path.lexists(root / directory / tool) for directory in _PATH)


def _distribution(root: Path) -> str:
    try:
        lines = (root / "etc/os-release").read_text("utf-8").splitlines()
    except OSError:
        return "unknown"
    said = {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in lines)}
    return said.get("PRETTY_NAME", "unknown")


def why(message: str) -> str:
    """Why a machine could not be built, with the setting that forbids it where there is one."""
    for name, forbidding in _SWITCHES:
        setting = Path("/proc/sys", name)
        if os.geteuid() and setting.exists() and setting.read_text("ascii").strip() == forbidding:
            key = name.replace("/", ".")
            return f"user namespaces are switched off here ({key} is {forbidding}): {message}"
    if "overlay" in message:
        return f"this kernel can't lay a writable layer over the host's programs: {message}"
    if "clone3" in message or "_map" in message or "unshare" in message:
        return f"namespaces are not allowed here: {message}"
    return message
