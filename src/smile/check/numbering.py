"""Numbered headings of which one is missing, or stands there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from smile.check.reading import Reading, Unfit
from smile.regex import regex
from smile.tutorial.blocks import Block

__all__ = ["check"]

_NUMBERED = regex(
    r"^[^\w\n]*(?:(?P<word>step|part|chapter|lesson|exercise|task|stage|phase|section|module|unit)"
    r"\s*#?\s*)?(?P<number>\d{1,2})(?P<letter>[a-z]?)(?P<rest>[.):\-–—]*(?=\s|$).*)$",  # noqa: RUF001
    re.IGNORECASE | re.DOTALL,
)
_VARIANT = regex(
    r"\b(?:option|alternativ\w*|variant|method|approach|windows|macos|mac|linux|ubuntu|debian|"
    r"fedora|docker|continued|cont|version|with|using|via|or)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Heading:
    block: Block
    word: str
    number: int
    letter: str
    rest: str

    @property
    def name(self) -> str:
        return f"{self.word} {self.number}".strip().capitalize()


def check(reading: Reading) -> Iterator[Unfit]:
    """Of each series of numbered headings the first place where it does not count on."""
    blocks = reading.document.blocks
    known = {(h.word, h.number) for block in blocks if (h := _numbered(block)) is not None}
    for series in _series(blocks):
        yield from _judge(series, known)


def _series(blocks: list[Block]) -> Iterator[list[_Heading]]:
    """Numbered headings of one level and word, until a heading of a higher level, or 1 again."""
    open_: dict[tuple[int, str], list[_Heading]] = {}
    for block in blocks:
        if block.kind != "heading":
            continue
        for key in [key for key in open_ if key[0] > block.level]:
            yield open_.pop(key)
        heading = _numbered(block)
        if heading is None:
            continue
        key = (block.level, heading.word)
        if heading.number <= 1 and open_.get(key):
            yield open_.pop(key)
        open_.setdefault(key, []).append(heading)
    yield from open_.values()


def _numbered(block: Block) -> _Heading | None:
    if block.kind != "heading":
        return None
    found = _NUMBERED.match(re.sub(r"[*_`]", "", block.text[:200]))
    if found is None or (not found["word"] and not found["rest"].startswith((".", ")"))):
        return None
    return _Heading(
        block, (found["word"] or "").lower(), int(found["number"]), found["letter"], found["rest"]
    )


def _judge(series: list[_Heading], known: set[tuple[str, int]]) -> Iterator[Unfit]:
    numbers = [heading.number for heading in series]
    if len(series) < 2 or numbers[0] > 1:
        return  # what begins later goes on from another page
    for before, here in pairwise(series):
        if here.number == before.number + 1:
            continue
        if here.number == before.number and _are_variants(before, here):
            continue
        wanted = (here.word, before.number + 1)
        # A heading of another level may be the one that this series lacks.
        if here.number < before.number + 2 or wanted not in known or wanted[1] in numbers:
            yield _unfit(before, here, numbers)
        return


def _are_variants(before: _Heading, here: _Heading) -> bool:
    return bool(
        before.letter or here.letter or _VARIANT.search(before.rest) or _VARIANT.search(here.rest)
    )


def _unfit(before: _Heading, here: _Heading, numbers: list[int]) -> Unfit:
    wanted = before.number + 1
    line, first = here.block.lines.first, before.block.lines.first
    missing = f"{here.word} {wanted}".strip()
    if here.number > wanted and wanted not in numbers:
        title = f"After “{before.name}” comes “{here.name}”"
        problem = (
            f"The heading on line {line} is “{here.name}”, the one before it (line {first}) "
            f"“{before.name}”: a reader looks for {missing} in vain."
        )
        fix = f"Number this heading {wanted}, or add what {missing} was to be."
    else:
        what = "is there twice" if here.number == before.number else "is out of order"
        title = f"“{here.name}” {what}"
        problem = (
            f"The heading on line {line} is “{here.name}”, the one before it (line {first}) "
            f"“{before.name}”: a reader can't tell which comes next."
        )
        fix = f"Number this heading {wanted}, and those below it accordingly."
    return Unfit("ambiguous_instruction", here.block.lines, title, problem, fix)
