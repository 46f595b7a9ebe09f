"""Where this machine gets its packages from, for networks that only reach mirrors of their own."""

from __future__ import annotations

import configparser
from pathlib import Path
from urllib.parse import urlsplit

APT = (
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/debian.sources",
    "etc/apt/sources.list.d/ubuntu.sources",
)
"""The distribution's own sources; whatever else a developer's machine has would hide gaps."""
PIP = ("etc/pip.conf", "etc/xdg/pip/pip.conf")
PIP_KEYS = ("index-url", "extra-index-url", "trusted-host")


def host_sources(root: Path = Path("/")) -> dict[str, bytes]:
    """The files of a build's context: ``network/release`` and what goes to its own place.

    Empty when this machine is no Debian or relative of it.
    """
    release = _release(root / "etc/os-release")
    found = {path: (root / path).read_bytes() for path in APT if (root / path).is_file()}
    if not release or not found:
        return {}
    for path in PIP:
        if (root / path).is_file() and (settings := _pip(root / path)):
            found["etc/pip.conf"] = settings.encode()
    return {"network/release": release.encode()} | {
        f"network/host/{path}": content for path, content in found.items()
    }


def _release(path: Path) -> str:
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in lines)}
    identity, release = said.get("ID", ""), said.get("VERSION_CODENAME", "")
    return f"{identity} {release}" if identity and release else ""


def _pip(path: Path) -> str:
    """The indexes that another machine can reach, too: neither directories nor ``file:`` URLs."""
    parser = configparser.RawConfigParser()
    parser.read(path, encoding="utf-8")
    kept = []
    for key in PIP_KEYS:
        words = parser.get("global", key, fallback="").split()
        usable = [word for word in words if key == "trusted-host" or _is_remote(word)]
        if usable:
            kept.append(f"{key} = {' '.join(usable)}")
    return "\n".join(["[global]", *kept, ""]) if kept else ""


def _is_remote(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"}
