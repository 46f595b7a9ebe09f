"""Whose a sandbox is: tells what a dead run left behind from what a live one still uses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, so that another one that gets its number later is not taken for it.

    ``place`` is where process numbers mean the same: one boot of one machine and, on Linux, one
    PID namespace (two CI jobs in containers may share an engine but not their numbers).
    """

    place: str
    pid: int
    started: str

    @classmethod
    def me(cls) -> Owner:
        """This process."""
        pid = os.getpid()
        return cls(_place(), pid, started(pid))

    @classmethod
    def parse(cls, text: str) -> Owner | None:
        """Read what ``str`` wrote; ``None`` when it is something else."""
        place, _, rest = text.partition(" ")
        pid, _, started = rest.partition(" ")
        return cls(place, int(pid), started) if pid.isdecimal() else None

    def __str__(self) -> str:
        return f"{self.place} {self.pid} {self.started}"

    @property
    def known(self) -> bool:
        """Whether this process can tell if the owner lives."""
        return self.place == _place()

    @property
    def alive(self) -> bool:
        """Whether the process still runs; also true where that can't be known."""
        return not self.known or started(self.pid) == self.started


def _place() -> str:
    if sys.platform != "linux":
        return os.uname().nodename
    boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{(PROC / 'self/ns/pid').readlink()}"


def started(pid: int) -> str:
    """When a process began, in the system's own words; empty when there is none."""
    if sys.platform != "linux":
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        return listed.stdout.strip()
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # proc(5): the second field may hold spaces and brackets; the third is the state, the 22nd
    # the start in clock ticks since boot.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]
