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
AGENT = "dev.smile.agent"
"""Label of an image: the version of SMILE whose wrapper it carries."""

AGENT_PATH = "/opt/smile/smile-agent/smile-agent"
CA_PATH = "/etc/ssl/smile-ca.pem"
APT_PATH = "/etc/apt/apt.conf.d/90smile"
KEPT_PATH = "/workspace/KEPT"

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


def container_config(spec: Spec, owner: Owner) -> dict[str, Any]:
    """The body of ``POST /containers/create`` (Docker Engine API 1.41)."""
    return {
        "Image": spec.image,
        "Hostname": "newcomer",
        "User": "root",
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
            "Mounts": [volume_mount(spec.run_id, read_only=True)],
            **_limits(spec.limits),
        },
    }


def filler_config(spec: Spec, owner: Owner) -> dict[str, Any]:
    """A container that never starts: through it the tutorial's files get into their volume."""
    return {
        "Image": spec.image,
        "Entrypoint": ["true"],
        "Labels": labels_of(spec.run_id, owner),
        "HostConfig": {"Mounts": [volume_mount(spec.run_id, read_only=False)]},
    }


def volume_mount(run_id: str, *, read_only: bool) -> dict[str, Any]:
    """The tutorial's volume: the one kind of mount that root in the container can't write to.

    A volume, not a directory of this machine: it works where the engine does not see our files
    (Docker Desktop, an engine's socket mounted into a CI job's container).
    """
    return {
        "Type": "volume",
        "Source": name_of(run_id),
        "Target": TUTORIAL_DIR,
        "ReadOnly": read_only,
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
        "NanoCpus": int(limits.cpus * 1_000_000_000),
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
