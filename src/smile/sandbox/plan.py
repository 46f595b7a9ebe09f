"""What the program that builds a machine is told: marshalled, from us to ourselves."""

from __future__ import annotations

from typing import TypedDict

Ids = list[tuple[str, list[tuple[int, int, int]]]]
"""As an ordinary user: (``uid`` or ``gid``, its map: inside, outside, count); root: empty."""


class Plan(TypedDict):
    """A machine to build. Paths of the host are absolute; those of the machine too."""

    run_id: str
    lower: str
    """An unpacked root file system; empty for the host's programs."""
    ids: Ids
    scratch: str
    """As an ordinary user of a kernel before 6.6: a directory for what is written, else empty."""
    disk: int
    memory: int
    pids: int
    cpus: float
    directories: list[str]
    """As an ordinary user: those below /usr, relative to it, parents first; root: none."""
    binds: list[tuple[str, str]]
    """Path of the host, path of the machine: shown read-only."""
    texts: list[tuple[str, int, str]]
    """Path of the machine, mode, content: written last."""
    files: list[tuple[str, int, int]]
    """Of the tutorial: relative path, offset and length in the second descriptor."""
    ports: tuple[int, int]
    """Where the orchestrator and the way out are to be reached inside; 0 for any."""


class Request(TypedDict):
    """A program to run inside."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
