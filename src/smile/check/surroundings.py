"""What lies beside a tutorial and around it: the only I/O of this package."""

from __future__ import annotations

from pathlib import Path

from smile.check.reading import Surroundings

__all__ = ["look_around"]

_OF_A_PROJECT = (".git", ".hg", ".svn", ".jj")
_HIGHEST = 12
"""Directories above a tutorial in which its project is looked for."""


def look_around(tutorial: Path) -> Surroundings:
    """The surroundings of the tutorial at this path, which exists."""
    home = tutorial.resolve().parent
    above = [home, *home.parents][:_HIGHEST]
    project = next((i for i, place in enumerate(above) if _is_a_project(place)), None)
    roots = above[: 1 if project is None else project + 1]
    return Surroundings(
        beside=lambda path: _is_there(home, path),
        shipped=lambda path: any(_is_there(root, path) for root in roots),
        published=project is not None,
        above=tuple(place.name for place in above),
    )


def _is_a_project(place: Path) -> bool:
    return any(_is_there(place, name) for name in _OF_A_PROJECT)


def _is_there(root: Path, path: str) -> bool:
    try:
        return (root / path).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
