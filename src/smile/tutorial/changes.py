"""Blocks that show a change as a diff: added and removed lines in their surroundings."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import content, fence, files, shown
from smile.tutorial.context import Case, Memory
from smile.tutorial.model import Placement, Skip, SkipReason, Step
from smile.tutorial.naming import Named

_TOOL = regex(r"(?m)^(?:diff --git |--- \S|\+\+\+ \S|@@ |index [0-9a-f]{6,})")
_SHOWS = regex(r"\b(?:running|git diff|shows?|produces|see)\b", re.IGNORECASE)


def decide(case: Case, memory: Memory) -> Step:
    """What a diff asks for: nothing when a tool printed it, else the change of a named file."""
    if _TOOL.search(case.text[:5000]) or content.is_tree(case.text):
        return Skip(case.block.lines, SkipReason.ILLUSTRATION, case.text)
    found = files.named(case, language="")
    if not found or not found.strong or _SHOWS.search(case.intro.last):
        return Skip(case.block.lines, SkipReason.ILLUSTRATION, case.text)
    path = memory.resolve(found.path)
    old, new = _sides(case.text)
    changed = _changed(old, new, path, memory.files.get(path))
    if changed is None:
        return Skip(case.block.lines, SkipReason.UNKNOWN, case.text)
    placement, body = changed
    named = Named(path, found.line, strong=True, sentence=found.sentence)
    return files.write(case, named, path, placement, memory, text=body)


def _sides(text: str) -> tuple[list[str], list[str]]:
    """The lines before and after the change, without their marks."""
    old: list[str] = []
    new: list[str] = []
    for line in text.split("\n"):
        bare = line[1:] if line[:1] in ("+", "-", " ") else line
        if not line.startswith("+"):
            old.append(bare)
        if not line.startswith("-"):
            new.append(bare)
    return old, new


def _changed(
    old: list[str], new: list[str], path: str, known: str | None
) -> tuple[Placement, str] | None:
    """The file after the change; ``None`` when that can't be told exactly."""
    language = fence.language_of(path)
    body = "\n".join(new).rstrip("\n") + "\n"
    if known:
        applied = _apply(known.rstrip("\n").split("\n"), old, new)
        if applied is not None:
            return Placement.REPLACE, "\n".join(applied) + "\n"
    if language == "json":
        fragment = content.without_elision(body, "json")
        loaded = content.load_json(fragment)
        return (Placement.MERGE, fragment) if isinstance(loaded, dict) else None
    if not shown.is_drawing(body) and content.is_complete(body) and not known:
        return Placement.REPLACE, body
    return None


def _apply(rows: list[str], old: list[str], new: list[str]) -> list[str] | None:
    """Put ``new`` where ``old`` stands, if it stands there exactly once."""
    wanted = [x.rstrip() for x in old]
    while wanted and not wanted[-1]:
        wanted.pop()
    if not wanted or len(wanted) > len(rows):
        return None
    bare = [x.rstrip() for x in rows]
    places = [i for i in range(len(bare) - len(wanted) + 1) if bare[i : i + len(wanted)] == wanted]
    if len(places) != 1:
        return None
    return [*rows[: places[0]], *new, *rows[places[0] + len(wanted) :]]
