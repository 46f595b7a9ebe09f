"""Where a run can be watched: a file for its author, beside the state file, while the run lives.

It holds the observer's token, so nobody else may read it. The run keeps the file locked
(``flock``): a lock dies with its process, which tells the file of a killed run from that of a
living one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from smile.errors import StateError, StorageError

__all__ = ["Address", "beside", "published", "read"]


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` without a path, as ``http://127.0.0.1:35543``, and the observer's token."""

    url: str
    token: str = field(repr=False)


def beside(state_file: Path) -> Path:
    """The file for this state file, named as journal and lock are."""
    prefix = "" if state_file.stem == "state" else f"{state_file.stem}."
    return state_file.with_name(f"{prefix}observer.json")


@contextmanager
def published(path: Path, address: Address) -> Iterator[None]:
    """The file is there while this is open; mode 0600. Raises ``StorageError``."""
    try:
        fd = _written(path, json.dumps(asdict(address)) + "\n")
    except OSError as error:
        raise StorageError(f"can't write {path}: {error.strerror}") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(fd)


def _written(path: Path, text: str) -> int:
    """Put the file in place, whole and locked; the descriptor that holds the lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(fd, text.encode())
        temporary.replace(path)
    except BaseException:
        os.close(fd)
        temporary.unlink(missing_ok=True)
        raise
    return fd


def read(path: Path) -> Address | None:
    """Where the run can be watched, ``None`` when none is going on. Raises ``StateError``."""
    try:
        with path.open(encoding="utf-8") as file:
            return Address(**json.load(file)) if _locked(file.fileno()) else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(
            f"can't read {path}: {error.strerror}", "ask the one who started the run"
        ) from error
    except (ValueError, TypeError) as error:
        raise StateError(f"{path} is not the address of a run") from error


def _locked(fd: int) -> bool:
    """Whether the run that wrote the file lives."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
