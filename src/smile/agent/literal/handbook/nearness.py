"""How near two words are, for misspelt commands, options, packages and file names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath


def distance(left: str, right: str) -> int:
    """Edits between two words; two swapped neighbours count once (optimal string alignment)."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def allowed(word: str) -> int:
    """How many slips a word of this length may hold and still be recognised."""
    if len(word) < 3:
        return 0
    return 1 if len(word) < 7 else 2


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that ``word`` is a slip of; the earlier one of equals, empty for none."""
    limit = allowed(word)
    ranked = [
        (d, i, c)
        for i, c in enumerate(dict.fromkeys(candidates))
        if c != word and abs(len(c) - len(word)) <= limit and (d := distance(word, c)) <= limit
    ]
    return min(ranked)[2] if ranked else ""


def akin(left: str, right: str) -> bool:
    """Whether two file names look like two names of one file: ``main.rs``, ``main_file.rs``."""
    a, b = PurePosixPath(left).name, PurePosixPath(right).name
    if a == b:
        return True
    if PurePosixPath(a).suffix != PurePosixPath(b).suffix:
        return a.casefold() == b.casefold()
    x, y = sorted((PurePosixPath(a).stem, PurePosixPath(b).stem), key=len)
    if len(x) >= 3 and (y.startswith(x) or y.endswith(x)):
        return True
    return x.replace("-", "_") == y.replace("-", "_") or distance(x, y) <= allowed(x)
