"""The system calls that a machine is built with, by ctypes: each raises ``OSError`` by name.

Numbers and structures are those of the kernel's user-space headers (``linux/sched.h``,
``linux/mount.h``, ``linux/prctl.h``, ``linux/capability.h``). Nothing here imports more than
the standard library's light modules: the program that builds a machine must start fast.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

_CLONE3, _MOUNT_SETATTR = 435, 442  # the same number on every architecture
_PIVOT_ROOT = {"x86_64": 155, "i686": 217, "armv7l": 218, "ppc64le": 203, "s390x": 217}
_KEYCTL = {"x86_64": 250, "i686": 288, "armv7l": 311, "ppc64le": 271, "s390x": 280}
_PIVOT_ROOT_ELSEWHERE, _KEYCTL_ELSEWHERE = 41, 219  # the generic table: aarch64, riscv64 …

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522
_JOIN_SESSION_KEYRING = 1
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = -100, 0x8000, 0x1
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1

KEPT_CAPABILITIES = frozenset({0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 29, 31})
"""What Docker gives a container, without MKNOD and NET_RAW: chown, dac_override, fowner, fsetid,
kill, setgid, setuid, setpcap, net_bind_service, sys_chroot, audit_write, setfcap."""


def _libc() -> ctypes.PyDLL:
    # PyDLL keeps the interpreter's lock: the child of a raw clone must find it as it was.
    return ctypes.PyDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _syscall(what: str, number: int, *arguments: object) -> int:
    return _checked(int(_libc().syscall(ctypes.c_long(number), *arguments)), what)


def clone(flags: int) -> int:
    """Fork into new namespaces: 0 in the child, its process id in the parent."""
    # struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, size, tls
    arguments = struct.pack("8Q", flags, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    return _syscall("clone3", _CLONE3, arguments, ctypes.c_size_t(len(arguments)))


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    _checked(int(_libc().unshare(ctypes.c_int(flags))), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a file system."""
    result = _libc().mount(
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        os.fsencode(data) or None,
    )
    _checked(int(result), f"mount {kind or 'bind'} on {target}")


def bind(source: str, target: str, *, read_only: bool = False) -> None:
    """Show a file or a tree, with what is mounted below it, at another place."""
    mount(source, target, flags=MS_BIND | MS_REC)
    if read_only:
        make_read_only(target)


def make_read_only(target: str) -> None:
    """Make a mount, and those below it, read-only; their other flags stay."""
    # struct mount_attr: attr_set, attr_clr, propagation, userns_fd
    attributes = struct.pack("4Q", _MOUNT_ATTR_RDONLY, 0, 0, 0)
    _syscall(
        f"mount_setattr {target}",
        _MOUNT_SETATTR,
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def unmount(target: str) -> None:
    """Take a mount away, also while it is in use."""
    _checked(int(_libc().umount2(os.fsencode(target), MNT_DETACH)), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root and put the former one at ``old``."""
    number = _PIVOT_ROOT.get(os.uname().machine, _PIVOT_ROOT_ELSEWHERE)
    _syscall("pivot_root", number, os.fsencode(new), os.fsencode(old))


def _prctl(what: str, option: int, value: int) -> int:
    rest = [ctypes.c_ulong(0)] * 3
    return _checked(int(_libc().prctl(option, ctypes.c_ulong(value), *rest)), what)


def die_with_parent(number: int) -> None:
    """Ask for a signal when the thread that started this process ends."""
    _prctl("prctl PDEATHSIG", _PR_SET_PDEATHSIG, number)


def forbid_inspection() -> None:
    """Nobody inside may trace this process or read its memory, its files, its environment."""
    _prctl("prctl DUMPABLE", _PR_SET_DUMPABLE, 0)


def drop_capabilities() -> None:
    """Give up for good what is not among ``KEPT_CAPABILITIES``: in every set of this process."""
    for number in range(64):
        if number not in KEPT_CAPABILITIES:
            try:
                _prctl("prctl CAPBSET_DROP", _PR_CAPBSET_DROP, number)
            except OSError:
                break  # beyond the last capability that the kernel knows
    kept = sum(1 << number for number in KEPT_CAPABILITIES)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    # twice (effective, permitted, inheritable): the low and the high 32 bits
    sets = struct.pack("6I", kept, kept, 0, 0, 0, 0)
    _checked(int(_libc().capset(header, sets)), "capset")


def leave_keyring() -> None:
    """Begin with an empty session keyring; a kernel without keyrings has nothing to leave."""
    number = _KEYCTL.get(os.uname().machine, _KEYCTL_ELSEWHERE)
    try:
        _syscall("keyctl", number, ctypes.c_int(_JOIN_SESSION_KEYRING), None)
    except OSError:
        return


def rename(name: bytes) -> None:
    """Show another command line than ours in the machine's list of processes."""
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end of proc(5)
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, name, min(len(name), end - start - 1))


def raise_loopback() -> None:
    """Bring the loopback interface of this network namespace up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH22x", b"lo", 0)
        flags = struct.unpack("16sH22x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        request = struct.pack("16sH22x", b"lo", flags | _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)
