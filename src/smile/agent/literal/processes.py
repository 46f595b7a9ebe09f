"""What runs and listens in this machine, read from ``/proc`` (see proc(5))."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LISTEN = "0A"


class Process(NamedTuple):
    """What ``/proc/PID/stat`` tells; ``foreground`` is the process group that has its terminal."""

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int
    terminal: int
    foreground: int


def listening() -> frozenset[int]:
    """TCP ports on which something listens, in this network namespace."""
    return frozenset(port for port, _ in _listeners())


def listens(pids: list[int], but_for: frozenset[int]) -> bool:
    """Whether one of these processes listens on another port than ``but_for``.

    Whose sockets can't be seen (another user's) may have any that nobody had before.
    """
    sockets = {socket for port, socket in _listeners() if port not in but_for}
    return bool(sockets) and any(_holds(pid, sockets) for pid in pids)


def _listeners() -> list[tuple[int, str]]:
    """Each port with the socket that listens there, named as in ``/proc/PID/fd``."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == _LISTEN:
                port = int(fields[1].rsplit(":", 1)[1], 16)
                found.append((port, f"socket:[{fields[9]}]"))
    return found


def _holds(pid: int, sockets: set[str]) -> bool:
    try:
        files = list(Path(f"/proc/{pid}/fd").iterdir())
    except PermissionError:
        return True
    except OSError:
        return False
    for file in files:
        with suppress(OSError):
            if str(file.readlink()) in sockets:
                return True
    return False


def session_members(session: int) -> list[int]:
    """Processes of a session, without its leader."""
    return [p.pid for p in everything() if p.session == session and p.pid != session]


def descendants(root: int) -> list[int]:
    """Children of ``root``, their children and so on."""
    return below(root, everything())


def below(root: int, of: list[Process]) -> list[int]:
    """Those of these processes that descend from ``root``."""
    children: dict[int, list[int]] = {}
    for process in of:
        children.setdefault(process.parent, []).append(process.pid)
    found: list[int] = []
    queue = [root]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


def cpu_ticks(pids: list[int]) -> int:
    """Processor time of these processes and their finished children, in clock ticks."""
    total = 0
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        fields = stat.rsplit(")", 1)[1].split()
        total += sum(int(value) for value in fields[11:15])
    return total


def kill_all(pids: list[int], number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def everything() -> list[Process]:
    """Every process that can be seen."""
    rows = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            stat = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        head, tail = stat.rsplit(")", 1)
        state, *numbers = tail.split()[:6]
        name = head.partition("(")[2]
        rows.append(Process(int(entry.name), name, state, *(int(n) for n in numbers)))
    return rows
