"""Put another text in a tutorial's place: whole or not at all, and never over what is newer."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from smile.errors import OutputError, TutorialError
from smile.tutorial.load import read_bytes, text_of
from smile.tutorial.model import Tutorial

__all__ = ["check_copy", "check_replace", "copy", "replace"]

_BOM = b"\xef\xbb\xbf"


def replace(tutorial: Tutorial, text: str) -> None:
    """Write the text into the tutorial's file, which keeps its mode.

    Raises:
        TutorialError: the file has changed since it was read, or it is a link.
        OutputError: it can't be written.
    """
    path = Path(tutorial.path)
    check_replace(path)
    try:
        _put(path, _bytes(tutorial, text), path.stat(), tutorial)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_replace(path: Path) -> None:
    """See that a tutorial may be written into. Raises ``TutorialError``."""
    if path.is_symlink():
        raise TutorialError(f"{path} is a symbolic link", "give the file that it leads to")
    if path.exists() and not path.is_file():
        raise TutorialError(f"{path} is no regular file", "write a copy with --output")


def copy(tutorial: Tutorial, text: str, path: Path) -> None:
    """Write the text into another file, with the mode that new files have.

    Raises:
        TutorialError: it is the tutorial itself, or no regular file.
        OutputError: it can't be written.
    """
    check_copy(Path(tutorial.path), path)
    try:
        _put(path, _bytes(tutorial, text), path.stat() if path.exists() else None, None)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_copy(tutorial: Path, path: Path) -> None:
    """See that a copy of a tutorial may be written to a path. Raises ``TutorialError``."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise TutorialError(f"{path} is no regular file", "name another --output")
    if path.exists() and tutorial.exists() and path.samefile(tutorial):
        raise TutorialError(f"{path} is the tutorial itself", "write in place with --apply")


def _bytes(tutorial: Tutorial, text: str) -> bytes:
    """The text as the tutorial is encoded: with a byte order mark when that has one."""
    mark = _BOM if read_bytes(Path(tutorial.path)).startswith(_BOM) else b""
    return mark + text.encode("utf-8")


def _put(
    path: Path, content: bytes, like: os.stat_result | None, unchanged: Tutorial | None
) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if like is not None:
                if os.geteuid() == 0:
                    os.fchown(file.fileno(), like.st_uid, like.st_gid)
                os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
            os.fsync(file.fileno())
        if unchanged is not None and text_of(path) != unchanged.text:
            raise TutorialError(
                f"{path} has changed meanwhile, so it was left as it is", "run `smile fix` again"
            )
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"can't write {path}: {error.strerror}", "write a copy with --output")
