"""The line that a file lacks for a name: an import, an include, or the statement that makes it."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline, errors
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.tables import names
from smile.regex import regex
from smile.tutorial.model import WriteFile

_LANGUAGES = {"py": "python", "rs": "rust", "mjs": "js", "cjs": "js", "h": "c"}
_HEAD = regex(r"^(?:import\b|from\b|#include\b|use\b|const .*require\(|['\"]use strict|#!)")


def language(path: str) -> str:
    """The language of a fence for this file."""
    suffix = path.rpartition(".")[2]
    return _LANGUAGES.get(suffix, suffix)


def line_for(case: Case, write: WriteFile, name: str) -> str:
    """The line that defines ``name`` in this file; empty when the handbook can't tell."""
    suffix = write.path.rpartition(".")[2]
    if suffix == "py":
        return _elsewhere(case, write, name) or _python(case, write, name)
    if suffix in {"js", "mjs", "cjs", "ts", "jsx", "tsx"}:
        return _elsewhere(case, write, name) or _javascript(write, name)
    if suffix in {"c", "h", "cpp", "cc"} and name in names.C_HEADERS:
        return f"#include <{names.C_HEADERS[name]}>"
    if suffix == "go" and name in names.GO_PACKAGES:
        return f'import "{name}"'
    if suffix == "rs" and name in {"HashMap", "HashSet", "BTreeMap", "VecDeque"}:
        return f"use std::collections::{name};"
    return ""


def _elsewhere(case: Case, write: WriteFile, name: str) -> str:
    """A line of another block, of the same language, that imports the name."""
    pattern = rf"^(?:import|from) .*(?<![.\w'\"]){re.escape(name)}\b.*$|^const {name} = require.*$"
    suffix = write.path.rpartition(".")[2]
    for other in case.writes:
        if other is write or other.path.rpartition(".")[2] != suffix:
            continue
        for match in re.finditer(pattern, other.content, re.MULTILINE):
            if match[0].rstrip().endswith("("):
                continue
            return match[0].rstrip()
    return ""


def _python(case: Case, write: WriteFile, name: str) -> str:
    if "django" in case.text.casefold() and name in {"path", "include"}:
        return _together(write, ("include", "path"), "from django.urls import")
    if name in names.PYTHON and not (name == "Path" and "fastapi" in write.content):
        return names.PYTHON[name]
    for (made, ingredient), statement in names.PYTHON_MADE.items():
        if made == name and re.search(rf"\b{ingredient}\b", write.content):
            return statement
    installed = {
        p.casefold().replace("-", "_") for c in case.commands for p in commandline.installs(c.text)
    }
    if errors.is_standard(name):
        return _modules(write, name)
    return f"import {name}" if name.casefold() in installed else ""


def _together(write: WriteFile, candidates: tuple[str, ...], head: str) -> str:
    used = [n for n in candidates if re.search(rf"\b{n}\(", write.content)]
    return f"{head} {', '.join(used)}"


def _modules(write: WriteFile, name: str) -> str:
    """Import every standard module that the file uses by name and does not import."""
    used = dict.fromkeys([name, *re.findall(r"(?<![.\w])([a-z]\w*)\.\w+", write.content)])
    lacking = [
        m
        for m in used
        if errors.is_standard(m)
        and not re.search(
            rf"^\s*(?:import|from)\b.*\b{m}\b|^\s*{m} *=", write.content, re.MULTILINE
        )
    ]
    return f"import {', '.join(sorted(lacking))}" if len(lacking) < 4 else f"import {name}"


def _javascript(write: WriteFile, name: str) -> str:
    old = "require(" in write.content or "module.exports" in write.content
    old = old or write.path.endswith(".cjs")
    module = names.NODE_BUILTINS.get(name) or names.NODE_PACKAGES.get(name)
    if module:
        return f'const {name} = require("{module}");' if old else f'import {name} from "{module}";'
    if name in names.NODE_TESTS:
        used = sorted(n for n in names.NODE_TESTS if re.search(rf"\b{n}\(", write.content))
        listed = ", ".join(used)
        if old:
            return f'const {{ {listed} }} = require("node:test");'
        return f'import {{ {listed} }} from "node:test";'
    return ""


def insert(content: str, line: str) -> str:
    """The file with the line: imports at its top, other statements below the imports."""
    lines = content.splitlines(keepends=True)
    place = _place(lines, line)
    is_import = _HEAD.match(line) is not None
    gap = "\n" if not is_import and place else ""
    return "".join([*lines[:place], f"{gap}{line}\n", *lines[place:]])


def line_above(content: str, line: str) -> str:
    """The line of the file that the new one is put below; empty at its top."""
    lines = content.splitlines()
    place = _place(lines, line)
    return lines[place - 1].strip() if place else ""


def _place(lines: list[str], line: str) -> int:
    place = 0
    is_import = _HEAD.match(line) is not None
    for index, text in enumerate(lines):
        if re.match(r"from __future__|#!|['\"]use strict|package ", text) or (
            not is_import and _HEAD.match(text)
        ):
            place = index + 1
    return place
