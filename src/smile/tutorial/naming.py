"""Which file a code block belongs to: what names it, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile.regex import regex
from smile.tutorial import fence, words
from smile.tutorial.text import Sentence

VERBS = (
    "create|add|open|edit|save|update|modify|put|write|paste|append|insert|prepend|change|replace|"
    "make|define|configure|extend|start|set|move|copy|type|enter|place|include|rewrite|name|"
    "populate|fill|adjust|generate"
)
_VERB = regex(
    rf"\b(?:{VERBS})(?:s|d|ed|ing|ting)?\b|\bput\b|\bon to\b|\bcalled\b|\bnamed\b", re.IGNORECASE
)
_IN = regex(
    r"(?:^|[,;:(]\s*|\b(?:and|then|now|first|next|finally|with)\s+)(?:now,?\s+|"
    r"then,?\s+|next,?\s+|finally,?\s+)?"
    r"(?:in|inside|within|into|to|for|under|from|file|content(?:s)? of|(?:at |"
    r"to )?the (?:very )?(?:top|bottom|end|beginning|start) of|on to|here is|here's|"
    r"this is|and)\s+"
    r"(?:the\s+|a\s+|an\s+|your\s+|our\s+|my\s+|new\s+|main\s+|file\s+|called\s+|"
    r"named\s+|existing\s+)*$",
    re.IGNORECASE,
)
_COMMENT = regex(
    r"^\s*(?:#|//|--|;|%|/\*+|<!--|\"|\{/\*|\{#)\s*"
    r"(?:(?:save (?:this |it )?(?:as|to|in(?:to)?)|file(?:name)?:?|in|this is|"
    r"contents? of|path:)\s+)?"
    r"[`'\"]?([~\w./@{}\[\]$+-]+)[`'\"]?\s*(?:\*/|-->|\*/\}|#\})?\s*(?:\((?:new|"
    r"updated|modified)[^)]*\))?\s*:?$",
    re.IGNORECASE,
)
_AFTER = regex(
    r"^(?:now,?\s+|then,?\s+|and\s+|next,?\s+)?(?:please\s+)?(?:save|store|put|name|"
    r"call|write|copy|place)\s+"
    r"(?:(?:this|it|that|the)\b[^`*_]{0,50}?\s)?(?:file\s+)?(?:(?:as|to|in(?:to)?|under)\b|`|\*|_)",
    re.IGNORECASE,
)
_BARE = regex(
    r"(?<![\w/.@`-])((?:~/|\./)?(?:[\w.-]+/){0,8}[\w-][\w.-]*\.[A-Za-z][A-Za-z0-9]{0,9}|"
    r"Makefile|Dockerfile|Procfile|Gemfile|Rakefile|Vagrantfile|Jenkinsfile|Pipfile|"
    r"CMakeLists\.txt)(?![\w/-]|\.\w)"
)
_DIRECTORY = regex(
    r"\b(?:in|under|inside|within|into|to)\s+(?:of\s+)?(?:a|an|the|your|our|its|"
    r"this)?\s*(?:new\s+|newly created\s+)?[`*_]{1,2}([\w./{}@~-]+?)/?[`*_]{1,2}\s*"
    r"(?:sub)?(?:-)?(director(?:y|ies)|folder|dir)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A file name, the line that says it and how sure it is.

    ``strong``: the text says that the reader writes it. ``sentence`` is where it was found.
    """

    path: str
    line: int
    strong: bool
    sentence: Sentence | None = None


def first_line(text: str, language: str) -> str:
    """The file that a comment on a block's first line names."""
    line = text.lstrip("\n").split("\n", 1)[0][:200]
    if re.match(r"^\s*#!", line) or (language in words.SHELL and not line.startswith("# file")):
        return ""
    found = _COMMENT.match(line)
    if not found:
        return ""
    path = found[1]
    if not fence.is_path(path) or not fence.fits(language, path):
        return ""
    return path


def spans(sentence: Sentence) -> list[tuple[int, int, str]]:
    """The file names of a sentence: start, end, path."""
    found = [
        (s.start, s.end, s.text.strip("`'\" "))
        for s in sentence.spans
        if fence.is_path(s.text.strip("`'\" "))
    ]
    covered = [(s.start, s.end) for s in sentence.spans]
    for bare in _BARE.finditer(sentence.plain):
        inside = any(a <= bare.start() < b for a, b in covered)
        if (
            not inside
            and fence.is_path(bare[1])
            and "://" not in sentence.plain[max(0, bare.start() - 60) : bare.start()].split(" ")[-1]
        ):
            found.append((bare.start(), bare.end(), bare[1]))
    return sorted(found)


def in_sentence(sentence: Sentence, language: str) -> Named | None:
    """The file that a sentence before a block names for it."""
    fitting = [s for s in spans(sentence) if fence.fits(language, s[2])]
    if not fitting:
        return None
    start, end, path = _choose(sentence, fitting)
    path = _in_directory(sentence, path, end)
    line = sentence.lines.first + sentence.text.count("\n", 0, start)
    return Named(path, line, _is_strong(sentence, start, end), sentence)


def _choose(sentence: Sentence, found: list[tuple[int, int, str]]) -> tuple[int, int, str]:
    if len(found) == 1 or _IN.search(sentence.plain[: found[0][0]].rstrip("`*_ ") + " "):
        return found[0]
    for index in range(len(found) - 1, 0, -1):
        between = sentence.plain[found[index - 1][1] : found[index][0]]
        if _VERB.search(between) and not re.search(r"\bor\b", between):
            return found[index]
    return found[0]


def _is_strong(sentence: Sentence, start: int, end: int) -> bool:
    before, after = sentence.plain[:start], sentence.plain[end:]
    if _VERB.search(before) or _IN.search(before.rstrip("`*_")):
        return True
    if re.search(r"\bcontents?\b|\bfollowing\b", before, re.IGNORECASE):
        return True
    if re.match(
        r"^[`*_]*\s*(?:file\s+)?(?:should\s+|must\s+|will\s+)?(?:now\s+)?(?:looks?|"
        r"reads?|becomes)\b",
        after,
    ):
        return True
    if (
        re.match(r"^[`*_]*\s*(?:file)?\s*(?:\([^)]{0,40}\))?\s*:\s*$", after)
        and len(before.split()) <= 4
    ):
        return True
    return not before.strip("`*_ \t\n#0123456789.") and not after.strip("`*_: \t\n")


def _in_directory(sentence: Sentence, path: str, end: int) -> str:
    """The path of both: "`a.js` in a `src/` directory" is ``src/a.js``."""
    if "/" in path:
        return path
    found = _DIRECTORY.match(sentence.text[end:].lstrip("`*_ ").removeprefix("file").lstrip()[:160])
    if not found or fence.is_path(found[1]):
        return path
    named = found[2] or f"{found[1]}/" in found[0]
    return f"{found[1].rstrip('/')}/{path}" if named and found[1] not in (".", "./") else path


def after_block(sentence: Sentence, language: str) -> Named | None:
    """The file that the text below a block names for it ("Save this as `x`")."""
    if not _AFTER.match(sentence.text[:200]) or sentence.plain.endswith(":"):
        return None
    named = in_sentence(sentence, language)
    return Named(named.path, named.line, strong=True, sentence=sentence) if named else None


def alone(text: str) -> str:
    """The file that a heading or a bold line consists of."""
    bare = re.sub(
        r"^(?:(?:step\s+)?\d+[.):]?\s+)?(?:the\s+)?", "", text.strip(), flags=re.IGNORECASE
    )
    bare = re.sub(
        r"\s+file$",
        "",
        bare.rstrip(": ").strip("*_").strip("`* _").rstrip(":"),
        flags=re.IGNORECASE,
    )
    bare = bare.strip("`*_ ")
    return bare if fence.is_path(bare) else ""


def fuller(one: str, other: str) -> str:
    """The longer of two spellings of one file; ``one`` when they are different files."""
    first, second = one.removeprefix("./"), other.removeprefix("./")
    if second.endswith("/" + first.lstrip("/")):
        return other
    return one
