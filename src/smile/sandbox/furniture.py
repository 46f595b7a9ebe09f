"""Files that a local machine gets beside the host's programs: accounts, names, a sudo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from smile.sandbox.base import Spec
from smile.sandbox.init import HOSTNAME
from smile.sandbox.mounts import RUNTIME

CA_PATH = f"{RUNTIME}/ca.pem"
_STORE = "etc/ssl/certs/ca-certificates.crt"
_SUDO = Path(__file__).with_name("sudo.sh")
_FIRST_PERSON, _NOBODY = 1000, 65534
_SHADOW = "{}:*:19000:0:99999:7:::"

Text = tuple[str, int, str]
"""Path in the machine, mode, content."""


def texts(spec: Spec, lower: Path, proxy: str, *, host: bool, one_id: bool) -> list[Text]:
    """What to write into a machine.

    Args:
        spec: the machine.
        lower: the root file system that it shows.
        proxy: the way out as the machine sees it.
        host: ``lower`` is the host's: its accounts are not to be told.
        one_id: the machine has only one user.
    """
    sudo = _SUDO.read_text("utf-8")
    found: list[Text] = [
        ("/etc/hostname", 0o644, f"{HOSTNAME}\n"),
        ("/etc/hosts", 0o644, f"127.0.0.1 localhost {HOSTNAME}\n::1 localhost\n"),
        # Names are looked up by the proxy; a resolver that answers "nobody here" fails at once.
        ("/etc/resolv.conf", 0o644, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"),
        ("/etc/apt/apt.conf.d/99smile", 0o644, _apt(spec, proxy, one_id=one_id)),
        ("/usr/local/bin/sudo", 0o755, sudo),
        ("/usr/bin/sudo", 0o755, sudo),
    ]
    if spec.network.ca_bundle:
        found += _certificates(spec.network.ca_bundle, lower / _STORE)
    if host:
        identity = hashlib.sha256(spec.run_id.encode()).hexdigest()[:32]
        found += [("/etc/machine-id", 0o444, f"{identity}\n"), *_accounts(lower)]
    return found


def _apt(spec: Spec, proxy: str, *, one_id: bool) -> str:
    lines = [f'Acquire::{scheme}::Proxy "{proxy}";' for scheme in ("http", "https")]
    if spec.network.ca_bundle:
        lines.append(f'Acquire::https::CAInfo "{CA_PATH}";')
    if one_id:
        lines.append('APT::Sandbox::User "root";')
    return "\n".join(lines) + "\n"


def _certificates(bundle: Path, store: Path) -> Iterator[Text]:
    """For programs that are told by a variable, and for those that only read the store."""
    content = bundle.read_text("utf-8", errors="replace")
    yield CA_PATH, 0o644, content
    known = store.read_text("utf-8", errors="replace") if store.is_file() else ""
    if known and content not in known:
        yield f"/{_STORE}", 0o644, f"{known.rstrip()}\n{content}"


def _accounts(root: Path) -> Iterator[Text]:
    """The system's accounts without people, and with nobody's password."""
    users, groups = (
        [fields for fields in _table(root / "etc" / name) if _is_systems(fields)]
        for name in ("passwd", "group")
    )
    names = {fields[0] for fields in users}
    for fields in groups:
        fields[3] = ",".join(name for name in fields[3].split(",") if name in names)
    yield "/etc/passwd", 0o644, _lines(":".join(fields) for fields in users)
    yield "/etc/group", 0o644, _lines(":".join(fields) for fields in groups)
    yield "/etc/shadow", 0o640, _lines(_SHADOW.format(fields[0]) for fields in users)
    yield "/etc/gshadow", 0o640, _lines(f"{fields[0]}:*::{fields[3]}" for fields in groups)
    for name in ("subuid", "subgid", "passwd-", "group-", "shadow-", "gshadow-"):
        if (root / "etc" / name).exists():
            yield f"/etc/{name}", 0o644, ""


def _table(path: Path) -> list[list[str]]:
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    return [fields for line in lines if len(fields := line.split(":")) >= 4]


def _is_systems(fields: list[str]) -> bool:
    number = int(fields[2]) if fields[2].isdecimal() else _NOBODY
    return number < _FIRST_PERSON or number == _NOBODY


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
