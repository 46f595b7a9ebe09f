"""What to do first: the gaps of one kind taken together."""

from __future__ import annotations

from typing import Literal

from smile.plain import plain
from smile.regex import regex
from smile.report.model import Gap, Recommendation
from smile.wire import GapKind, Severity

__all__ = ["recommend"]

_PRIORITY: dict[Severity, Literal["high", "medium", "low"]] = {
    Severity.CRITICAL: "high",
    Severity.MAJOR: "medium",
    Severity.MINOR: "low",
}
_ORDER = ("high", "medium", "low")

# Each line is completed by the places: "…: `uv` (line 12); `make` (line 20)".
_ADVICE = {
    GapKind.MISSING_PREREQUISITE: "List the prerequisites at the top",
    GapKind.MISSING_FILE: "Show or link every file that the text takes for granted",
    GapKind.UNDEFINED_VARIABLE: "Set every variable before it is used",
    GapKind.PLACEHOLDER: "Mark what a reader has to replace, and say with what",
    GapKind.BROKEN_COMMAND: "Correct the commands that fail as they stand",
    GapKind.WRONG_ORDER: "Put the steps in the order in which they work",
    GapKind.AMBIGUOUS_INSTRUCTION: "Say exactly what to type and where",
    GapKind.INTERACTIVE_PROMPT: "Say what the commands ask, or make them ask nothing",
    GapKind.VERSION_MISMATCH: "Name the versions that the tutorial was written for",
    GapKind.MISSING_DIRECTORY_CHANGE: "Say in which directory each command runs",
    GapKind.OUTPUT_MISMATCH: "Show the output that the commands print today",
    GapKind.PERMISSION: "Say which commands need which rights",
    GapKind.NETWORK_EXTERNAL: "Check the addresses that the tutorial depends on",
    GapKind.LONG_RUNNING: "Say which commands keep running, and how to go on beside them",
    GapKind.ENVIRONMENT_ASSUMPTION: "State what the tutorial assumes of the reader's machine",
}

_ABSENT = (
    regex(r"(?:^|[\s:])([\w.+-]+): (?:command )?not found$"),
    regex(r"command not found: ([\w.+-]+)$"),
    regex(r"No module named '?([\w.]+)'?"),
)


def recommend(gaps: tuple[Gap, ...]) -> tuple[Recommendation, ...]:
    """One recommendation for each kind of gap, the most urgent first."""
    kinds = dict.fromkeys(gap.kind for gap in gaps)
    found = [_one(kind, [gap for gap in gaps if gap.kind is kind]) for kind in kinds]
    return tuple(sorted(found, key=lambda r: _ORDER.index(r.priority)))


def _one(kind: GapKind, gaps: list[Gap]) -> Recommendation:
    places = "; ".join(f"{_what(gap)} (line {gap.location.line_number})" for gap in gaps)
    several = len(gaps) > 1 and kind is GapKind.MISSING_PREREQUISITE
    return Recommendation(
        priority=min((_PRIORITY[gap.severity] for gap in gaps), key=_ORDER.index),
        category=kind,
        description=f"{_ADVICE[kind]}: {places}",
        text=_prerequisites(gaps) if several else "",
        gaps=tuple(gap.id for gap in gaps),
    )


def _what(gap: Gap) -> str:
    if gap.kind is GapKind.MISSING_PREREQUISITE:
        return _absent(gap)
    return " ".join(plain(gap.title).split()).rstrip(".")


def _absent(gap: Gap) -> str:
    """The thing that is not there, by the program's own words; else the gap's title."""
    for line in gap.evidence.lines:
        for pattern in _ABSENT:
            found = pattern.search(line)
            if found:
                return f"`{found.group(1)}`"
    return " ".join(plain(gap.title).split()).rstrip(".")


def _prerequisites(gaps: list[Gap]) -> str:
    """A section to paste: each thing with the text that the Mentor would have written."""
    items = {_absent(gap): gap.suggested_fix.strip() for gap in gaps}
    lines = ["## Before you start", "", "You need:", ""]
    for name, fix in items.items():
        lines += [f"- {name}", ""]
        lines += [f"  {line}".rstrip() for line in fix.split("\n")] if fix else []
        lines += [""] if fix else []
    return "\n".join(lines).strip()
