"""Where a text takes a program for granted: "Now that you've installed Rust …".

That is where a writer has to mend it, however far below it bites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from smile.agent.literal.handbook.tables import products
from smile.regex import regex
from smile.tutorial.blocks import read
from smile.tutorial.text import Sentence, sentences

if TYPE_CHECKING:  # both load pydantic, which takes longer than to check a tutorial
    from smile.agent.literal.handbook.case import Case
    from smile.wire import Location

_INSTALLED = regex(
    r"\b(?:now that|once|after|if) (?:you(?:'ve| have)?\b|[\w.+ ]{1,40} (?:is|are|has been)\b)"
    r"[^.]{0,60}?\b(?:installed|configured|set up|installing)\b",
    re.IGNORECASE,
)
_NEEDED = (
    r"\b(?:(?:you|we)(?:'ve| have| already have| should have| must have|'ll need| will need| need)|"
    r"assum\w+|prerequisites?|requires?|required|make sure|ensure|be sure)\b[^;]{{0,120}}?{name}"
)
_FAR = 10
"""Lines from which on a writer looks for the sentence rather than for the command."""
_TELLS_HOW = regex(
    r"\binstall (?:it|them|this)\b|\binstalled (?:by|with|using|via)\b", re.IGNORECASE
)


def place(case: Case, program: str) -> Location | None:
    """The last sentence above the failing line that takes the program for granted, if any.

    ``None`` also when it stands right above: then the command is as good a place.
    """
    names = products.names(program)
    found = [s for s in _above(case) if takes_for_granted(s, names)]
    if not found or case.line - found[-1].lines.last < _FAR:
        return None
    return case.at(found[-1].lines)


def _above(case: Case) -> Iterator[Sentence]:
    for block in read(case.text).blocks:
        if block.kind == "para" and block.lines.last < case.line:
            yield from sentences(block.text, block.lines.first)


def takes_for_granted(sentence: Sentence, names: tuple[str, ...]) -> bool:
    """Whether a sentence says that the reader has, or needs, what is called so."""
    text = sentence.text.replace("’", "'")  # noqa: RUF001
    if _TELLS_HOW.search(text):
        return False
    named = [rf"(?<![\w./-]){re.escape(name)}(?![\w'-]|\.\w)" for name in names]
    if _INSTALLED.search(text) and any(re.search(name, text) for name in named):
        return True
    # The name itself is compared as it is written: "Go" is a language, "go" a verb.
    return any(re.search(rf"(?i:{_NEEDED.format(name=f'(?-i:{name})')})", text) for name in named)
