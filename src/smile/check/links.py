"""Links to files beside the tutorial that are not there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import PurePosixPath
from urllib.parse import unquote

from smile.check.reading import Reading, Unfit
from smile.regex import regex
from smile.tutorial.load import prose_of
from smile.tutorial.model import Lines

__all__ = ["check"]

_LINK = regex(
    r"(?<!!)\[(?:[^\[\]]|!\[[^\[\]]{0,200}\]\([^()\s]{0,400}\)){0,600}\]"
    r"\(\s*<?([^()<>\s]{1,600})>?(?:\s+[\"'][^\"']{0,200}[\"'])?\s*\)"
)
_DEFINITION = regex(r"^ {0,3}\[(?!\^)[^\[\]]{1,300}\]:\s*<?([^\s<>]{1,600})>?", re.MULTILINE)
_ELSEWHERE = regex(r"^(?:[a-z][a-z0-9+.-]*:|//|/|#|\?|@|~|\{|<|\$|%)", re.IGNORECASE)
_BUILT = frozenset({".html", ".htm", ".php", ".aspx"})
"""What a site's generator makes, of files with other names."""
_FILE = regex(r"^\.[a-z][a-z0-9]{0,9}$", re.IGNORECASE)
_ALONE = "As published they may well be there."


def check(reading: Reading) -> Iterator[Unfit]:
    """Each missing target once, where it is first linked.

    When several are missing and none is there, the text stands alone, which tells nothing about
    the links of the published one.
    """
    targets: dict[str, int] = {}
    for line, target in _targets(reading):
        path = unquote(target.partition("#")[0].partition("?")[0])
        if _is_a_file(path):
            targets.setdefault(path, line)
    missing = [path for path in targets if not reading.around.beside(path)]
    alone = 1 < len(missing) == len(targets) and not reading.around.published
    for path in missing:
        if _is_handed_over(path, reading):
            yield Unfit(
                "missing_file",
                Lines(targets[path], targets[path]),
                f"The link to `{path}` leads nowhere",
                f"Line {targets[path]} links to `{path}`, and there is no such file beside the "
                "tutorial.",
                f"Correct the link, or add the file `{path}`.",
                doubt=_ALONE if alone else "",
            )


def _targets(reading: Reading) -> Iterator[tuple[int, str]]:
    text = prose_of(reading.tutorial.text, reading.document)
    starts = list(accumulate((len(row) + 1 for row in text.split("\n")), initial=0))
    found = [(m.start(1), m[1]) for p in (_LINK, _DEFINITION) for m in p.finditer(text)]
    yield from ((bisect_right(starts, at), target) for at, target in sorted(found))


def _is_a_file(path: str) -> bool:
    """Whether it is written as a file below the tutorial's directory or above it."""
    suffix = PurePosixPath(path).suffix
    return not _ELSEWHERE.match(path) and bool(_FILE.match(suffix)) and suffix.lower() not in _BUILT


def _is_handed_over(path: str, reading: Reading) -> bool:
    """Whether the place of the file was handed over with the text, so that its absence tells."""
    parent = PurePosixPath(path).parent
    return reading.around.published or (
        ".." not in parent.parts and reading.around.beside(str(parent))
    )
