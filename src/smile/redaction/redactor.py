"""Text without secrets: those that are known, and those that have the shape of one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from operator import is_
from typing import Any, Self, TypeVar

from smile import cuts
from smile.plain import plain
from smile.redaction.halves import without_halves
from smile.redaction.known import credentials, secrets_of
from smile.redaction.shapes import MARK, SHAPES, without_cut_keys

__all__ = ["Redactor", "redacted"]

T = TypeVar("T")

_PARTS = tuple((part, shape) for shape in SHAPES for part in shape.parts)


class Redactor:
    """A function of text: ``redactor(text)`` is the text with ``[redacted]`` for each secret.

    It knows values, and learns more: a run makes its tokens as it goes. Redacting twice changes
    nothing more, and lines keep their numbers.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]] = ()) -> None:
        self._known: dict[str, str] = {}
        self._add(secrets)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """One that knows the secrets of an environment."""
        return cls(secrets_of(environ))

    def learn(self, secret: str) -> str:
        """From now on this value is a secret; returns it."""
        self._add([(secret, MARK)] if secret else [])
        return secret

    def learn_url(self, url: str) -> None:
        """The same for the password of a URL, if it has one, however short that is."""
        self._add(credentials(url if "://" in url else f"http://{url}"))

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        clean = self._without(text)
        if not clean.isprintable() and _hides(clean):
            # Colours or invisible characters in the middle of a key hide it from us only.
            shown = plain(clean)
            seen = self._without(shown)
            clean = clean if seen == shown else seen
        return text if clean == text else clean

    def _add(self, secrets: Iterable[tuple[str, str]]) -> None:
        known = self._known | dict(secrets)
        # One may hold another: the longest goes first.
        self._known = dict(sorted(known.items(), key=lambda each: -len(each[0])))

    def _without(self, text: str) -> str:
        for secret, instead in self._known.items():
            if secret in text:
                text = text.replace(secret, instead)
        if self._known and cuts.MARK.search(text):
            text = without_halves(text, self._known)
        small = text.lower()
        suspected = [shape for part, shape in _PARTS if part in small]
        for shape in dict.fromkeys(suspected):
            text = shape.redacted(text)
        return without_cut_keys(text) if "PRIVATE KEY" in text else text


# All of Unicode's control characters but tab, newline and carriage return; then those that take
# no place, and those that turn the direction of a text.
_INVISIBLE = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160)))) + (
    "\u200b\u200c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\ufeff"
)


def _hides(text: str) -> bool:
    """Whether a reader sees something else than what stands there."""
    return any(character in text for character in _INVISIBLE)


def redacted(value: T, redact: Callable[[str], str]) -> T:
    """The same value with every text in it redacted; itself when there is nothing to redact.

    Goes through dataclasses, values of the wire, dicts, lists and tuples. A member of an enum is
    a word of ours, and stays.
    """
    result: T = _redacted(value, redact)
    return result


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    match value:
        case str():
            return redact(value) if type(value) is str else value
        case list() | tuple():
            items = [_redacted(item, redact) for item in value]
            return value if all(map(is_, items, value)) else type(value)(items)
        case dict():
            flat = [*value.keys(), *value.values()]
            new = _redacted(flat, redact)
            count = len(value)
            return value if new is flat else dict(zip(new[:count], new[count:], strict=True))
        case _:
            return _with_fields_redacted(value, redact)


def _with_fields_redacted(value: Any, redact: Callable[[str], str]) -> Any:
    kind = type(value)
    wire = hasattr(kind, "model_fields")  # pydantic's, which is not imported for this
    if not wire and not dataclasses.is_dataclass(kind):
        return value
    names = kind.model_fields if wire else [each.name for each in dataclasses.fields(kind)]
    old = {name: getattr(value, name) for name in names}
    new = {name: _redacted(each, redact) for name, each in old.items()}
    changed = {name: each for name, each in new.items() if each is not old[name]}
    if not changed:
        return value
    return value.model_copy(update=changed) if wire else dataclasses.replace(value, **changed)
