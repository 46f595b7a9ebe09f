"""Put text that others wrote into Markdown so that it stays text.

A tutorial's lines and a program's output may hold anything: they must not become headings,
HTML, links or columns of the report (CommonMark 0.31, GitHub's tables and autolinks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from smile.plain import plain
from smile.regex import regex

__all__ = ["code", "fence", "inline", "prose", "table"]

LONGEST_LINE = 500
PIPE = r"\|"

_ACTIVE = regex(r"[\\`*\[\]<>~$]|&(?=[#\w]+;)|(?<![^\W_])_|_(?![^\W_])")
_BLOCK_START = regex(r"[-#+=:]|\d{1,9}(?=[.)](?:\s|$))")
_AUTOLINK = regex(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?=@)", re.IGNORECASE)
_CODE_SPAN = regex(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def inline(text: str, most: int = 0) -> str:
    """Text as one line that shows as it reads; cut at ``most`` characters when that is given."""
    line = _one_line(text, most)
    escaped = _ACTIVE.sub(r"\\\g<0>", line)
    escaped = _AUTOLINK.sub(r"\\", escaped)
    start = _BLOCK_START.match(escaped)
    if start is None:
        return escaped
    number = start.group().isdigit()
    at = start.end() if number else 0
    return f"{escaped[:at]}\\{escaped[at:]}"


def prose(text: str, most: int = 0) -> str:
    """The same, but what stands between backticks is code."""
    line = _one_line(text, most)
    parts: list[str] = []
    at = 0
    for span in _CODE_SPAN.finditer(line):
        if not span.group(2).strip():
            continue
        parts += [_middle(line[at : span.start()], first=at == 0), code(span.group(2))]
        at = span.end()
    parts.append(_middle(line[at:], first=at == 0))
    return "".join(parts)


def _middle(text: str, *, first: bool) -> str:
    """A part of a line: spaces at its ends stay, and only the first part begins a block."""
    if not text.strip():
        return " " if text else ""
    before = " " if text[0] == " " and not first else ""
    after = " " if text[-1] == " " else ""
    # A dot keeps what follows from being the beginning of a line.
    escaped = inline(text) if first else inline("." + text.strip())[1:]
    return f"{before}{escaped}{after}"


def code(text: str, most: int = 0) -> str:
    """A code span that holds in a paragraph and in a table; newlines show as ⏎."""
    line = " ⏎ ".join(part.strip() for part in plain(text).strip().split("\n")).replace("\t", " ")
    line = _cut(line, most)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    tick = "`" * (longest + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{tick}{pad}{line}{pad}{tick}"


def fence(text: str, language: str = "", most_lines: int = 0) -> str:
    """A fenced block that nothing in the text can close; a cut is told below it."""
    lines = plain(text).strip("\n").split("\n")
    left_out = len(lines) - most_lines if most_lines else 0
    if most_lines:
        lines = [_cut(line, LONGEST_LINE) for line in lines[:most_lines]]
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    tick = "`" * max(3, longest + 1)
    block = f"{tick}{language}\n{body}\n{tick}"
    if left_out > 0:
        block += f"\n\n*… {left_out} more {'line' if left_out == 1 else 'lines'}*"
    return block


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of cells that are Markdown already, each of one line."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', PIPE) for cell in row)} |" for row in lines)


def _one_line(text: str, most: int) -> str:
    return _cut(" ".join(plain(text).split()), most)


def _cut(line: str, most: int) -> str:
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"
