"""Changes of one place of a file: "Replace `X` with `Y` in `a.py`", "Add this line after `X`".

A change is made only if there is exactly one way to make it: whatever else a sentence may mean,
its words must stand in the file, and only once. Elsewhere a reader has to guess, and so the step
is not followed.
"""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import content, fence, naming
from smile.tutorial.asking import Wish
from smile.tutorial.context import Memory
from smile.tutorial.model import Change, EditFile, Lines
from smile.tutorial.text import Sentence, Span

_SWAP = regex(r"\b(replace|change|update|modify|switch|set|edit)\b[^.;:\x01]{0,60}$", re.IGNORECASE)
_BY = regex(r"^[^.;\x01]{0,40}?\b(with|to|by|into)\b[^.;:\x01]{0,30}:?\s*$", re.IGNORECASE)
_ADD = regex(r"\b(?:add|insert|put|paste|place|append)\b", re.IGNORECASE)
_SIDE = regex(
    r"\b(after|below|under|underneath|beneath|before|above)\b[^.;:,\x01]{0,40}$", re.IGNORECASE
)
_REMOVE = regex(r"\b(?:remove|delete)\b[^.;:,\x01]{0,40}$", re.IGNORECASE)
_WITH_BLOCK = regex(r"^[^.;\x01]{0,30}\b(?:with|by|to)\b[^.;\x01]{0,40}:?\s*$", re.IGNORECASE)
_ABOVE = ("before", "above")
_WORD = regex(r"[A-Za-z_][\w.-]*")
_PLAIN_VALUE = regex(r"-?\d+(?:\.\d+)?|true|false|none|null|yes|no|on|off", re.IGNORECASE)
_OPENERS = (":", "{", "[", "(")


class SeveralWaysError(Exception):
    """The place is not there, or there are several, or it isn't clear what to write at it."""


# --- what a sentence asks for -----------------------------------------------------------------


def in_words(wish: Wish, lines: Lines, spoken: str, memory: Memory) -> EditFile | None:
    """The change that a sentence tells in full; ``spoken`` is the file that it may be about."""
    sentence = wish.sentence
    path, rest = _file(sentence, spoken)
    if not path or not rest:
        return None
    change = _told(sentence, rest)
    if change is None:
        return None
    what, anchor, text = change
    if anchor == path or (what is Change.REMOVE and fence.is_path(anchor)):
        return None
    path = memory.resolve(path)
    return _remembered(EditFile(lines, path, what, anchor, text, lines.first), memory)


def with_block(
    sentence: Sentence | None, lines: Lines, path: str, text: str, memory: Memory
) -> EditFile | None:
    """The change that a sentence and the block below it tell together."""
    spans = [s for s in sentence.spans if s.code and s.text != path] if sentence else []
    if sentence is None or len(spans) != 1 or fence.is_path(spans[0].text):
        return None
    if content.is_elided(text, fence.language_of(path)):
        return None
    (span,) = spans
    before, after = sentence.plain[: span.start], sentence.plain[span.end :]
    named_at = sentence.lines.first
    if (side := _SIDE.search(before)) and _ADD.search(before):
        what = Change.BEFORE if side[1].lower() in _ABOVE else Change.AFTER
    elif re.search(r"\breplace\b[^.;:\x01]{0,40}$", before, re.IGNORECASE) and _WITH_BLOCK.match(
        after
    ):
        what = Change.REPLACE
    else:
        return None
    return _remembered(EditFile(lines, path, what, span.text, text, named_at), memory)


def _remembered(step: EditFile, memory: Memory) -> EditFile | None:
    """The step, unless what is known of the file says that it can't be done."""
    known = memory.files.get(step.path)
    if known:
        try:
            memory.wrote(step.path, amended(known, step))
        except SeveralWaysError:
            return None
    return step


def _file(sentence: Sentence, spoken: str) -> tuple[str, list[Span]]:
    """The file that a sentence speaks of, and its other code spans."""
    codes = [s for s in sentence.spans if s.code]
    named = [
        (start, path)
        for start, _, path in naming.spans(sentence)
        if re.search(
            r"\b(?:in|inside|within|of|from|into|open|edit|to)\s+(?:\w+\s+){0,2}[`*_]*$",
            sentence.plain[:start].lower(),
        )
    ]
    paths = {path for _, path in named}
    if len(paths) > 1:
        return "", []
    if not paths:
        return spoken, codes
    (path,) = paths
    starts = {start for start, _ in named}
    return path, [s for s in codes if s.start not in starts]


def _told(sentence: Sentence, spans: list[Span]) -> tuple[Change, str, str] | None:
    """What to do, where, and with which text."""
    plain = sentence.plain
    before = plain[: spans[0].start]
    if len(spans) == 1 and _REMOVE.search(before):
        return Change.REMOVE, spans[0].text, ""
    if len(spans) != 2:
        return None
    first, second = spans
    between = re.sub(r"\x01+", "", plain[first.end : second.start])
    if (verb := _SWAP.search(before)) and (how := _BY.match(between)):
        values = verb[1].lower() != "replace" and how[1].lower() == "to"
        return (Change.SET if values else Change.REPLACE), first.text, second.text
    if _ADD.search(before) and (side := _SIDE.search(between)):
        what = Change.BEFORE if side[1].lower() in _ABOVE else Change.AFTER
        return what, second.text, first.text
    return None


# --- what becomes of a file -------------------------------------------------------------------


def amended(before: str, step: EditFile) -> str:
    """The file's text after the change.

    Raises:
        SeveralWaysError: there is not exactly one way.
    """
    match step.change:
        case Change.REPLACE:
            return _replaced(before, step)
        case Change.SET:
            return _set(before, step)
        case Change.REMOVE:
            return _removed(before, step)
        case Change.BEFORE | Change.AFTER:
            return _beside(before, step)


def _places(text: str, anchor: str) -> list[int]:
    """Where the words stand, as words of their own."""
    left = r"(?<!\w)" if re.match(r"\w", anchor) else ""
    right = r"(?!\w)" if re.search(r"\w$", anchor) else ""
    found = re.finditer(rf"{left}{re.escape(anchor)}{right}", text)
    return [place.start() for place in found]


def _replaced(before: str, step: EditFile) -> str:
    if "\n" in step.text.rstrip("\n"):
        rows = before.split("\n")
        at = _line(rows, step)
        return "\n".join([*rows[:at], *_indented(step, rows, at, inside=False), *rows[at + 1 :]])
    at = _once(_places(before, step.anchor), step)
    return before[:at] + step.text.rstrip("\n") + before[at + len(step.anchor) :]


def _set(before: str, step: EditFile) -> str:
    """A new value of a setting; else the words themselves are meant."""
    key = re.escape(step.anchor)
    assigned = re.compile(
        rf"(?m)^(\s*(?:export |const |let |var )?[\"']?{key}[\"']?[ \t]*[:=][ \t]*)"
        r"(\S.*?)([,;]?[ \t]*)$"
    )
    found = list(assigned.finditer(before)) if _WORD.fullmatch(step.anchor) else []
    if not found:
        return _replaced(before, step)
    place = found[_once(list(range(len(found))), step)]
    old, new = place[2], step.text
    if old[0] in "\"'" and new[:1] not in {'"', "'"}:
        new = new if _PLAIN_VALUE.fullmatch(new) else f"{old[0]}{new}{old[0]}"
    if old.endswith(_OPENERS) or (old[0] in "\"'" and old[-1] != old[0]):
        raise SeveralWaysError(f"the value of `{step.anchor}` is more than a line")
    return before[: place.start(2)] + new + before[place.end(2) :]


def _removed(before: str, step: EditFile) -> str:
    rows = before.split("\n")
    at = _line(rows, step)
    return "\n".join([*rows[:at], *rows[at + 1 :]])


def _beside(before: str, step: EditFile) -> str:
    rows = before.split("\n")
    if step.change is Change.BEFORE:
        at = _line(rows, step)
        return "\n".join([*rows[:at], *_indented(step, rows, at, inside=False), *rows[at:]])
    at = _line(rows, step, part=True)
    inside = rows[at].rstrip().endswith(_OPENERS)
    return "\n".join([*rows[: at + 1], *_indented(step, rows, at, inside=inside), *rows[at + 1 :]])


def _line(rows: list[str], step: EditFile, *, part: bool = False) -> int:
    """The index of the one line that is the anchor, or, for ``part``, has it in it."""
    whole = [i for i, row in enumerate(rows) if row.strip() == step.anchor.strip()]
    if not whole and (part or step.change is not Change.REPLACE):
        whole = [i for i, row in enumerate(rows) if _places(row, step.anchor)]
    return _once(whole, step)


def _once(found: list[int], step: EditFile) -> int:
    if len(found) != 1:
        times = f"{len(found)} times" if found else "nowhere"
        raise SeveralWaysError(f"`{step.anchor}` stands {times} in `{step.path}`")
    return found[0]


def _indented(step: EditFile, rows: list[str], at: int, *, inside: bool) -> list[str]:
    """The new lines, as deep as their place asks for unless they are indented already."""
    new = step.text.rstrip("\n").split("\n")
    if any(row[:1] in " \t" for row in new if row.strip()) and new[0][:1] in " \t":
        return new
    depth = _depth(rows[at])
    if inside:
        below = next((row for row in rows[at + 1 :] if row.strip()), "")
        if len(_depth(below)) <= len(depth):
            raise SeveralWaysError(f"it isn't said how deep to indent below `{step.anchor}`")
        depth = _depth(below)
    return [depth + row if row.strip() else row for row in new]


def _depth(row: str) -> str:
    return row[: len(row) - len(row.lstrip())]
