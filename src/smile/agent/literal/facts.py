"""What the Student sees of its machine when it gets stuck: read, never changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from smile.agent.literal import processes
from smile.regex import regex
from smile.wire import Facts, Failure

_TOOLS = (
    "apt-get", "sudo", "python3", "python", "pip", "pip3", "uv", "node", "npm", "npx", "yarn",
    "git", "curl", "wget", "make", "gcc", "go", "cargo", "rustc", "java", "docker", "bash",
)  # fmt: skip
_VERSIONED = {"python3": "--version", "node": "--version", "npm": "--version", "go": "version"}
_NAME = regex(r"[\w@.+~-]*[\w~](?:/[\w@.+~{}-]+)*")
_PRUNED = frozenset({"proc", "sys", "dev", "__pycache__", ".git", ".cache", "doc", "man", "locale"})
_MOST_NAMES, _MOST_PLACES, _MOST_ENTRIES, _MOST_DIRECTORIES = 12, 12, 200, 6000


def collect(
    failure: Failure,
    *,
    cwd: str,
    work_dir: str,
    variables: dict[str, str],
    terminal: int,
    servers: dict[int, int],
) -> Facts:
    """Look around. ``variables`` are those of the stuck shell."""
    home = variables.get("HOME", "/root")
    path = variables.get("PATH", os.defpath)
    tools = {name: found for name in _TOOLS if (found := shutil.which(name, path=path))}
    release = _os_release()
    asked = set(re.findall(r"\$\{?([A-Za-z_]\w*)", failure.command))
    shown = asked | {"VIRTUAL_ENV", "PATH", "HOME"}
    return Facts(
        cwd=cwd,
        home=home,
        work_dir=work_dir,
        uid=os.getuid(),
        distribution=release.get("ID", ""),
        release=release.get("VERSION_ID", ""),
        tools=tools,
        versions={
            name: _version(tools[name], how) for name, how in _VERSIONED.items() if name in tools
        },
        variables={name: variables.get(name, "") for name in sorted(shown)},
        entries=_entries(cwd),
        found=_search(_names(failure), (cwd, work_dir, home)),
        listening=tuple(sorted(processes.listening())),
        terminal=terminal,
        servers=servers,
    )


def _os_release() -> dict[str, str]:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key: value.strip().strip('"') for key, value in pairs}


def _version(tool: str, argument: str) -> str:
    try:
        shown = subprocess.run(
            [tool, argument], capture_output=True, text=True, timeout=5, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\d+(?:\.\d+)+", shown)
    return found[0] if found else ""


def _entries(directory: str) -> tuple[str, ...]:
    try:
        with os.scandir(directory) as entries:
            names = sorted(e.name + ("/" if e.is_dir() else "") for e in entries)
    except OSError:
        return ()
    return tuple(names[:_MOST_ENTRIES])


def _names(failure: Failure) -> tuple[str, ...]:
    """The last parts of the paths and words that the failure speaks of."""
    telling = "\n".join(line for line in failure.output.splitlines()[-25:])
    words = _NAME.findall(f"{failure.path} {failure.command} {telling}")
    names: dict[str, None] = {}
    for word in words:
        name = word.rstrip("/").rsplit("/", 1)[-1].strip("'\"`:,.")
        if len(name) > 1 and not name.startswith("-"):
            names[name] = None
    standing = ("pyproject.toml", "package.json", "activate", "Makefile", ".git")
    return (*list(names)[:80], *failure.path.split("/"), *standing)


def _search(names: tuple[str, ...], roots: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Where something of these names exists, near first; bounded in directories and finds."""
    wanted = set(names)
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for root in dict.fromkeys(roots):
        visited = 0
        for directory, directories, files in os.walk(root):
            if directory in seen or visited > _MOST_DIRECTORIES:
                directories.clear()
                continue
            seen.add(directory)
            visited += 1
            for name in wanted.intersection(
                files,
            ) | wanted.intersection(directories):
                places = found.setdefault(name, [])
                if len(places) < _MOST_PLACES:
                    places.append(os.path.join(directory, name))  # noqa: PTH118
            directories[:] = [d for d in directories if _worth_entering(directory, d)]
    return {name: tuple(sorted(places, key=_nearness)) for name, places in sorted(found.items())}


def _worth_entering(parent: str, name: str) -> bool:
    if name in _PRUNED:
        return False
    return not ("site-packages" in parent or parent.endswith("node_modules")) or name == ".bin"


def _nearness(path: str) -> tuple[int, str]:
    return path.count("/"), path
