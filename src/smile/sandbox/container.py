"""What a learner's container is made of: labels, rights, limits, files. Values only, no engine."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from smile.sandbox.base import (
    LOGS_DIR,
    TUTORIAL_DIR,
    WORK_DIR,
    Limits,
    Network,
    SandboxError,
    Spec,
)
from smile.sandbox.owner import Owner

RUN = "dev.smile.run"
ROLE = "dev.smile.role"
OWNER = "dev.smile.owner"
RUNTIME = "dev.smile.runtime"
"""Label of a volume: the image that it was filled from."""

RUNTIME_DIR = "/opt/smile"
_AGENT = f"{RUNTIME_DIR}/agent"
_START = (
    f"import sys; sys.path.append('{_AGENT}/site'); from smile.agent.__main__ import main; main()"
)
_PYTHON = (f"{_AGENT}/lib/loader", "--library-path", f"{_AGENT}/lib", f"{_AGENT}/bin/smile-agent")
AGENT = (*_PYTHON, "-I", "-S", "-X", "utf8", "-c", _START)
"""How our wrapper is started inside: with a C library of its own, and no module of the image's."""
FILL = (*_PYTHON, "-I", "-S", f"{RUNTIME_DIR}/fill.py")
"""The program of the runtime image that copies it to ``VOLUME_DIR``."""
VOLUME_DIR = "/volume"
FULL = f"{VOLUME_DIR}/agent/site/smile/__init__.py"
"""Is in the volume when all of it is."""

CA_PATH = "/etc/ssl/smile-ca.pem"
APT_PATH = "/etc/apt/apt.conf.d/90smile"
KEPT_PATH = "/workspace/KEPT"

CPU_PERIOD = 100_000
"""Microseconds; what the kernel takes when nothing is said."""

CAPABILITIES = (
    "CHOWN",  # these five: apt and dpkg unpack files of other users, then become them
    "DAC_OVERRIDE",
    "FOWNER",
    "SETUID",
    "SETGID",
    "FSETID",  # dpkg keeps the setgid bit of programs (crontab)
    "KILL",  # root stops a service that runs as another user (postgres, www-data)
    "NET_BIND_SERVICE",  # a web server on port 80
    "SYS_CHROOT",  # sshd and postfix lock themselves in
    "AUDIT_WRITE",  # sudo prints an error at every command without it
)
"""What root may do, and why; all other capabilities are dropped.

Left out of an engine's usual set: NET_RAW (forged packets to other sandboxes; ping works without
it), MKNOD, SETFCAP and SETPCAP (dpkg falls back to setuid).
"""


def name_of(run_id: str) -> str:
    """The container's name."""
    return f"smile-{run_id}"


def labels_of(run_id: str, owner: Owner) -> dict[str, str]:
    """What tells a run's containers and volumes from all others."""
    return {RUN: run_id, ROLE: "student", OWNER: str(owner)}


def volume_of(runtime: str) -> str:
    """The name of the volume that is filled from this runtime image."""
    return runtime.replace(":", "-")


def container_config(spec: Spec, owner: Owner, runtime: str) -> dict[str, Any]:
    """The body of ``POST /containers/create`` (Docker Engine API 1.41)."""
    mounts = [
        _mount(name_of(spec.run_id), TUTORIAL_DIR, read_only=True),
        _mount(volume_of(runtime), RUNTIME_DIR, read_only=True),
    ]
    return {
        "Image": spec.image,
        "Hostname": "newcomer",
        "User": "0",  # an image need have no names of users
        "Entrypoint": ["sleep", "infinity"],
        "Cmd": [],
        "WorkingDir": WORK_DIR,
        "Env": ["LANG=C.UTF-8"],  # as on any machine with a terminal; the rest is the image's
        "Labels": labels_of(spec.run_id, owner),
        "HostConfig": {
            "Init": True,
            "CapDrop": ["ALL"],
            "CapAdd": list(CAPABILITIES),
            "ExtraHosts": ["host.docker.internal:host-gateway"],
            "LogConfig": {"Type": "none"},
            "Mounts": mounts,
            **_limits(spec.limits),
        },
    }


def filler_config(spec: Spec, owner: Owner, runtime: str) -> dict[str, Any]:
    """Through it the tutorial's files get into their volume, and the runtime into its own.

    It starts for the latter only. It is of the runtime's image: the author's needs no program.
    """
    mounts = [
        _mount(name_of(spec.run_id), TUTORIAL_DIR, read_only=False),
        _mount(volume_of(runtime), VOLUME_DIR, read_only=False),
    ]
    return {
        "Image": runtime,
        "Entrypoint": list(FILL),
        "Labels": labels_of(spec.run_id, owner),
        "NetworkDisabled": True,
        "HostConfig": {"Mounts": mounts, "CapDrop": ["ALL"], **_limits(spec.limits)},
    }


def _mount(volume: str, folder: str, *, read_only: bool) -> dict[str, Any]:
    """A volume: the one kind of mount that root in the container can't write to.

    Not a directory of this machine: a volume works where the engine does not see our files
    (Docker Desktop, an engine's socket mounted into a CI job's container). What the image has
    there is not copied to it: engines do that badly when two containers begin at once.
    """
    return {
        "Type": "volume",
        "Source": volume,
        "Target": folder,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": True},
    }


def tutorial_files(spec: Spec) -> Mapping[str, bytes]:
    """The tutorial's files, after a look at their paths."""
    for name in spec.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise SandboxError(f"{name!r} is no path inside the tutorial")
    return spec.files


def _limits(limits: Limits) -> dict[str, Any]:
    # No engine limits a container's disk on every file system: one file can't pass the limit.
    disk = {"Name": "fsize", "Soft": limits.disk, "Hard": limits.disk}
    return {
        "Memory": limits.memory,
        "MemorySwap": limits.memory,
        "ShmSize": limits.memory // 4,
        "PidsLimit": limits.pids,
        "CpuPeriod": CPU_PERIOD,  # NanoCpus would be refused where the machine has fewer cores
        "CpuQuota": int(limits.cpus * CPU_PERIOD),
        "Ulimits": [disk],
    }


def archive(files: Mapping[str, bytes], *, now: float, folders: tuple[str, ...] = ()) -> bytes:
    """A tar archive of files (relative path → content) that belong to root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in folders:
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, int(now)
            tar.addfile(entry)
        for path, content in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode, entry.mtime = len(content), 0o644, int(now)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def settings(network: Network) -> dict[str, bytes]:
    """Files of the author's network for a container: certificates, and apt's own settings.

    apt reads neither the variable for certificates nor, behind sudo, the one for the proxy.
    """
    files: dict[str, bytes] = {}
    apt: list[str] = []
    if network.ca_bundle:
        files[CA_PATH] = network.ca_bundle.read_bytes()
        apt.append(f'Acquire::https::CaInfo "{CA_PATH}";')
    if network.proxy:
        apt += [f'Acquire::{scheme}::Proxy "{network.proxy}";' for scheme in ("http", "https")]
    if apt:
        files[APT_PATH] = ("\n".join(apt) + "\n").encode()
    return files


FOLDERS = (WORK_DIR, LOGS_DIR)
"""Made in each new container: an image that was not built by us has none."""
