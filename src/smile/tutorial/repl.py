"""Lines for an interactive interpreter."""

from __future__ import annotations

import re

from smile.tutorial.blocks import Block
from smile.tutorial.model import Repl

_PROMPTS = (
    ("python", re.compile(r"^\s*>>>(?: |$)"), re.compile(r"^\s*\.\.\.(?: |$)")),
    ("python", re.compile(r"^\s*In \[\d+\]: "), re.compile(r"^\s*\.{3,}: ?")),
    ("sqlite", re.compile(r"^\s*sqlite3?> "), re.compile(r"^\s*\.\.\.> ")),
    ("mysql", re.compile(r"^\s*(?:mysql|MariaDB \[[^\]]{0,40}\])> "), re.compile(r"^\s*-> ")),
    ("psql", re.compile(r"^\s*\w{1,40}=[#>] "), re.compile(r"^\s*\w{1,40}[-(][#>] ")),
    ("ruby", re.compile(r"^\s*(?:irb(?:\([^)]{0,30}\)[:\d]*)?[>*]|[\w-]{1,30}\([\w-]{1,30}\)>) ?"),
     re.compile(r"^\s*irb\([^)]{0,30}\)[:\d]*\* ")),
    ("elixir", re.compile(r"^\s*iex(?:\(\d+\))?> "), re.compile(r"^\s*\.\.\.(?:\(\d+\))?> ")),
    ("haskell", re.compile(r"^\s*(?:ghci|Prelude|λ|\*Main)> "), re.compile(r"^\s*\w+\| ")),
    ("julia", re.compile(r"^\s*julia> "), re.compile(r"^\s{7}")),
    ("scala", re.compile(r"^\s*scala> "), re.compile(r"^\s*\| ")),
    ("redis", re.compile(r"^\s*(?:redis[ \w.:]{0,30}|127\.0\.0\.1:\d+)> "), re.compile(r"^$a")),
    ("mongo", re.compile(r"^\s*(?:mongosh?|test)> "), re.compile(r"^\s*\.\.\. ")),
    ("lua", re.compile(r"^\s*lua> "), re.compile(r"^\s*>> ")),
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
