"""What authors write for the tools that test documentation, as far as it tells a reader something.

Innovation Engine, Runme, scrut, cram, byexample, validoc, docable, txm, mdBook and MkDocs; the
syntax of each stands in ``docs/conventions.md``. Markers that take a block out are in ``parse``.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace

from smile.regex import regex
from smile.tutorial.fence import Info
from smile.tutorial.model import LIKE, Check, Command, Lines, Match, Run
from smile.tutorial.shell import Draft

__all__ = [
    "Terms",
    "annotated",
    "check_of",
    "exported",
    "is_filled_in",
    "on_terms",
    "result_check",
    "terms_of",
    "without_annotations",
]

_SIMILARITY = regex(
    r"^expected_similarity\s*=\s*(?:\"([^\"]{1,500})\"|'([^']{1,500})'|([\d.]{1,10}))\s*$"
)
_RESULT = regex(r"^!test\s+(?:out|err)\b")
_VARIABLES = regex(r"^```\s*variables\s*\n(.*?)\n\s*```\s*$", re.DOTALL)
_EXPORT = regex(r"^\s*(?:export\s+)?([A-Za-z_]\w{0,60})=(.{0,500})$")
_INCLUDE = regex(
    r"^\s*(?:\{\{\s*#(?:include|rustdoc_include|playground)\b.{0,300}\}\}|"
    r"-{1,2}8<-{1,2}\s+\"[^\"]{1,300}\"|<<<\s+\S{1,300}.{0,100})\s*$"
)
_ANNOTATION = regex(r"[ \t]*(?:#|//|--|;)[ \t]*\(\d{1,3}\)![ \t]*$", re.MULTILINE)
_DURATION = regex(r"^(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s|sec|m|min|h)?$")
_UNITS = {"ms": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0}
_EXIT_CODE = regex(r"^\s*\[(\d{1,3})\]\s*$")
_DIRECTIVE = regex(r"#\s*byexample:\s*(.{1,200})$")
_ANNOTATED = frozenset({"scrut", "cram"})
_MATCHES = {"exact": Match.EXACT, "contains": Match.CONTAINS, "regex": Match.REGEX}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fence says of how its commands are run."""

    seconds: float = 0.0
    directory: str = ""
    exit_code: int | None = None


def terms_of(info: Info) -> Terms:
    """``timeout=10``, ``{timeout: 10s}``, ``cwd=…``, ``dir=…``, ``expect=1``."""
    given = info.attributes
    code = given.get("expect", "")
    return Terms(
        seconds=_seconds(given.get("timeout", "")),
        directory=given.get("cwd", "") or given.get("dir", ""),
        exit_code=int(code) if code.isdecimal() and len(code) < 4 else None,
    )


def _seconds(text: str) -> float:
    found = _DURATION.match(text.strip())
    return float(found[1]) * _UNITS.get(found[2] or "s", 1.0) if found else 0.0


def check_of(info: Info, text: str) -> Check:
    """How a block of output wants to be compared (``output exact``)."""
    for word, match in _MATCHES.items():
        if word in info.words:
            return Check(match, pattern=text if match is Match.REGEX else "")
    return LIKE


def result_check(comment: str) -> Check | None:
    """What a comment says of the block of output below it; ``None`` when it says nothing."""
    found = _SIMILARITY.match(comment)
    if found and found[3]:
        try:
            return Check(Match.RATIO, ratio=min(1.0, float(found[3])))
        except ValueError:
            return None
    if found:
        return Check(Match.REGEX, pattern=found[1] or found[2])
    return LIKE if _RESULT.match(comment) else None


def exported(comment: str, line: int) -> Run | None:
    """The values that a comment gives for a run without a reader (``variables``)."""
    found = _VARIABLES.match(comment)
    if not found:
        return None
    rows = enumerate(found[1].split("\n"), line + 1)
    commands = tuple(
        Command(f"export {m[1]}={m[2].strip()}", Lines(number, number))
        for number, row in rows
        if (m := _EXPORT.match(row))
    )
    last = line + comment.count("\n")
    return Run(Lines(line, last), commands, inline=True) if commands else None


def is_filled_in(text: str) -> bool:
    """Whether the site puts a file in the place of the block's lines, which we don't see."""
    rows = [row for row in text.split("\n") if row.strip()]
    return bool(rows) and any(_INCLUDE.match(row) for row in rows[:20])


def without_annotations(text: str) -> str:
    """The block as the page shows it: ``# (1)!`` becomes a button."""
    return _ANNOTATION.sub("", text) if ")!" in text else text


def annotated(drafts: list[Draft], language: str) -> list[Draft]:
    """Commands with what is said beside them: ``[1]`` below, ``# byexample: +skip`` behind."""
    kept = [draft for draft in drafts if "+skip" not in _directive(draft)]
    for draft in kept:
        if "+pass" in _directive(draft):
            draft.expected = []
        if language in _ANNOTATED:
            _take_exit_code(draft)
            draft.check = Check(Match.MARKED)
    return kept


def _directive(draft: Draft) -> str:
    found = _DIRECTIVE.search(draft.texts[-1])
    return found[1] if found else ""


def _take_exit_code(draft: Draft) -> None:
    filled = [at for at, (_, text) in enumerate(draft.expected) if text.strip()]
    found = _EXIT_CODE.match(draft.expected[filled[-1]][1]) if filled else None
    if found:
        draft.exit_code = int(found[1])
        del draft.expected[filled[-1] :]


def on_terms(run: Run, terms: Terms) -> Run:
    """The commands under these terms; an exit code is that of the last command."""
    commands = run.commands
    if terms.exit_code is not None and commands:
        commands = (*commands[:-1], replace(commands[-1], exit_code=terms.exit_code))
    if terms.directory:
        at = Lines(run.lines.first, run.lines.first)
        enter = Command(f"cd {shlex.quote(terms.directory)}", at)
        commands = (enter, *commands, Command("cd - >/dev/null", at))
    return replace(run, commands=commands, seconds=terms.seconds)
