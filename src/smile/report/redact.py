"""Take secrets out of what is written: one function, by the usual shapes of keys.

What SMILE writes may be attached to an issue or published. Keys never enter the sandbox, but a
tutorial may print one, and a proxy's address may hold a password.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["redact", "redact_all"]

MARK = "[redacted]"


class _Shape(NamedTuple):
    """How a key looks. A search for its fixed parts is quick, the pattern is not."""

    parts: tuple[str, ...]
    """In lower case; a text that holds none of them holds no such key."""
    pattern: re.Pattern[str]
    instead: str = MARK


_SHAPES = (
    _Shape(
        ("private key",),
        # An output that was cut may have lost the end of the block: then all the rest goes.
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
            r".*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
    ),
    _Shape(
        ("sk-", "sk_", "rk-", "rk_", "pk-", "pk_"),
        # A key holds a digit; a name of words such as "sk-learn-contrib-tools" mostly does not.
        re.compile(r"(?<![\w-])[srp]k[-_](?=[\w-]*\d)[\w-]{16,}"),
    ),
    _Shape(("gh",), re.compile(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{16,}")),
    _Shape(("github_pat_",), re.compile(r"(?<!\w)github_pat_\w{20,}")),
    _Shape(("glpat-", "gldt-", "glrt-"), re.compile(r"(?<!\w)gl(?:pat|dt|rt)-[\w-]{16,}")),
    _Shape(("akia", "asia"), re.compile(r"(?<!\w)(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)")),
    _Shape(("aiza",), re.compile(r"(?<!\w)AIza[\w-]{30,}")),
    _Shape(("xox",), re.compile(r"(?<!\w)xox[abeoprs]-[\w-]{10,}")),
    _Shape(("npm_", "hf_"), re.compile(r"(?<!\w)(?:npm|hf)_[A-Za-z0-9]{30,}")),
    _Shape(("pypi-age",), re.compile(r"(?<!\w)pypi-AgE[\w-]{16,}")),
    _Shape(("eyj",), re.compile(r"(?<!\w)eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    _Shape(
        ("bearer",),
        re.compile(r"(?i)\b(bearer\s+)(?=[\w.~+/=-]*[\d=])[\w.~+/=-]{8,}"),
        rf"\1{MARK}",
    ),
    _Shape(
        ("authorization",),
        re.compile(r"(?i)\b(authorization\s*:\s*basic\s+)[\w+/=-]{4,}"),
        rf"\1{MARK}",
    ),
    _Shape(
        ("x-api-key", "x-goog-api-key"),
        re.compile(r"(?i)\b(x-api-key|x-goog-api-key)(\s*:\s*)[^\s'\"]{8,}"),
        rf"\1\2{MARK}",
    ),
    _Shape(("://",), re.compile(r"(?<=://)[^\s/@:'\"]+:[^\s/@'\"]+(?=@)")),
)


def redact(text: str) -> str:
    """The text with everything that looks like a key replaced by ``[redacted]``."""
    small = text.lower()
    for shape in _SHAPES:
        if any(part in small for part in shape.parts):
            text = shape.pattern.sub(shape.instead, text)
    return text


def redact_all(value: object) -> object:
    """The same for every text in a tree of dicts, lists and tuples; keys of dicts stay."""
    match value:
        case str():
            # An enum's member is a str too, and its words are ours.
            return redact(value) if type(value) is str else value
        case dict():
            return {key: redact_all(item) for key, item in value.items()}
        case list() | tuple():
            return [redact_all(item) for item in value]
        case _:
            return value
