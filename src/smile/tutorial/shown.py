"""Whether a block shows what a program printed, or something that asks for nothing."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import words
from smile.tutorial.content import is_tree
from smile.tutorial.shell import program, words_of

_OUTPUT = regex(
    r"\b(?:prints?|printed|printing|outputs?|outputting|displays?|displayed|shows?|showing|"
    r"(?:will|should|'ll|to|can|now)\s+(?:now\s+|then\s+|also\s+)?(?:see|"
    r"get|have|receive|find|notice)|(?:you|we)\s+(?:now\s+|then\s+|also\s+)?(?:see|get|receive|find|notice)|see(?:s|ing)?\s+(?:something|output|"
    r"the following|that|this|a)|"
    r"returns?|returned|responds?|response|results?(?:\s+(?:is|in|will|should|"
    r"looks?)|:|$)|look(?:s|ing)?\s+(?:something\s+|a bit\s+|exactly\s+|"
    r"somewhat\s+)?like|"
    r"similar to|something like|produces?|produced|yields?|gives?(?:\s+(?:us|you|"
    r"me))?|informs?|tells?|reports?|logs?|logged|"
    r"(?:we|you)\s+(?:now\s+)?get|error(?:s)?(?:\s+(?:message|like))?:?$|expected|"
    r"which (?:is|gives)|as follows|structure|layout|greeted|reads?|says?)\b",
    re.IGNORECASE,
)
_TYPED = regex(
    r"\b(?:run(?:ning)?|execut(?:e|ing)|typ(?:e|ing)|enter(?:ing)?|issu(?:e|ing)|"
    r"invok(?:e|ing)|install(?:ing)?|commands?|start(?:ing)?|use|using|using:|launch|"
    r"with)\b",
    re.IGNORECASE,
)
_CONDITIONAL = regex(
    r"^\W*(?:if\b|in case\b|should you\b|otherwise\b|unless\b|when you (?:see|get)\b|"
    r"you (?:may|might)\b|sometimes\b|some(?:times)?\b)|\b(?:you|we) (?:may|"
    r"might) (?:see|get)\b|\bif (?:you|we) (?:see|get)\b",
    re.IGNORECASE,
)
_FAILS = regex(
    r"\b(?:see|get|shows?|prints?|raises?|throws?|gives?|with|results? in|receive|"
    r"produces?|encounter|greeted|reports?|returns?)\b[^.]{0,60}\b(?:errors?|"
    r"exception|traceback|failure|panic)\b|"
    r"\b(?:will|should|would|does|it|test|tests|build|compilation|"
    r"command) (?:now )?fails?\b|\bfails? (?:with|because)\b|"
    r"\bexits? with (?:an? )?(?:error|non-?zero|status|code|[1-9]\d*)\b|"
    r"\bwon't compile\b|\bdoes not compile\b|\bdoesn't compile\b",
    re.IGNORECASE,
)
_NEGATED = regex(
    r"\b(?:no|without (?:an? |any )?(?:errors?|fail\w*|problems?)|not|any|if|never|fix(?:es)?|"
    r"may|might|avoid|instead of)\b",
    re.IGNORECASE,
)
_AGAIN = regex(r"\bwhen (?:we|you) (?:re-?\w+|run|execute|compile)\b", re.IGNORECASE)
_PRINTED = regex(
    r"^\s*(?:(?:[\w./-]+[:(]\d+[:,)]|)\s*(?:error|warning|fatal|note|info|debug|"
    r"panic|traceback|exception)\b[\s:\[(]|error TS\d+|npm (?:WARN|ERR|notice)|"
    r"[A-Z][A-Za-z]*(?:Error|Exception|Warning)\b|Traceback \(most|"
    r"[✓✔✗✘✖●•▶⚠❌✅🚀➤╭╰│┌└├─═║╔╚]|\d+ (?:passing|passed|failed|tests?|files?)\b|"
    r"(?:PASS|FAIL|OK|INFO|WARN|WARNING|ERROR|DEBUG)\b(?!=)|\[[\w: ./-]+\]\s|"
    r"\[INFO\]|\{\s*$|\}\s*,?$|<!DOCTYPE|</?[a-z]+>|HTTP/\d|\*\s+\w|\+[-=]{3,}|"
    r"[-=]{4,}|\|.*\|\s*$|"
    r"(?:Successfully|Collecting|Downloading|Requirement already|Compiling|Finished|"
    r"Running|Listening|Server|Hello|Created|Added|Starting|Started|Serving|Building|"
    r"Built|Done|Usage|Welcome|Found|Installing|Cloning|Reading|Press|Compiled|"
    r"Ready)\b[^=]*$)",
    re.IGNORECASE,
)
_UPPER = regex(r"^[A-Z][a-z]+(?:\s|[:,.!?]|$)(?!.*\s--?\w)")
_USAGE = regex(
    r"^\s*(?:usage:\s|[\w./-]+(?:\s[\w-]+){0,3}\s+(?:\[(?:options?|flags?|args?|"
    r"arguments|command|-{1,2}[\w-]+|[A-Z_]+)[^\]]{0,60}\]|<(?:command|options?|"
    r"args?|subcommand)>))",
    re.IGNORECASE,
)
_GENERIC = regex(
    r"(?<![\w./-])(?:filename|dirname|file_?name|dir_?name|somefile|foo|foobar|"
    r"myfile|file1|file)(?:\.[a-z]{1,4})?(?![\w/=-])"
)
_BADGE = regex(r"shields\.io|badge\.(?:svg|fury)|/badge[s/.-]|badge\.svg", re.IGNORECASE)


def introduces_output(sentence: str) -> bool:
    """Whether a sentence says that what follows is printed."""
    return bool(_OUTPUT.search(sentence[-400:]))


def introduces_command(sentence: str) -> bool:
    """Whether a sentence says that what follows is to be typed."""
    return bool(_TYPED.search(sentence[-300:]))


def is_conditional(sentence: str) -> bool:
    """Whether what follows is shown only in some cases ("If we see,")."""
    return bool(_CONDITIONAL.search(sentence[:300]))


def is_again(sentence: str) -> bool:
    """Whether the output is that of a command that no block runs again."""
    return bool(_AGAIN.search(sentence[:300]))


def says_error(sentence: str) -> bool:
    """Whether a sentence says that the command before it ends in an error."""
    found = _FAILS.search(sentence[:400])
    return bool(found) and not _NEGATED.search(sentence[: found.end()] if found else "")


def is_printed(line: str) -> bool:
    """Whether a line of a block without prompts can only be output."""
    bare = line.strip()
    if not bare:
        return False
    first = words_of(bare)[:1]
    if (
        first
        and (first[0] in words.PROGRAMS or "=" in first[0])
        and not re.match(r"^\w+ (?:WARN|ERR)", bare)
    ):
        return False
    if _PRINTED.match(line[:200]):
        return True
    return bool(_UPPER.match(bare[:200])) and len(bare.split()) >= 2


def is_all_printed(lines: list[str]) -> bool:
    """Whether a block holds nothing that could be typed: its first line is output."""
    filled = [x for x in lines if x.strip() and not x.lstrip().startswith("#")]
    return bool(filled) and is_printed(filled[0])


def is_usage(text: str) -> bool:
    """Whether a block gives a general form (``tool [options] FILE``)."""
    lines = [x for x in text.split("\n") if x.strip() and not x.lstrip().startswith("#")]
    return bool(lines) and all(_USAGE.match(re.sub(r"^\s*[$%]\s", "", x[:200])) for x in lines)


def is_generic(command: str, known: set[str]) -> bool:
    """Whether a command only stands for its like (``rm filename``): nothing has such a name."""
    found = _GENERIC.search(command[:300])
    return bool(found) and found[0] not in known if found else False


def is_badge(text: str, language: str) -> bool:
    """Whether a block is a badge to be put elsewhere."""
    return language in ("md", "rst", "html", "", "text", "asciidoc") and bool(
        _BADGE.search(text[:4000])
    )


def is_drawing(text: str) -> bool:
    """Whether a block draws a tree."""
    return is_tree(text)


def looks_typed(lines: list[str]) -> bool:
    """Whether every line of a block without a tag is a command by its first word."""
    filled = [x for x in lines if x.strip() and not x.lstrip().startswith("#")]
    if not filled or len(filled) > 40:
        return False
    return all(_is_typed(x.strip(), lines) for x in filled)


def _is_typed(line: str, lines: list[str]) -> bool:
    name = program(line)
    if line.endswith((":", "{", ";", "}")) or is_printed(line):
        return False
    if re.match(r"^(?:export\s+)?[A-Z_][A-Z0-9_]*=\S", line):
        return len(lines) > 1 or line.startswith("export")
    if name not in words.PROGRAMS:
        return line.startswith("./") and " = " not in line
    rest = words_of(line)[1:]
    return not rest or rest[0] not in ("=", ":", ":=", "(", "+=", "is", "are", "the", "a")
