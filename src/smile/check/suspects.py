"""All checks, in the order of their pages in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from smile.check import environment, files, links, misspelt, numbering, placeholder, tool, variable
from smile.check.reading import Reading, Suspect

__all__ = ["CHECKS", "MOST", "find"]

MOST = 50
"""Finds of one check: to explain each takes time, and who has mended fifty asks again."""

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
    """What the checks find, in the order of the checks, of each the first ``MOST``."""
    return tuple(suspect for check in CHECKS for suspect in islice(check(reading), MOST))
