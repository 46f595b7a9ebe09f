"""Take secrets out of what is written: one function, by the usual shapes of keys.

What SMILE writes may be attached to an issue or published. Keys never enter the sandbox, but a
tutorial may print one, and a proxy's address may hold a password.
"""

from __future__ import annotations

import re

__all__ = ["redact", "redact_all"]

MARK = "[redacted]"

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        # An output that was cut may have lost the end of the block: then all the rest goes.
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
            r".*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
        MARK,
    ),
    # A key holds a digit; a name of words such as "sk-learn-contrib-tools" mostly does not.
    (re.compile(r"(?<![\w-])[srp]k[-_](?=[\w-]*\d)[\w-]{16,}"), MARK),
    (re.compile(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{16,}"), MARK),
    (re.compile(r"(?<!\w)github_pat_\w{20,}"), MARK),
    (re.compile(r"(?<!\w)gl(?:pat|dt|rt)-[\w-]{16,}"), MARK),
    (re.compile(r"(?<!\w)(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)"), MARK),
    (re.compile(r"(?<!\w)AIza[\w-]{30,}"), MARK),
    (re.compile(r"(?<!\w)xox[abeoprs]-[\w-]{10,}"), MARK),
    (re.compile(r"(?<!\w)(?:npm|hf)_[A-Za-z0-9]{30,}"), MARK),
    (re.compile(r"(?<!\w)pypi-AgE[\w-]{16,}"), MARK),
    (re.compile(r"(?<!\w)eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"), MARK),
    (re.compile(r"(?i)\b(bearer\s+)(?=[\w.~+/=-]*[\d=])[\w.~+/=-]{8,}"), rf"\1{MARK}"),
    (re.compile(r"(?i)\b(authorization\s*:\s*basic\s+)[\w+/=-]{4,}"), rf"\1{MARK}"),
    (re.compile(r"(?i)\b(x-api-key|x-goog-api-key)(\s*:\s*)[^\s'\"]{8,}"), rf"\1\2{MARK}"),
    (re.compile(r"(?<=://)[^\s/@:'\"]+:[^\s/@'\"]+(?=@)"), MARK),
)


def redact(text: str) -> str:
    """The text with everything that looks like a key replaced by ``[redacted]``."""
    for shape, mark in _SHAPES:
        text = shape.sub(mark, text)
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
