"""A language runtime that is older than what is installed with it needs."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.wire import GapKind

_NODE = (
    r"requires? (?:at least )?Node(?:\.js)?[^\n]{0,40}\d\d|"
    r"Node(?:\.js)? version [^\n]{0,60}required|"
    r"The engine \"node\" is incompatible|Unsupported engine|EBADENGINE|"
    r"Node\.js v?\d+(?:\.\d+)* is not supported|You are using Node\.js|Unsupported Node"
)
_NODE_INSIDE = (
    r"does not provide an export named|No such built-in module: node:|Unexpected token 'with'|"
    r"is not a function|is not defined|ERR_REQUIRE_ESM|ERR_UNKNOWN_BUILTIN_MODULE|"
    r"Invalid regular expression flags|Unexpected token|ERR_IMPORT_ATTRIBUTE|Promise\.withResolvers"
)
_OTHERS = (
    ("Python", (r"requires a different Python: \S+ not in|Requires-Python|requires Python ?[>=]|"
     r"Python 3\.\d+ or (?:newer|later|higher) is required|"
     r"current Python version[^\n]*does not satisfy")),
    ("Rust", (r"requires rustc \d|feature `edition20\d\d` is required|lock file version \d|"
     r"is not supported by the following package|package `[^`]+` cannot be built because")),
    ("Go", r"go\.mod requires go >= |invalid go version|requires go1\.|module requires Go 1\."),
    ("Java", r"release version \d+ not supported|UnsupportedClassVersionError|invalid target rel"),
    ("CMake", r"CMake \d[\d.]* or higher is required"),
    ("Meson", r"Meson version is [\d.]+ but project requires"),
    ("Ruby", r"requires (?:Ruby|ruby) version|Your Ruby version is"),
    ("PHP", r"requires php [\^>~]|your php version"),
)  # fmt: skip


def diagnose(case: Case) -> Advice | None:
    """A package says that the runtime is too old, or breaks inside on a missing feature of it."""
    if case.search(_NODE) or _breaks_inside(case):
        return _node(case)
    for language, pattern in _OTHERS:
        if case.search(pattern):
            return _other(case, language, pattern)
    return None


def _breaks_inside(case: Case) -> bool:
    version = case.search(r"^Node\.js v(\d+)\.")
    old = install.node_of(case) < 22 if version is None else int(version[1]) < 22
    inside = "node_modules/" in case.output or "from 'node:" in case.output
    return bool(old and inside and case.search(_NODE_INSIDE) and "node:" in case.output)


def _node(case: Case) -> Advice:
    recipe = install.newer_node(case, install.node_wanted(case))
    has = install.node_of(case)
    return Advice(
        kind=GapKind.VERSION_MISMATCH,
        title=f"Node.js {has} is too old",
        problem=f"{needs(case)} needs a newer Node.js than the {has} that "
        f"{case.facts.distribution.capitalize() or 'the system'} brings, and no earlier step "
        "installs one.",
        fix=paste(case, "Install a newer Node.js first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )


def _other(case: Case, language: str, pattern: str) -> Advice:
    said = next((ln.strip() for ln in case.output.splitlines() if re.search(pattern, ln)), "")
    return Advice(
        kind=GapKind.VERSION_MISMATCH,
        title=f"The {language} of the system is too old",
        problem=f"{needs(case)} needs a newer {language} than a reader gets from the system: "
        f"“{said}”.",
        fix=f"Say which version of {language} is needed, and how to install it.",
    )
