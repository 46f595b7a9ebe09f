"""The program that holds a machine: started by us, outside it, one for each opening.

It makes the namespaces, puts PID 1 of the machine under limits, and waits. When we close our
end of its pipe, or are killed, it ends the machine and removes what was made for it. It is
started with ``-I -S`` and imports little, because a learner waits for it.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import socket
import sys

# What the standard library imports only when it needs it: inside it would be too late.
import array  # noqa: F401  socket, to pass descriptors
import warnings  # noqa: F401  os, to look up a program

from smile.sandbox import cgroups, init
from smile.sandbox import namespaces as ns

TYPE_CHECKING = False  # typing itself costs milliseconds
if TYPE_CHECKING:
    from typing import NoReturn

    from smile.sandbox.plan import Ids, Plan

_SPACES = ns.CLONE_NEWNS | ns.CLONE_NEWPID | ns.CLONE_NEWNET | ns.CLONE_NEWIPC | ns.CLONE_NEWUTS
_EVERY_ID = "0 0 4294967295"


def main(control: int, life: int, plan_file: int, blob: int) -> None:
    """Hold a machine until the pipe closes.

    Args:
        control: our end of the conversation with PID 1, a SOCK_SEQPACKET socket.
        life: a pipe's end for reading; its end is the end of the machine.
        plan_file: the ``Plan``, by marshal.
        blob: the tutorial's files.
    """
    # An exception could come in the middle of cleaning up: a signal only wakes who waits.
    told, teller = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(teller, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    ns.die_with_parent(signal.SIGTERM)
    os.umask(0o022)
    content = os.pread(plan_file, os.fstat(plan_file).st_size, 0)
    plan: Plan = marshal.loads(content)  # noqa: S302  our own parent wrote it
    ours, theirs = socket.socketpair()
    pid = ns.clone(_SPACES | (ns.CLONE_NEWUSER if plan["ids"] else 0))
    if pid == 0:
        os.close(life)
        ours.close()
        _machine(plan, control, blob, theirs)
    os.close(control)
    theirs.close()
    _hold(plan, pid, [life, told], ours)


def _machine(plan: Plan, control: int, blob: int, helper: socket.socket) -> NoReturn:
    """PID 1, from here to its end."""
    code = 1
    try:
        init.run(plan, socket.socket(fileno=control), blob, helper)
        code = 0
    except OSError as error:
        sys.stderr.write(_sentence(error))
    except BaseException:  # noqa: BLE001  we are in a fork: nothing may escape into the caller
        sys.excepthook(*sys.exc_info())  # traceback can no longer be imported
    finally:
        sys.stderr.flush()
        os._exit(code)


def _hold(plan: Plan, pid: int, ends: list[int], child: socket.socket) -> None:
    group = None
    try:
        if plan["ids"]:
            _map_ids(plan["ids"], pid)
        cgroups.sweep()
        group = cgroups.join(
            plan["run_id"],
            pid,
            memory=plan["memory"] + plan["disk"],
            pids=plan["pids"],
            cpus=plan["cpus"],
        )
        child.send(init.LIMITED if group else init.WATCH)
        if not plan["ids"] and child.recv(1):
            for kind in ("uid", "gid"):
                _write_map(f"/proc/{pid}/{kind}_map", _EVERY_ID)
            child.send(b".")
        _wait(pid, ends)
    except OSError as error:
        sys.stderr.write(_sentence(error))
    finally:
        os.kill(pid, signal.SIGKILL)  # a dead child keeps its number until we ask for it
        os.waitpid(pid, 0)
        if group:
            group.remove()
        if plan["scratch"]:
            clear(plan["ids"], [plan["scratch"]])


def _sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}\n"


def _wait(pid: int, ends: list[int]) -> None:
    """Until the machine ends or we are told to end it."""
    poll = select.poll()
    for descriptor in (*ends, os.pidfd_open(pid)):
        poll.register(descriptor, select.POLLIN)
    poll.poll()


def _map_ids(ids: Ids, pid: int) -> None:
    """Give a user namespace of an ordinary user its ids, with the system's tools for ranges."""
    for kind, ranges in ids:
        lines = [f"{inside} {outside} {count}" for inside, outside, count in ranges]
        if len(ranges) > 1:
            tool, numbers = f"new{kind}map", " ".join(lines).split()
            if os.spawnvp(os.P_WAIT, tool, [tool, str(pid), *numbers]):
                raise PermissionError(f"{tool} refused the ids of /etc/sub{kind}")
            continue
        if kind == "gid":
            _write_map(f"/proc/{pid}/setgroups", "deny")
        _write_map(f"/proc/{pid}/{kind}_map", lines[0])


def _write_map(path: str, content: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(content)


def clear(ids: Ids, directories: list[str]) -> None:
    """Remove files of ids that only a machine's user namespace may act for, whatever their mode.

    Args:
        ids: as in the ``Plan`` of the machine that wrote them.
        directories: what to remove.
    """
    import shutil  # noqa: PLC0415  costs milliseconds that no learner should wait for

    ours, theirs = socket.socketpair()
    pid = ns.clone(ns.CLONE_NEWUSER)
    if pid == 0:
        theirs.recv(1)
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)
        os._exit(0)
    try:
        _map_ids(ids, pid)
    finally:
        ours.send(b".")
        os.waitpid(pid, 0)
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)  # itself lies where only we may act
