"""Programs whose name is a slip of one that the text names elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smile.agent.literal.handbook import commandline, install
from smile.agent.literal.handbook.nearness import nearest
from smile.agent.literal.handbook.tables import bare
from smile.check.reading import Foreseen, Reading
from smile.regex import regex

__all__ = ["check"]

_NAME = regex(r"^[a-z][a-z0-9-]{3,}$")


def check(reading: Reading) -> Iterator[Foreseen]:
    """Each name that nobody knows and that stands there once, next to one that is known.

    A tool that the tables lack is spoken of, or typed again.
    """
    words = re.findall(r"[\w-]+", reading.tutorial.text.lower())
    for typed in reading.typed:
        if not typed.counts or "\n" in typed.command.text:
            continue
        for part in commandline.parts(typed.command.text):
            if _is_unknown(part[0]) and words.count(part[0]) == 1:
                known = (w for w in dict.fromkeys(words) if install.known(w) or w in _OF_A_SHELL)
                if nearest(part[0], known):
                    yield Foreseen(typed.command, f"bash: {part[0]}: command not found")


_OF_A_SHELL = frozenset(
    "apt apt-get mkdir rmdir touch chmod chown export source echo printf head tail sort uniq find "
    "grep xargs kill sleep true false clear history python pip".split()
)


def _is_unknown(program: str) -> bool:
    known = install.known(program) or program in _OF_A_SHELL or program in bare.PROGRAMS
    return bool(_NAME.match(program)) and not known
