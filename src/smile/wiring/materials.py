"""What of the author's files the newcomer gets: the tutorial, and what it refers to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from smile.errors import TutorialError

__all__ = ["Materials", "gather"]

LARGEST_FILE: Final = 16 * 1024**2
LARGEST_TOTAL: Final = 64 * 1024**2
MOST_FILES: Final = 500

HIDDEN_PARTS: Final = (".git", ".hg", ".svn", ".smile")
HIDDEN_NAMES: Final = ("smile.json", "smile-report.*", "smile-audit.log", "expected*.json")
"""Settings, old reports and answer keys: a newcomer has none of them."""

_REFERENCE: Final = re.compile(
    r"""\]\(\s*<?([^)>\s]+)          # [text](target), ![text](target "title")
      | ^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)  # [label]: target
      | \b(?:href|src)\s*=\s*["']([^"']+)["']     # HTML in Markdown
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Materials:
    """``files``: relative POSIX path → content. ``left_out``: sentences on what was too big."""

    files: dict[str, bytes]
    left_out: tuple[str, ...] = ()


def gather(tutorial: Path, text: str) -> Materials:
    """The tutorial itself, and each file that it refers to inside its directory.

    A link that leads out of the directory, also through a symlink, gives nothing, and neither
    does one to version control, settings, reports or answer keys.
    """
    home = tutorial.parent.resolve()
    files = {tutorial.name: _tutorial(tutorial)}
    left_out: list[str] = []
    room = LARGEST_TOTAL
    for name in _references(text):
        path = _inside(home, name)
        if path is None or name in files:
            continue
        try:
            size = path.stat().st_size
            if size > min(LARGEST_FILE, room) or len(files) >= MOST_FILES:
                left_out.append(f"{name} ({size:,} bytes) was too big to be given to the newcomer")
                continue
            files[name] = path.read_bytes()
        except OSError as error:
            left_out.append(f"{name} can't be read ({error.strerror}): the newcomer has it not")
            continue
        room -= size
    return Materials(files, tuple(left_out))


def _tutorial(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:  # it could be read a moment ago
        raise TutorialError(
            f"Can't read {path}: {error.strerror}", "See whether something else changes it."
        ) from error


def _references(text: str) -> Iterator[str]:
    """Relative targets of links and images, normalised, each once."""
    seen: set[str] = set()
    for groups in _REFERENCE.findall(text):
        try:
            url = urlsplit(next(group for group in groups if group))
        except ValueError:
            continue
        if url.scheme or url.netloc or not url.path or url.path.startswith("/"):
            continue
        name = os.path.normpath(unquote(url.path))
        if name not in seen and not name.startswith("..") and "\0" not in name:
            seen.add(name)
            yield name


def _inside(home: Path, name: str) -> Path | None:
    """The file of this name, if it exists and a newcomer may have it."""
    try:
        path = (home / name).resolve()
        if not path.is_relative_to(home) or not path.is_file():
            return None
    except OSError:
        return None
    seen = (PurePosixPath(name), PurePosixPath(path.relative_to(home)))
    return None if any(_hidden(each) for each in seen) else path


def _hidden(path: PurePosixPath) -> bool:
    if any(part.lower() in HIDDEN_PARTS for part in path.parts):
        return True
    return any(fnmatch(path.name.lower(), pattern) for pattern in HIDDEN_NAMES)
