"""Lines for an interactive interpreter."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial.blocks import Block
from smile.tutorial.model import Repl

_PROMPTS = (
    ("python", regex(r"^\s*>>>(?: |$)"), regex(r"^\s*\.\.\.(?: |$)")),
    ("python", regex(r"^\s*In \[\d+\]: "), regex(r"^\s*\.{3,}: ?")),
    ("sqlite", regex(r"^\s*sqlite3?> "), regex(r"^\s*\.\.\.> ")),
    ("mysql", regex(r"^\s*(?:mysql|MariaDB \[[^\]]{0,40}\])> "), regex(r"^\s*-> ")),
    ("psql", regex(r"^\s*\w{1,40}=[#>] "), regex(r"^\s*\w{1,40}[-(][#>] ")),
    ("ruby", regex(r"^\s*(?:irb(?:\([^)]{0,30}\)[:\d]*)?[>*]|[\w-]{1,30}\([\w-]{1,30}\)>) ?"),
     regex(r"^\s*irb\([^)]{0,30}\)[:\d]*\* ")),
    ("elixir", regex(r"^\s*iex(?:\(\d+\))?> "), regex(r"^\s*\.\.\.(?:\(\d+\))?> ")),
    ("haskell", regex(r"^\s*(?:ghci|Prelude|λ|\*Main)> "), regex(r"^\s*\w+\| ")),
    ("julia", regex(r"^\s*julia> "), regex(r"^\s{7}")),
    ("scala", regex(r"^\s*scala> "), regex(r"^\s*\| ")),
    ("redis", regex(r"^\s*(?:redis[ \w.:]{0,30}|127\.0\.0\.1:\d+)> "), regex(r"^$a")),
    ("mongo", regex(r"^\s*(?:mongosh?|test)> "), regex(r"^\s*\.\.\. ")),
    ("lua", regex(r"^\s*lua> "), regex(r"^\s*>> ")),
)  # fmt: skip
_START = {"python": "python", "python3": "python", "node": "node", "irb": "ruby"}


def read(block: Block) -> Repl | None:
    """The interpreter session that a block shows; ``None`` when it shows none."""
    lines = block.text.split("\n")
    for language, first, more in _PROMPTS:
        if any(first.match(line[:200]) for line in lines):
            return _session(block, lines, language, first, more)
    return _node(block, lines)


def _session(
    block: Block, lines: list[str], language: str, first: re.Pattern[str], more: re.Pattern[str]
) -> Repl | None:
    inputs: list[str] = []
    shown: list[str] = []
    typing = False
    for line in lines:
        start, again = first.match(line), more.match(line)
        if start:
            inputs.append(line[start.end() :])
            typing = True
        elif again and typing:
            inputs[-1] += "\n" + line[again.end() :]
        elif inputs:
            typing = False
            shown.append(line)
    kept = tuple(x for x in inputs if x.strip())
    return Repl(block.lines, language, kept, "\n".join(shown).strip("\n")) if kept else None


def _node(block: Block, lines: list[str]) -> Repl | None:
    """``$ node`` followed by lines with ``> ``."""
    started = re.match(r"^\s*\$ (\w+)\s*$", lines[0][:80])
    language = _START.get(started[1], "") if started else ""
    if not language or not any(line.startswith("> ") for line in lines[1:]):
        return None
    typed = tuple(line[2:] for line in lines[1:] if line.startswith("> "))
    shown = "\n".join(x for x in lines[1:] if not x.startswith("> "))
    return Repl(block.lines, language, typed, shown.strip("\n"))
