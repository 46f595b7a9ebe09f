"""What a code block holds compared with the file that it belongs to."""

from __future__ import annotations

import json
import re

from smile.regex import regex
from smile.tutorial import words

_DEFINED = {
    "python": regex(r"^(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*(?::[^=]{1,80})?=(?!=)"),
    "make": regex(r"^([\w.%/$(){}-]+)\s*:(?!=)"),
    "js": regex(
        r"^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:async\s+)?"
        r"(?:function\*?|class|interface|type|enum|const|let|var)\s+(\w+)"
    ),
    "c": regex(r"^[A-Za-z_][\w\s*]{0,80}?\b(\w+)\s*\([^;]{0,160}$"),
    "yaml": regex(r"^([\w.-]+)\s*:"),
    "toml": regex(r"^\s{0,2}(\[[^\]]{1,80}\]|[\w.-]+(?=\s*=))"),
    "": regex(
        r"^(?:pub(?:\([a-z]+\))?\s+)?(?:async\s+)?(?:fn|struct|enum|trait|mod|impl|func|"
        r"type|var|const|"
        r"package|class|interface|def|module|sub|object|val|function|message|service|"
        r"fun)\s+(?:\([^)]{0,60}\)\s*)?([\w:]+)"
        r"|^(\w+)\s*(?::=|=(?!=)|\()"
    ),
}
_LIKE = {
    "ts": "js",
    "tsx": "js",
    "jsx": "js",
    "cpp": "c",
    "java": "c",
    "json": "json",
    "ini": "toml",
}
_COMPLETE = regex(
    r"^(?:#!|<!doctype|<html|<\?xml|<\?php|package\s+\w|import\s|"
    r"from\s+[\w.]+\s+import|#include|use\s+\w|"
    r"using\s+\w|require\b|const\s+.{1,80}=\s*require\(|var\s+.{1,80}=\s*require\(|"
    r"'use strict'|\"use strict\"|"
    r"'use client'|\"use client\"|FROM\s|cmake_minimum_required|project\(|"
    r"terraform\s*\{|apiVersion:|version:|"
    r"<script|<template|module\s+\w|defmodule\s|library\(|plugins\s*\{|/// <reference)",
    re.IGNORECASE,
)
_ELISION = regex(
    r"^\s*(?:(?://|#|--|;|\*|/\*+|<!--|\{/\*)\s*(?:\.{3}|…|\[\.{3}\]|"
    r"(?:the )?(?:other|existing|remaining|"
    r"previous|rest of|same as|snip|omitted)\b.{0,80})|(?:\.{3}|…|"
    r"\[\.{3}\])\s*,?\s*(?:\*/|-->)?\s*$|"
    r"\.{3}\s)",
    re.IGNORECASE,
)
_TRAILING = regex(r"(?:\s|[{\[(,])(?:\.{3}|…)\s*[,}\])]?\s*$")
_PLACE = regex(r"<[a-z]+(?:[ _-][a-z]+){1,5}>")
_ENTRY = regex(r"^(?:[\w.@-]{1,60}/|[\w@-]{0,60}(?:\.[\w-]{1,20}){1,3}|[A-Z]\w{3,20}|\.{3})$")
_MARKUP = frozenset({"html", "xml", "vue", "svelte", "jsx", "tsx", "astro", "md", "php", "jinja"})


def definitions(text: str, language: str) -> list[str]:
    """The names that a text defines at its top level, in order."""
    if language == "json":
        loaded = load_json(text)
        return list(loaded) if isinstance(loaded, dict) else []
    pattern = _DEFINED.get(_LIKE.get(language, language), _DEFINED[""])
    names: dict[str, None] = {}
    for line in text.split("\n")[:4000]:
        found = pattern.match(line[:240])
        if found:
            names.setdefault(next(g for g in found.groups() if g is not None), None)
    names.pop(".PHONY", None)
    return list(names)


def load_json(text: str) -> object:
    """JSON with comments; ``None`` when it is none."""
    try:
        loaded: object = json.loads(text)
    except ValueError:
        bare = "\n".join(re.sub(r"(^|\s)//.*$", "", line) for line in text.split("\n"))
        try:
            loaded = json.loads(re.sub(r",(\s*[}\]])", r"\1", bare))
        except ValueError:
            return None
    except RecursionError:
        return None
    return loaded


def is_excerpt(new: str, old: str) -> bool:
    """Whether every line of ``new`` stands in ``old``, in order, and something is left out."""
    fresh = [x.strip() for x in new.split("\n") if x.strip()]
    rows = [x.strip() for x in old.split("\n") if x.strip()]
    stale = iter(rows)
    return 0 < len(fresh) < len(rows) and all(any(x == y for y in stale) for x in fresh)


def is_new_version(new: str, old: str, language: str) -> bool:
    """Whether ``new`` is the whole file once more, changed."""
    if not old.strip() or is_excerpt(new, old):
        return False
    before, after = definitions(old, language), definitions(new, language)
    shared = set(before) & set(after)
    if not shared:
        return _first(new) == _first(old) != ""
    if set(before) <= set(after):
        return True
    long_enough = len(new.split()) >= 0.7 * len(old.split())
    return long_enough and (before[0] == after[0] or _first(new) == _first(old))


def _first(text: str) -> str:
    return next(
        (x.strip() for x in text.split("\n") if x.strip() and not x.startswith(("#", "//"))), ""
    )


_HIDDEN = regex(r"^\s*#(?: |$)")  # mdBook doesn't show such lines of a block of Rust


def is_complete(text: str) -> bool:
    """Whether a text begins as whole files do: imports, a shebang, a document type."""
    for line in text.split("\n")[:60]:
        bare = line.strip()
        if not bare or (
            bare.startswith(("#", "//", "/*", "*", "--", '"""'))
            and not bare.startswith(("#!", "#include"))
        ):
            continue
        return bool(_COMPLETE.match(bare[:200])) and not line.startswith((" ", "\t"))
    return False


def is_elided(text: str, language: str) -> bool:
    """Whether the block leaves parts out."""
    lines = text.split("\n")
    if language == "rust" and any(_HIDDEN.match(line) for line in lines):
        return True
    for index, line in enumerate(lines):
        if _ELISION.match(line[:300]) and not _is_stub(lines, index, language):
            return True
        if language != "python" and _TRAILING.search(line[-40:]) and '"' not in line[-6:]:
            return True
    return language not in _MARKUP and bool(_PLACE.search(text))


def _is_stub(lines: list[str], index: int, language: str) -> bool:
    """``...`` as the body of a Python function or class is code."""
    if language != "python" or lines[index].strip() != "...":
        return False
    before = next((x for x in reversed(lines[:index]) if x.strip()), "")
    return before.rstrip().endswith((":", '"""', "'''"))


def without_elision(text: str, language: str) -> str:
    """The block without the lines that stand for what was left out, if it then is valid."""
    kept = "\n".join(x for x in text.split("\n") if not _ELISION.match(x[:300]))
    if language == "json":
        bare = re.sub(r",(\s*[}\]])", r"\1", re.sub(r"(?m)^\s*//.*$\n?", "", kept))
        loaded = load_json(bare)
        if loaded is None and not bare.lstrip().startswith("{"):
            loaded, bare = (
                load_json("{" + bare.strip().rstrip(",") + "}"),
                "{\n" + bare.strip().rstrip(",") + "\n}\n",
            )
        return bare if isinstance(loaded, dict) else text
    if language == "toml":
        try:
            import tomllib  # noqa: PLC0415 - few tutorials need it, all would wait for it

            tomllib.loads(kept)
        except (ValueError, RecursionError):
            return text
    return kept


def below(text: str, key: str) -> str:
    """A JSON fragment for the section ``key``, with the section around it."""
    loaded = load_json(text)
    if not isinstance(loaded, dict) or key in loaded:
        return text
    return json.dumps({key: loaded}, indent=2, ensure_ascii=False) + "\n"


def extended_list(text: str) -> tuple[str, str] | None:
    """``NAME = [ ..., items ]`` as ``NAME += [ items ]``: name and code."""
    found = re.match(
        r"^\s*([A-Z_][A-Z0-9_]*)\s*=\s*([\[(])\s*\n(.*?)\n\s*([\])])\s*$", text, re.DOTALL
    )
    if not found:
        return None
    rows = found[3].split("\n")
    kept = [row for row in rows if not _ELISION.match(row) and row.strip()]
    if (
        len(kept) == len(rows)
        or not kept
        or any(not re.match(r"^\s*['\"].*['\"],?\s*(#.*)?$", r) for r in kept)
    ):
        return None
    return found[1], f"\n{found[1]} += {found[2]}\n" + "\n".join(kept) + f"\n{found[4]}\n"


def is_tree(text: str) -> bool:
    """Whether a text draws a directory tree, or lists one by indentation."""
    rows = [x.split("#")[0].strip() for x in text.split("\n") if x.strip()]
    if 1 < len(rows) < 200 and rows[0].endswith("/") and all(_ENTRY.match(x) for x in rows):
        return True
    return any(mark in text for mark in ("├──", "└──", "├─", "└─", "|--", "`--", "|-- ", "+-- "))


def looks_structured(language: str) -> bool:
    """Whether fragments of such a file are merged by their keys."""
    return language in words.STRUCTURED
