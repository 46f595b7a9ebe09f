"""Files that a crash leaves whole, and what is said when the disk takes no more."""

from __future__ import annotations

import os
from pathlib import Path

from smile.errors import StorageError


def put(path: Path, content: bytes) -> None:
    """Put a file in place: a reader sees the old one or the new one, also after a power cut.

    Raises ``StorageError``; then the old one is there still, and nothing beside it.
    """
    temporary = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_directory(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def beside(path: Path) -> Path:
    """Where a file is written before it is put in place."""
    return path.with_name(f"{path.name}.tmp")


def remove(*paths: Path) -> None:
    """Remove files, and what a killed process left beside them. Raises ``StorageError``."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            beside(path).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"can't delete {path}: {error.strerror}") from error


def set_aside(*paths: Path, copy: bool = False) -> str:
    """Rename those that exist to a name that none has, or copy them there; the names, in words.

    Raises ``StorageError`` when that can't be done: what is not ours is never written over.
    """
    there = [path for path in paths if path.exists()]
    number = 1
    while any(_aside(path, number).exists() for path in paths):
        number += 1
    for path in there:
        aside = _aside(path, number)
        try:
            if copy:
                put(aside, path.read_bytes())
            else:
                path.rename(aside)
        except OSError as error:
            raise StorageError(
                f"can't set {path} aside: {error.strerror}", "move it away, and start again"
            ) from error
    return " and ".join(_aside(path, number).name for path in there)


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.broken-{number}")


def sync_directory(path: Path) -> None:
    """See the names in a directory to the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def unwritable(path: Path, error: OSError) -> StorageError:
    """What is said of a file that could not be written."""
    return StorageError(
        f"can't write {path}: {error.strerror}",
        "free space, or correct the rights, then start it again: it goes on from there",
    )
