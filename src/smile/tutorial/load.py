"""A Markdown file to a ``Tutorial``: its text as it is, its steps, its images."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote

from smile.errors import TutorialError
from smile.regex import regex
from smile.tutorial.blocks import Block, Document, read
from smile.tutorial.model import Image, Lines, Tutorial
from smile.tutorial.text import code_spans

MAX_BYTES = 102_400
"""The published limit of a tutorial's size."""
MAX_IMAGE_BYTES = 10 * 1024 * 1024

_MARKDOWN = regex(
    r"!\[[^\[\]]{0,1000}\]\(\s*<?([^()<>\s]{1,1000}(?:\([^()\s]{0,200}\)[^()<>\s]{0,200})?)>?(?:\s+[^()]{0,500})?\)"
)
_REFERENCE = regex(r"!\[([^\[\]]{0,500})\](?:\[([^\[\]]{0,500})\])?(?![(\[])")
_DEFINITION = regex(r"^ {0,3}\[([^\[\]]{1,500})\]:\s*<?([^\s<>]{1,1000})>?", re.MULTILINE)
_TAG = regex(r"<img\b[^<>]{0,4000}?\bsrc\s*=\s*[\"'{]{0,2}([^\"'<>{}\s]{1,1000})", re.IGNORECASE)
_NOT_A_LINE_END = regex(r"[^\n]")
_REMOTE = regex(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def load(path: Path, *, steps: bool = True) -> Tutorial:
    """Read a tutorial.

    Without ``steps`` they stay empty: who needs them later need not wait for the parser now.

    Raises:
        TutorialError: there is no such file, it is too big, or it is no Markdown text.
    """
    tutorial, document = opened(path)
    if not steps:
        return tutorial
    from smile.tutorial.parse import steps_of  # noqa: PLC0415

    return replace(tutorial, steps=steps_of(document))


def opened(path: Path) -> tuple[Tutorial, Document]:
    """A tutorial without its steps, and the blocks that they are made of. Raises as ``load``."""
    text = text_of(path)
    document = read(text)
    return Tutorial(path.name, str(path), text, (), tuple(_images(text, path, document))), document


def text_of(path: Path) -> str:
    """The text of a tutorial's file. Raises ``TutorialError``, as ``load`` does."""
    raw = read_bytes(path)
    if len(raw) > MAX_BYTES:
        raise TutorialError(
            f"Tutorial exceeds size limit (100KB): {path} has more than {MAX_BYTES:,} bytes",
            "Split it into parts that a reader follows in one sitting.",
        )
    if b"\0" in raw:
        raise TutorialError(
            f"{path} is not a valid Markdown file: it holds binary data",
            "Give the Markdown source, not what was built from it.",
        )
    try:
        return raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TutorialError(
            f"{path} is not a valid Markdown file: line {line} is not UTF-8",
            f"Save it as UTF-8, for example: iconv -f latin1 -t utf-8 {path.name}",
        ) from error


def read_bytes(path: Path) -> bytes:
    """What a tutorial's file holds, up to one byte more than it may. Raises ``TutorialError``."""
    try:
        if not path.exists():
            raise TutorialError(f"There is no tutorial {path}", "Give the path of a Markdown file.")
        if not path.is_file():
            kind = "a directory" if path.is_dir() else "no regular file"
            raise TutorialError(f"{path} is {kind}", "Give the path of a Markdown file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TutorialError(
            f"Can't read {path}: {error.strerror}", "Check the permissions of the file."
        ) from error


# --- images --------------------------------------------------------------------------------------


def _images(text: str, path: Path, document: Document) -> list[Image]:
    """The pictures of a tutorial that lie beside it, each once, in their order."""
    images: dict[str, Image] = {}
    for line, reference in sorted(_references(text, document)):
        if not _REMOTE.match(reference) and reference not in images:
            images[reference] = _image(reference, line, path)
    return list(images.values())


def _references(text: str, document: Document) -> list[tuple[int, str]]:
    prose = prose_of(text, document)
    starts = list(accumulate((len(x) + 1 for x in prose.split("\n")), initial=0))
    targets = {m[1].lower(): m[2] for m in _DEFINITION.finditer(prose)}
    found = [(m.start(), m[1]) for p in (_MARKDOWN, _TAG) for m in p.finditer(prose)]
    for match in _REFERENCE.finditer(prose):
        target = targets.get((match[2] or match[1]).lower())
        if target:
            found.append((match.start(), target))
    return [(bisect_right(starts, at), reference) for at, reference in found]


def prose_of(text: str, document: Document) -> str:
    """The text with its code and comments blanked; lines keep their numbers."""
    rows = text.split("\n")
    for block in document.blocks:
        if block.kind == "code" and not _is_markup(block):
            rows[block.lines.first - 1 : block.lines.last] = [""] * (
                block.lines.last - block.lines.first + 1
            )
    return _blanked("\n".join(rows))


def _blanked(text: str) -> str:
    hidden = [(s.start, s.end) for s in code_spans(text) if "\n\n" not in text[s.start : s.end]]
    parts, done = [], 0
    for start, end in sorted([*hidden, *_comments(text)]):
        if start >= done:
            parts += [text[done:start], _NOT_A_LINE_END.sub(" ", text[start:end])]
            done = end
    return "".join([*parts, text[done:]])


def _comments(text: str) -> Iterator[tuple[int, int]]:
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start)
        if end < 0:
            return
        yield start, end
        start = text.find("<!--", end)


def _is_markup(block: Block) -> bool:
    """Indented HTML is a picture more often than code."""
    return not block.fenced and block.text.lstrip().startswith("<img")


_OUTSIDE = "it lies outside of the tutorial's directory, where SMILE reads nothing"
_NO_DIRECTORY = "there is no such directory"
_LEFT_BEHIND = (_OUTSIDE, _NO_DIRECTORY)
"""What tells nothing of the text as published: its pictures may be there."""


def _image(reference: str, line: int, tutorial: Path) -> Image:
    path = unquote(reference.partition("#")[0].partition("?")[0])
    data, why = _picture(path, tutorial)
    return Image(Lines(line, line), reference, path, data, why, why in _LEFT_BEHIND)


def _picture(path: str, tutorial: Path) -> tuple[bytes | None, str]:
    """The bytes of a picture, or why there are none."""
    try:
        base = tutorial.resolve().parent
        target = (tutorial.parent / path).resolve()
        if path.startswith("/") or not target.is_relative_to(base):
            return None, _OUTSIDE
        if not target.parent.is_dir():
            return None, _NO_DIRECTORY
        if not target.is_file():
            return None, "there is no such file"
        if target.stat().st_size > MAX_IMAGE_BYTES:
            return None, "it is larger than 10 MB"
        return target.read_bytes(), ""
    except (OSError, ValueError, RuntimeError) as error:
        return None, f"it can't be read: {error}"
