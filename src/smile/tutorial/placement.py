"""How a block changes the file that it names: replace, append, prepend, merge."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import content
from smile.tutorial.model import Placement

NEW = regex(
    r"\b(?:creat(?:e|es|ing)|new file|new module|new script|sav(?:e|ing) (?:(?:this|"
    r"it|that|the \w+)\b[^.]{0,40}? )?(?:as|to|in|into)\b|call(?:ed)?|named?|made?|"
    r"with the following contents?|write|writing|holds|put it in|replace (?:all|"
    r"the (?:entire |whole )?(?:contents?|code|file)|its contents?|everything)|"
    r"contents? of)\b",
    re.IGNORECASE,
)
ADD = regex(
    r"\b(?:add(?:ing)?|append(?:ing)?|insert(?:ing)?|includ(?:e|ing)|extend(?:ing)?|put)\b",
    re.IGNORECASE,
)
END = regex(
    r"\b(?:bottom|end)\s+of\b|\b(?:at|to)\s+(?:the\s+)?(?:very\s+)?(?:end|bottom)\b|\bappend",
    re.IGNORECASE,
)
TOP = regex(
    r"\b(?:at|to|on)\s+(?:the\s+)?(?:very\s+)?(?:top|beginning|start)\b|\btop of\b|\bprepend",
    re.IGNORECASE,
)
CHANGE = regex(
    r"\b(?:updat(?:e|ed|ing)|modif(?:y|ied|ying)|chang(?:e|ed|ing)|edit(?:ed|ing)?|"
    r"replac(?:e|ed|ing)|now looks?|should (?:now )?look|looks? like|rewrit(?:e|ten)|"
    r"adjust(?:ed)?|set(?:ting)?|new version|final(?:ly)?|complete|configur(?:e|ing)|"
    r"alter)\b",
    re.IGNORECASE,
)
_THERE = regex(
    r"\b(?:open(?:ing)?|edit(?:ing)?|updat(?:e|ing)|modify(?:ing)?|chang(?:e|ing)|"
    r"go (?:back )?to|back in(?:to)?|the new version|now looks?)\b",
    re.IGNORECASE,
)
_CREATE = regex(r"\bcreat(?:e|es|ing)\b|\bnew file\b|\bmake a\b", re.IGNORECASE)
PARTIAL = regex(r"\badd\b.{0,60}\bto\b", re.IGNORECASE | re.DOTALL)


def placement(
    said: str, text: str, language: str, old: str | None, *, known: bool, path: str
) -> Placement | None:
    """How a block changes its file; ``None`` when the text doesn't say."""
    if END.search(said):
        return Placement.APPEND
    if TOP.search(said) and not re.search(r"\bfile\b.{0,20}\bat the top\b|top[- ]level", said):
        return Placement.PREPEND
    if language == "make":
        return _make(said, text, old)
    if content.looks_structured(language):
        return _structured(said, text, language, old, known=known, path=path)
    return _code(said, text, language, old, known=known)


def is_there(said: str, place: Placement) -> bool:
    """Whether the text speaks of a file that the reader has already."""
    if _CREATE.search(said):
        return False
    return place in {Placement.MERGE, Placement.PREPEND} or bool(_THERE.search(said))


def _make(said: str, text: str, old: str | None) -> Placement:
    before, after = (
        set(content.definitions(old or "", "make")),
        set(content.definitions(text, "make")),
    )
    if not before or before <= after:
        return Placement.REPLACE if not (ADD.search(said) and not before) else Placement.APPEND
    return Placement.MERGE if before & after or not ADD.search(said) else Placement.APPEND


MANY_LINES = 3
"""A block of more lines that begins as files do is taken for a whole file."""
_GENERATED = frozenset(
    "package.json tsconfig.json pyproject.toml Cargo.toml mkdocs.yml composer.json deno.json "
    "pubspec.yaml angular.json turbo.json nx.json app.json settings.json wrangler.toml".split()
)
"""Configuration files that a tool makes before the text adds to them."""


def _structured(
    said: str, text: str, language: str, old: str | None, *, known: bool, path: str
) -> Placement:
    generated = path.rsplit("/", 1)[-1] in _GENERATED
    if known and old == "":
        return Placement.REPLACE
    if old is not None:
        names = set(content.definitions(old, language))
        # Of a file that a tool made, a block that repeats all we have shown is still a part.
        if (
            not generated
            and names
            and names <= set(content.definitions(text, language))
            and not ADD.search(said)
        ):
            return Placement.REPLACE
        return Placement.REPLACE if is_whole(said) else Placement.MERGE
    if is_whole(said) and not ADD.search(said):
        return Placement.REPLACE
    if NEW.search(said) and not (ADD.search(said) and generated):
        return Placement.REPLACE
    if ADD.search(said) or CHANGE.search(said) or generated or known:
        return Placement.MERGE
    return Placement.REPLACE


def is_whole(said: str) -> bool:
    """Whether a sentence speaks of the file as a whole."""
    return bool(
        re.search(
            r"\breplace (?:all|everything|the (?:entire |whole |existing )?(?:contents?|file|"
            r"code)|its contents?)\b|\bthe (?:full|complete|entire|whole) file\b|"
            r"\blooks like this\b",
            said,
            re.IGNORECASE,
        )
    )


def _code(said: str, text: str, language: str, old: str | None, *, known: bool) -> Placement | None:
    if old is not None and old.strip():
        if content.is_new_version(text, old, language) or is_whole(said):
            return Placement.REPLACE
        if _CREATE.search(said) and content.is_complete(text):
            return Placement.REPLACE  # another file of that name, somewhere else
        shared = set(content.definitions(old, language)) & set(content.definitions(text, language))
        if ADD.search(said) and not shared:
            return Placement.APPEND
        if content.is_complete(text) and (CHANGE.search(said) or not ADD.search(said)):
            return Placement.REPLACE
        grown = len(text.split()) >= len(old.split()) and not content.is_elided(text, language)
        return Placement.REPLACE if grown and CHANGE.search(said) and not ADD.search(said) else None
    if NEW.search(said) and not PARTIAL.search(said):
        return Placement.REPLACE
    if ADD.search(said):
        whole = content.is_complete(text) and text.count("\n") >= MANY_LINES
        return Placement.REPLACE if whole or old is not None else Placement.APPEND
    if known and old is None and not content.is_complete(text):
        return None
    if CHANGE.search(said) and not content.is_complete(text):
        return None if not re.search(r"\bshould (?:now )?look\b", said) else Placement.REPLACE
    return Placement.REPLACE
