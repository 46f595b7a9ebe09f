"""A tutorial as a flat list of blocks in file order, each with its lines and surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from smile.tutorial import conventions
from smile.tutorial.model import Lines
from smile.tutorial.scan import Marker, Region, scan

_NESTED = ("note", "tip", "warning", "admonition", "important", "tab-set", "tab-item", "dropdown",
           "hint", "caution", "attention", "details", "tabs", "seealso", "danger")  # fmt: skip
MAX_LEVELS = 4
"""How deep Markdown inside of code blocks is looked for."""


@dataclass(slots=True)
class Block:
    """A heading, a paragraph or a code block.

    ``first`` is the line of the first line of ``text``. ``item`` tells list items apart, 0 for
    none; ``admonition`` is the kind of a quote such as ``> [!NOTE]``.
    """

    kind: str
    text: str
    lines: Lines
    first: int
    info: str = ""
    fenced: bool = False
    level: int = 0
    item: int = 0
    quoted: bool = False
    admonition: str = ""
    regions: tuple[Region, ...] = ()
    markers: list[Marker] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """All blocks, regions and markers of a tutorial."""

    blocks: list[Block]
    regions: list[Region]
    markers: list[Marker]
    """Those below the last block."""


def split_lines(text: str) -> list[str]:
    """The lines of a text: only line feeds (with or without carriage return) end a line."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return [line.replace("\r", " ").replace("\0", "\ufffd") for line in lines]


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def read(text: str) -> Document:
    """Split a tutorial into blocks."""
    scanned = scan(split_lines(text))
    blocks = _parse(scanned.lines, 0, 0)
    _attach(blocks, scanned.regions, scanned.markers)
    end = blocks[-1].lines.first if blocks else 0
    return Document(blocks, scanned.regions, [m for m in scanned.markers if m.line > end])


def _parse(lines: list[str], offset: int, depth: int) -> list[Block]:
    tokens = _markdown().parse("\n".join(lines))
    return _Walk(lines, offset, depth).run(tokens)


class _Walk:
    """Turns the tokens of the parser into blocks."""

    def __init__(self, lines: list[str], offset: int, depth: int) -> None:
        self.lines = lines
        self.offset = offset
        self.depth = depth
        self.blocks: list[Block] = []
        self.items: list[int] = []
        self.count = 0
        self.quotes = 0
        self.admonition = ""
        self.holder = ""
        self.level = 0

    def run(self, tokens: list[Token]) -> list[Block]:
        for token in tokens:
            self._token(token)
        return self.blocks

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind in ("fence", "code_block"):
            self._code(token)
        elif kind == "inline":
            self._inline(token)
        elif kind in ("heading_open", "paragraph_open", "th_open", "td_open"):
            self.holder = kind
            self.level = int(token.tag[1]) if kind == "heading_open" else 0
        elif kind == "list_item_open":
            self.count += 1
            self.items.append(self.offset * 10000 + self.count)
        elif kind == "list_item_close":
            self.items.pop()
        elif kind == "blockquote_open":
            self.quotes += 1
        elif kind == "blockquote_close":
            self.quotes -= 1
            self.admonition = self.admonition if self.quotes else ""

    def _add(self, kind: str, text: str, token: Token, **more: object) -> Block:
        start, end = token.map or [0, 1]
        end = max(end, start + 1)
        while end > start + 1 and not self.lines[min(end, len(self.lines)) - 1].strip(" >\t"):
            end -= 1
        at = start + self.offset + 1
        block = Block(kind, text, Lines(at, min(end, len(self.lines)) + self.offset), at)
        block.item = self.items[-1] if self.items else 0
        block.quoted = self.quotes > 0
        block.admonition = self.admonition
        for name, value in more.items():
            setattr(block, name, value)
        self.blocks.append(block)
        return block

    def _inline(self, token: Token) -> None:
        text = token.content
        if self.holder == "heading_open":
            self._add("heading", text, token, level=self.level)
        elif self.holder == "paragraph_open":
            if self.quotes and text.startswith("[!"):
                self.admonition = text[2:].partition("]")[0].lower()[:20]
            self._add("para", text, token)

    def _code(self, token: Token) -> None:
        text = conventions.without_annotations(token.content.removesuffix("\n"))
        fenced = token.type == "fence"
        info = token.info.strip() if fenced else ""
        first = (token.map or [0, 1])[0] + self.offset + (2 if fenced else 1)
        hidden = not fenced and ("```" in text or "~~~" in text)
        if (hidden or self._directive(info)) and self.depth < MAX_LEVELS:
            self.blocks += _parse(text.split("\n"), first - 1, self.depth + 1)
            return
        self._add("code", text, token, first=first, info=info, fenced=fenced)

    def _directive(self, info: str) -> bool:
        return info.startswith("{") and info[1:].partition("}")[0] in _NESTED


def _attach(blocks: list[Block], regions: list[Region], markers: list[Marker]) -> None:
    """Give each block the regions around it and the markers since the block before it."""
    blocks.sort(key=lambda b: b.lines.first)
    at, waiting, active = 0, 0, list[Region]()
    for block in blocks:
        line = block.lines.first
        while at < len(regions) and regions[at].first <= line:
            active.append(regions[at])
            at += 1
        active = [r for r in active if r.last >= line][-60:]
        block.regions = tuple(active)
        while waiting < len(markers) and markers[waiting].line <= line:
            block.markers.append(markers[waiting])
            waiting += 1
