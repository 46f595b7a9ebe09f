"""The info string of a fence: language, attributes, file name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from smile.regex import regex
from smile.tutorial import words

_PAIR = regex(
    r"""["']?([\w:-]{1,40})["']?\s*[=:]\s*(?:"([^"]{0,300})"|'([^']{0,300})'|\{([^{}]{0,300})\}|([^\s,{}"']{1,300}))"""
)
_WORD = regex(r"[^\s,{}]+")
_NAMES = ("title", "filename", "file-name", "file", "path", "name", "src", "label")
_LANGUAGE = regex(r"^\{?\.?([A-Za-z][\w.#-]*(?:\+[\w+]+|\+\+)?|c\+\+)")
_DIRECTIVE = regex(r"^\{(code-block|code-cell|code|sourcecode|cmd)\}\s*(\S*)\s*(.*)$")
_SKIPPING = frozenset({"ignore", "notest", "no_run", "testignore", "skip", "no-run", "no_test"})


@dataclass(frozen=True, slots=True)
class Info:
    """What a fence says of itself. ``language`` is lower case and canonical."""

    tag: str = ""
    language: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    file: str = ""
    label: str = ""
    """``[npm]`` of a VitePress code group, or a title that is no path."""

    @property
    def skipped(self) -> bool:
        """Whether an attribute of a testing tool excludes the block."""
        if self.words & _SKIPPING:
            return True
        return any(
            self.attributes.get(key, "").lower() == "true"
            for key in ("ignore", "excludefromrunall", "skip", "testignore")
        )

    @property
    def background(self) -> bool:
        """Whether an attribute says that the command keeps running."""
        return "true" in (
            self.attributes.get("background", "").lower(),
            self.attributes.get("detached", "").lower(),
        )


def canonical(language: str) -> str:
    """The one name of a language."""
    name = language.lower()
    return words.ALIASES.get(name, name)


def read(info: str) -> Info:
    """Read an info string; anything is a valid one."""
    text = info.strip()[:1000]
    directive = _DIRECTIVE.match(text)
    if directive:
        text = f"{directive[2]} {directive[3]}"
    if text.lower().startswith("c++"):
        tag, rest = "c++", text[3:]
    else:
        found = _LANGUAGE.match(text)
        tag, rest = (found[1], text[found.end() :]) if found else ("", text)
    if "=" in tag or rest.startswith("="):
        tag, rest = "", text
    named = _colon_name(rest)
    attributes = {
        m[1].lower(): next(v for v in (m[2], m[3], m[4], m[5], "") if v is not None).strip("\"'")
        for m in _PAIR.finditer(rest)
    }
    bare = _PAIR.sub(" ", rest)
    loose = [w.strip(",") for w in _WORD.findall(bare)]
    file, label = named, ""
    for key in _NAMES:
        value = attributes.get(key, "")
        if value and not file and is_path(value):
            file = value
        elif value and not label and key in ("title", "label"):
            label = value
    for word in loose:
        if word.startswith("[") and word.endswith("]"):
            label = word[1:-1]
    file = file or next((w for w in (*loose, label) if is_path(w)), "")
    if not file and is_path(tag) and "." in tag and canonical(tag) == tag.lower():
        file, tag = tag, ""
    return Info(tag.lower(), canonical(tag), attributes,
                frozenset(w.lower().strip(".") for w in loose), file.strip(), label)  # fmt: skip


def _colon_name(rest: str) -> str:
    """The file of ``python:app.py``."""
    if not rest.startswith(":"):
        return ""
    parts = rest[1:].split()
    return parts[0] if parts and is_path(parts[0]) else ""


_PATH = regex(r"^(?:~/|\.{1,2}/|/)?[\w.@+{}\[\]$()%*-]+(?:/[\w.@+{}\[\]$()%*-]+)*$")
_PRODUCTS = frozenset(
    "node.js vue.js next.js express.js nuxt.js react.js three.js d3.js ember.js asp.net "
    "socket.io chart.js alpine.js nest.js backbone.js moment.js angular.js electron.js".split()
)


def is_path(text: str) -> bool:
    """Whether this is the name of a file, going by its shape."""
    if not 0 < len(text) <= 200 or not _PATH.match(text) or text.endswith(("/", "()")):
        return False
    base = text.rsplit("/", 1)[-1]
    if base in words.BASENAMES:
        return True
    if text.lower() in _PRODUCTS or "*" in text or "(" in text:
        return False
    stem, dot, extension = base.rpartition(".")
    if not dot or extension.lower() not in words.EXTENSIONS or not extension[:1].isalpha():
        return False
    return bool(stem) and not stem.endswith(".")


def language_of(path: str) -> str:
    """The language of a file by its name; empty when the name doesn't tell."""
    base = path.rsplit("/", 1)[-1]
    if base in words.BASENAMES:
        return words.BASENAMES[base]
    if base.startswith(("Dockerfile.", "Makefile.")):
        return words.BASENAMES[base.split(".", 1)[0]]
    if base == "meson.build":
        return "meson"
    return words.EXTENSIONS.get(base.rpartition(".")[2].lower(), "")


def fits(language: str, path: str) -> bool:
    """Whether a block with this tag can be (part of) that file."""
    own = language_of(path)
    if language in words.PLAIN or not own or language == own:
        return True
    if language in words.SHELL:
        return own in {"sh", "env", "text", "ini"}
    if "jinja" in (own, language):
        return True
    parts = set(re.split(r"[+-]", language))
    if own in parts or {canonical(p) for p in parts} & {own}:
        return True
    return any(language in kin and own in kin for kin in words.KIN) or not known(language)


def known(language: str) -> bool:
    """Whether the tag is that of a language with files of its own."""
    return language in words.EXTENSIONS.values() or language in words.BASENAMES.values()
