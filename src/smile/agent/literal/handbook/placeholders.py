"""Words that stand for something of the reader's own: ``<name>``, ``path/to/file``."""

from __future__ import annotations

import re

_MEANT = (
    r"(?:username|filename|dirname|your|name|path|dir|directory|folder|file|user|key|"
    r"token|project|version|id|url|app)"
)
_LOOKS = (
    r"<(?![/!])[A-Za-z](?:[\w .'/-]*\w)?>",
    r"(?:/?(?:absolute/|full/)?path/to|/some/path|your/path)(?:/[\w.-]+)*/?",
    r"\b(?:YOUR|MY)[_-][A-Z][A-Z0-9_-]*\b",
    r"\byour[-_.](?:[a-z]+[-_]?)+\b",
    r"\bmy-(?:api-key|token|secret)\b",
    rf"(?<![\w$\[])\[(?:[\w-]*[ _-])?{_MEANT}(?:[ _-][\w-]*)?\](?!\])",
    rf"(?<![\w${{])\{{(?:[\w-]*[ _-])?{_MEANT}(?:[ _-][\w-]*)?\}}(?!}})",
    r"\b[xX]{3,}\b",
    r"\b(?:CHANGE_?ME|changeme|REPLACE_?ME)\b",
    r"(?<=\s)(?:filename|file_name|dirname|directory_name|username@hostname)(?=\s|$)",
)


def find(command: str) -> str:
    """The first placeholder of a command; empty without one."""
    if "</" in command or "<<" in command:
        return ""
    bare = re.sub(r"(?<=\s)#\s.*$", "", command)
    found = [m for p in _LOOKS if (m := re.search(p, bare)) is not None]
    return min(found, key=lambda m: m.start())[0] if found else ""
