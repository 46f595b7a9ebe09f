"""All checks, in the order of their pages in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smile.check import environment, files, links, misspelt, numbering, placeholder, tool, variable
from smile.check.reading import Reading, Suspect

__all__ = ["CHECKS", "find"]

CHECKS: tuple[Callable[[Reading], Iterator[Suspect]], ...] = (
    placeholder.check,
    files.check,
    variable.check,
    links.check,
    numbering.check,
    misspelt.check,
    tool.check,
    environment.check,
)
"""Missing pictures are found when the tutorial is read: see ``Tutorial.images``."""


def find(reading: Reading) -> tuple[Suspect, ...]:
    """What the checks find, in the order of the checks."""
    return tuple(suspect for check in CHECKS for suspect in check(reading))
