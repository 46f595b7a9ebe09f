"""What the machine shows of the host, and what it hides: upper layers before they are mounted.

An entry in the upper layer stands over the host's: an empty file hides a secret, an opaque
directory hides what is in it.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False  # typing itself costs milliseconds
if TYPE_CHECKING:
    from collections.abc import Iterator

TOPS = ("usr", "etc", "opt", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
"""Directories of the host's root that a machine shows (those that are no links into /usr)."""

STATE = (
    "var/lib/dpkg",
    "var/lib/apt",
    "var/lib/ucf",
    "var/lib/pam",
    "var/lib/rpm",
    "var/lib/dnf",
    "var/lib/pacman",
    "var/lib/alternatives",
    "var/lib/ca-certificates-java",
    "var/lib/python",
    "var/lib/sgml-base",
    "var/lib/xml-core",
    "var/cache/apt",
    "var/cache/debconf",
)
"""What package managers know of the host's programs."""

_EMPTY_COPIES = ("var/lib", "var/cache", "var/log", "var/spool")
_FRESH = ("root", "home", "tmp", "run", "srv", "mnt", "media", "boot", "proc", "sys", "dev", "var")
_SHALLOW, _DEEP = 2, 64
_NOBODY = 65534
_LARGEST, _LARGEST_AT_TOP = 256 * 1024, 16 * 1024**2
"""Bytes of a file that is copied for an ordinary user; dpkg's own status is at a top."""


def shown(host: str) -> list[str]:
    """The directories of ``host`` to be shown through a layer of their own, without slashes."""
    tops = [top for top in TOPS if os.path.isdir(f"{host}/{top}")]
    states = [path for path in STATE if os.path.isdir(f"{host}/{path}")]
    return [path for path in tops + states if not os.path.islink(f"{host}/{path}")]


def furnish(host: str, root: str) -> None:
    """Make the rest of a root directory: links as the host has them, and empty directories."""
    for name in _FRESH:
        os.mkdir(f"{root}/{name}", 0o755)
    os.chmod(f"{root}/root", 0o700)
    for name in TOPS:
        if os.path.islink(f"{host}/{name}"):
            os.symlink(os.readlink(f"{host}/{name}"), f"{root}/{name}")
    for parent in _EMPTY_COPIES:
        if os.path.isdir(f"{host}/{parent}"):
            _copy_empty(f"{host}/{parent}", f"{root}/{parent}", depth=2)
    for path in ("tmp", "var/tmp", "run/lock"):
        os.makedirs(f"{root}/{path}", exist_ok=True)
        os.chmod(f"{root}/{path}", 0o1777)
    for name, target in (("run", "/run"), ("lock", "/run/lock")):
        os.symlink(target, f"{root}/var/{name}")
    _copy_skeleton(f"{host}/etc/skel", f"{root}/root")


def hide(lower: str, upper: str, attribute: str) -> None:
    """Put an empty entry over everything below ``lower`` that an ordinary user can't read.

    Below /etc all is looked at; elsewhere, where public programs lie, the first levels.

    Args:
        lower: a directory of the host.
        upper: the layer that will stand over it.
        attribute: name of the overlay's extended attribute for opaque directories.
    """
    depth = _DEEP if lower.endswith("/etc") else _SHALLOW
    for path, entry in _unreadable(lower, "", depth):
        _parents(lower, upper, os.path.dirname(path))
        target = f"{upper}/{path}"
        if stat.S_ISDIR(entry.st_mode):
            if not os.path.isdir(target):
                os.mkdir(target)
            os.setxattr(target, attribute, b"y")
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        _own(target, entry)


def own_as(lower: str, upper: str) -> None:
    """Give the top of a layer the owner and the mode of what it stands over."""
    _own(upper, os.stat(lower))


def make_writable(lower: str, upper: str, directories: list[str]) -> None:
    """Let an ordinary user's machine write where the host's root owns the directories.

    An id that isn't mapped can't be acted for, so directories are made anew in the upper layer,
    and the files that are changed in place, such as locks, are copied.

    Args:
        lower: a directory of the host.
        upper: the layer that will stand over it.
        directories: those below /usr, parents first: too many to be looked for each time.
    """
    if lower.endswith("/etc"):
        _copy_tree(lower, upper, "", _DEEP)
    elif "/var/" in lower:
        _copy_directories(lower, upper, 3)
        _copy_tree(lower, upper, "", 2)
    elif lower.endswith("/usr") and directories:
        for path in directories:
            try:
                os.mkdir(f"{upper}/{path}", 0o755)
            except OSError:
                pass  # it is there already, or has gone since it was listed
    else:
        _copy_directories(lower, upper, 2)


def _unreadable(root: str, below: str, depth: int) -> Iterator[tuple[str, os.stat_result]]:
    for entry in _entries(f"{root}/{below}"):
        if entry.is_symlink():
            continue
        is_directory = entry.is_dir(follow_symlinks=False)
        if depth <= 1 and not is_directory and not root.endswith("/etc"):
            continue
        status = entry.stat(follow_symlinks=False)
        wanted = 0o005 if is_directory else 0o004
        path = f"{below}{entry.name}"
        if status.st_mode & wanted != wanted:
            yield path, status
        elif is_directory and depth > 1:
            yield from _unreadable(root, f"{path}/", depth - 1)


def _parents(lower: str, upper: str, path: str) -> None:
    """Make the directory ``path`` in the upper layer, owned and readable as in the lower one."""
    made = ""
    for part in filter(None, path.split("/")):
        made = f"{made}/{part}"
        if not os.path.isdir(upper + made):
            os.mkdir(upper + made)
            _own(upper + made, os.stat(lower + made))


def _own(path: str, status: os.stat_result) -> None:
    # In an ordinary user's machine the host's ids aren't mapped and read as nobody's.
    user, group = (0 if number == _NOBODY else number for number in (status.st_uid, status.st_gid))
    os.chown(path, user, group)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _copy_file(source: str, target: str) -> None:
    with open(source, "rb") as reader, open(target, "xb") as writer:
        while block := reader.read(1 << 20):
            writer.write(block)


def _copy_empty(source: str, target: str, depth: int) -> None:
    os.makedirs(target, exist_ok=True)
    for entry in _entries(source) if depth else []:
        if entry.is_dir(follow_symlinks=False):
            inner = depth - 1 if source.endswith("/spool") else 0
            _copy_empty(entry.path, f"{target}/{entry.name}", inner)
            _own(f"{target}/{entry.name}", entry.stat())


def _copy_skeleton(source: str, target: str) -> None:
    for entry in _entries(source):
        if entry.is_file(follow_symlinks=False) and os.access(entry.path, os.R_OK):
            _copy_file(entry.path, f"{target}/{entry.name}")


def _copy_directories(lower: str, upper: str, depth: int) -> None:
    for entry in _entries(lower) if depth else []:
        if entry.is_dir(follow_symlinks=False):
            target = f"{upper}/{entry.name}"
            os.makedirs(target, exist_ok=True)
            os.chmod(target, stat.S_IMODE(entry.stat().st_mode) | 0o700)
            _copy_directories(entry.path, target, depth - 1)


def _copy_tree(lower: str, upper: str, below: str, depth: int) -> None:
    if below.startswith("info/"):
        return  # of dpkg: ten thousand files, each replaced as a whole
    for entry in _entries(f"{lower}/{below}"):
        target = f"{upper}/{below}{entry.name}"
        if entry.is_symlink():
            if not os.path.lexists(target):
                os.symlink(os.readlink(entry.path), target)
        elif entry.is_dir():
            if not os.path.isdir(target):
                os.mkdir(target)
                os.chmod(target, stat.S_IMODE(entry.stat().st_mode) | 0o700)
            if depth > 1:
                _copy_tree(lower, upper, f"{below}{entry.name}/", depth - 1)
        elif entry.is_file() and not os.path.lexists(target):
            _copy_small(entry, target, _LARGEST if below else _LARGEST_AT_TOP)


def _copy_small(entry: os.DirEntry[str], target: str, most: int) -> None:
    status = entry.stat()
    if status.st_size > most or entry.name.endswith(("-old", ".bin", ".deb")):
        return
    if os.access(entry.path, os.R_OK):
        _copy_file(entry.path, target)
    else:  # a lock: it is enough that there is one
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    os.chmod(target, stat.S_IMODE(status.st_mode))


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(directory))
    except (PermissionError, FileNotFoundError):
        return []
