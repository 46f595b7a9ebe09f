"""Sentences of a paragraph, and the code, emphasis and links in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from smile.regex import regex
from smile.tutorial.model import Lines

MAX_PARAGRAPH = 6000
"""A longer paragraph is no instruction; it is not looked at."""

_RUN = regex(r"`+")
_LINK = regex(
    r"!?\[([^\[\]]{0,400})\]\(([^()\s]{0,600}(?:\([^()\s]{0,100}\))?[^()\s]{0,200})(?:\s+[\"'][^\"']{0,200}[\"'])?\)"
)
_REFERENCE = regex(r"\[([^\[\]]{1,300})\](?:\[[^\[\]]{0,200}\])")
_END = regex(
    r"(?<=[.!?])(?:[\"”\u2019)*_]{0,3})\s+(?=[\"“'`*_\[(<A-Z0-9\u0001\U0001f300-\U0001faff])"
)
_ABBREVIATION = regex(
    r"(?:\b(?:e\.g|i\.e|vs|etc|cf|approx|Mr|Dr|no|fig|v)\.|^\d{1,3}\.)$", re.IGNORECASE
)
_EMPHASIS = regex(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)([^*\n]{1,160}?)(?<=\S)\1(?![\w*_])")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence that is set off: code, emphasis."""

    text: str
    start: int
    end: int
    code: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. ``plain`` has a control character for each one of its code spans.

    Positions in ``spans`` refer to ``text`` and ``plain`` alike.
    """

    text: str
    plain: str
    lines: Lines
    spans: tuple[Span, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The texts of the code spans."""
        return tuple(s.text for s in self.spans if s.code)


def code_spans(text: str) -> list[Span]:
    """The code spans of a text, in time linear to its length."""
    runs = [(m.start(), m.end()) for m in _RUN.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    spans: list[Span] = []
    done = 0
    for start, end in runs:
        if start < done:
            continue
        same = by_length[end - start]
        after = bisect_right(same, start)
        if after < len(same):
            close = same[after]
            spans.append(Span(" ".join(text[end:close].split()), start, close + end - start))
            done = close + end - start
    return spans


def sentences(text: str, first: int) -> list[Sentence]:
    """The sentences of a paragraph whose first line is ``first``."""
    if len(text) > MAX_PARAGRAPH:
        return []
    text = _unlink(text) if "[" in text else text
    spans = code_spans(text)
    masked = _mask(text, spans).replace("’", "'")  # noqa: RUF001
    result: list[Sentence] = []
    start = 0
    for end in [*_ends(masked), len(text)]:
        piece = text[start:end]
        if piece.strip():
            result.append(_sentence((text, masked), spans, (start, end), first))
        start = end
    return result


def _unlink(text: str) -> str:
    """Links become their text; line ends are kept."""
    joined = _LINK.sub(lambda m: m[1] + "\n" * (m[0].count("\n") - m[1].count("\n")), text)
    return _REFERENCE.sub(lambda m: m[1] + "\n" * (m[0].count("\n") - m[1].count("\n")), joined)


def _mask(text: str, spans: list[Span]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], "\x01" * (span.end - span.start)]
        at = span.end
    return "".join([*parts, text[at:]])


def _ends(masked: str) -> list[int]:
    return [
        found.end()
        for found in _END.finditer(masked)
        if not _ABBREVIATION.search(masked[max(0, found.start() - 8) : found.start()])
    ]


def _sentence(
    texts: tuple[str, str], spans: list[Span], bounds: tuple[int, int], first: int
) -> Sentence:
    (text, masked), (start, end) = texts, bounds
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    own = [Span(s.text, s.start - start, s.end - start) for s in spans if start <= s.start < end]
    plain = masked[start:end]
    own += [Span(m[2], m.start(), m.end(), code=False) for m in _EMPHASIS.finditer(plain)]
    top = first + text.count("\n", 0, start)
    lines = Lines(top, top + text.count("\n", start, end))
    return Sentence(text[start:end], plain, lines, tuple(sorted(own, key=lambda s: s.start)))
