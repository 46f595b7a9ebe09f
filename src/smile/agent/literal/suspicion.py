"""Which failures may come from what was not done, by us or on the Mentor's word.

A failure that may come from a step that we did not follow is marked as doubtful: it counts as no
gap. One that hangs on a step which the Mentor let us skip is passed over.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from smile.regex import regex
from smile.tutorial.model import Lines
from smile.wire import Failure, Location

_NAME = regex(r"[\w@.+-]*[A-Za-z][\w@.+-]*(?:/[\w@.+-]+)*")
_MARKED = regex(r"`([^`]+)`|\*\*([^*]+)\*\*")
_NO_ANSWER = regex(
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\S*(?:.*\n)*?.*"
    r"(?:[Cc]onnection ?[Rr]efused|ECONNREFUSED|Failed to connect|Couldn't connect)"
)
_SERVER = "local-server"
_EVERYWHERE = frozenset(
    (
        "python python3 pip pip3 npm npx node yarn uv apt apt-get sudo install run init add cd ls "
        "cat echo mkdir touch rm mv cp git make bash sh source export set start build test new "
        "create get update the and for with file files directory folder home root work line error "
        "not found command open write read use app main src bin index true false none name"
    ).split()
)


class Suspicion:
    """Remembers what was left undone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._not_followed: list[tuple[Lines, frozenset[str]]] = []
        self._skipped: list[tuple[Lines, frozenset[str]]] = []
        self._lost: list[tuple[Lines, frozenset[str]]] = []

    def not_followed(self, lines: Lines, about: tuple[str, ...]) -> None:
        """We did not do this step; ``about`` are names and prose that tell what it concerns."""
        names = frozenset(name for part in about for name in _telling(part))
        self._not_followed.append((lines, names))

    def skipped(
        self, lines: Lines, about: tuple[str, ...], questions: tuple[str, ...] = ()
    ) -> None:
        """The Mentor knew no way past it. It may have been the server that later steps ask.

        Of the ``questions`` about it, the paths tell what it lacked and would have made.
        """
        paths = {n for part in questions for n in _names(part) if "/" in n or "." in n}
        names = frozenset(n for part in about for n in _names(part)) | paths
        directories = {n.partition("/")[0] for n in names if "/" in n} - _EVERYWHERE
        self._skipped.append((lines, names | directories | {_SERVER}))

    def lost(self, lines: Lines, about: tuple[str, ...]) -> None:
        """It could not be done because it hangs on a skipped step: so do those that need it."""
        self._lost.append((lines, frozenset(n for part in about for n in _names(part))))

    @property
    def left_out(self) -> tuple[Lines, ...]:
        """Steps and commands that were skipped on the Mentor's word."""
        return tuple(lines for lines, _ in self._skipped)

    def doubts(self, failure: Failure) -> tuple[Location, ...]:
        """The steps not followed that this failure may come from."""
        named = _names(_evidence(failure))
        return tuple(
            Location(line=lines.first, end_line=lines.last, quote=self._quote(lines))
            for lines, names in self._not_followed
            if names & named
        )

    def hangs_on_skipped(self, failure: Failure) -> bool:
        """Whether the failure speaks of something that a skipped step would have made."""
        named = _names(_evidence(failure))
        return any(names & named for _, names in (*self._skipped, *self._lost))

    def _quote(self, lines: Lines) -> str:
        return "\n".join(self._text.split("\n")[lines.first - 1 : lines.last])[:500]


def port_name(url: str) -> str:
    """A name for what listens at an address: all pages of one server hang together."""
    try:
        return f"port-{urlsplit(url).port or 80}"
    except ValueError:
        return url


def _evidence(failure: Failure) -> str:
    telling = failure.output.splitlines()[-30:]
    said = [failure.command, failure.problem, failure.path, *telling]
    if failure.url:
        said.append(port_name(failure.url))
    if _NO_ANSWER.search("\n".join(said)):
        said.append(_SERVER)
    return "\n".join(said)


def _names(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _NAME.findall(text):
        for part in (word, word.rsplit("/", 1)[-1], word.partition("/")[0]):
            name = part.strip(".-").lower()
            if len(name) > 2 and name not in _EVERYWHERE:
                found.add(name)
    return frozenset(found)


def _telling(part: str) -> frozenset[str]:
    """Names in prose are those that are marked as such; a part without blanks is a name itself."""
    if " " not in part.strip():
        return _names(part)
    marked = " ".join(a or b for a, b in _MARKED.findall(part))
    return _names(marked)
