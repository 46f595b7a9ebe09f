"""Whether the prose asks a reader to have a tool, or leads to where it is told how to get it."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import granted
from smile.agent.literal.handbook.tables import products
from smile.check.reading import Reading
from smile.regex import regex
from smile.tutorial.text import Sentence

__all__ = ["is_named", "is_told_elsewhere"]

_ASKS = (
    (
        r"\b(?:(?:re)?install(?:ing|ation of)?|download(?:ing)?|set(?:ting)? up|requires?|"
        r"requiring)\b[^;:]{{0,60}}?{name}"
    ),
    (
        r"{name}[^;:]{{0,50}}?\b(?:installed|(?:is|are) (?:required|needed|available|"
        r"pre-?installed)|comes? with|ships? with|on your (?:machine|system|computer|path))\b"
    ),
    r"{name},? (?:\(?(?:v|version )?[\^~>=≥ ]*\d|or (?:later|newer|higher))",
)
"""How a sentence asks for something, or says that it is there."""
_LINK_TO = (
    r"(?<!!)\[[`*_]*(?:(?:[Ii]nstall(?:ing|ed)?|[Gg]et|[Dd]ownload|[Ll]atest|the|a|an)\s+)*{name}"
    r"[`*_]*(?:\s+(?:v?\d\S*|installed|package|manager|website|installer|toolchain|CLI|here))*\]"
)
_PREREQUISITES = regex(
    r"\b(?:prerequisites?|requirements?|before (?:you|we) (?:begin|start)|what you(?:'ll)? need|"
    r"you(?:'ll)? need|setup|set ?up|preparations?|dependencies|getting ready|environment)\b",
    re.IGNORECASE,
)
_INSTALL_PAGE = regex(
    r"\]\([^()\s]*(?:install|setup|set-up|getting[-_]started|get[-_]started|prerequisites|"
    r"requirements|download)[^()\s]*\)|"
    r"\[[^\[\]\n]{0,40}(?:install|set ?up|getting started|download)[^\[\]\n]{0,40}\][\[(]",
    re.IGNORECASE,
)
_OFTEN = 4
"""Sentences that speak of a tool from which on the text is about it."""


def is_named(reading: Reading, program: str) -> bool:
    """Whether the prose says that a reader needs it, or leads to where it is."""
    names = products.names(program)
    named = _token(names)
    asked = re.compile("|".join(f"(?:{ask.format(name=named)})" for ask in _ASKS))
    linked = re.compile(_LINK_TO.format(name=named))
    prose = [block for block in reading.document.blocks if block.kind != "code"]
    return (
        any(linked.search(block.text) for block in prose)
        or any(_asks_for(one, names, asked) for one in reading.sentences)
        or _is_listed(reading, re.compile(named))
    )


def is_told_elsewhere(reading: Reading, program: str) -> bool:
    """Whether the text is about this very tool, and another page tells how to get that.

    One page of a tool's own documentation need not repeat it. What a README does not tell or link
    to, nobody does.
    """
    named = re.compile(_token(products.names(program)), re.IGNORECASE)
    about = [one for one in reading.sentences if named.search(one.text)]
    near = (place.casefold() for place in reading.around.above[:4])
    is_own = any(place == program or place.startswith(f"{program}-") for place in near)
    titles = (b.text for b in reading.document.blocks if b.kind == "heading" and b.level == 1)
    if not (is_own or len(about) >= _OFTEN or any(map(named.search, titles))):
        return False
    if any(_INSTALL_PAGE.search(b.text) for b in reading.document.blocks if b.kind == "para"):
        return True
    is_readme = reading.tutorial.name.casefold().startswith("readme")
    return not is_readme and (is_own or reading.around.published)


def _token(names: tuple[str, ...]) -> str:
    """The pattern of any of these names as a word of its own."""
    return rf"(?<![\w./-])(?:{'|'.join(map(re.escape, names))})(?![\w'-]|\.\w)"


def _asks_for(one: Sentence, names: tuple[str, ...], asked: re.Pattern[str]) -> bool:
    return granted.takes_for_granted(one, names) or bool(asked.search(one.text))


def _is_listed(reading: Reading, named: re.Pattern[str]) -> bool:
    """Below a heading of prerequisites."""
    listed = False
    for block in reading.document.blocks:
        if block.kind == "heading":
            listed = bool(_PREREQUISITES.search(block.text))
        if listed and block.kind != "code" and named.search(block.text):
            return True
    return False
