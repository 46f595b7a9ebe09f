"""The secrets of an author's environment: which variables hold one, and which only seem to."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from smile.redaction.shapes import MARK, URL_PASSWORD, made_up

__all__ = ["credentials", "secrets_of"]

_NAME = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIAL|PRIVATE"
    r"|(?:^|_)(?:KEY|PASS|PWD|PAT|AUTH|COOKIE|DSN)(?:_|$)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:OLD)?PWD$|_(?:FILE|PATH|DIR|HOME|SOCK|ID|NAME|USER|USERNAME|HOST|TYPE|METHOD|VERSION)$",
    re.IGNORECASE,
)
"""A name that ends so tells of a secret, and does not hold it."""
_SHORTEST = 8
_LONG = 16
_ORDINARY = re.compile(r"(?:[A-Za-z]+[-_. ]?){1,4}\d{0,4}!?|\d+")
"""A short value of words or a number: to take it out everywhere would tear holes into any text."""


def secrets_of(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each secret, and what is to stand for it."""
    for name, value in environ.items():
        if _NAME.search(name) and not _ABOUT.search(name) and _is_secret(value):
            yield value, MARK
        yield from credentials(value)


def credentials(text: str) -> Iterator[tuple[str, str]]:
    """The passwords of URLs, in the forms in which programs print them.

    Here even one that is as short as an example counts: it is known to be the author's own.
    """
    for found in URL_PASSWORD.pattern.finditer(text):
        user, password = unquote(found["user"]), unquote(found["password"])
        yield f"{found['secret']}@", f"{MARK}@"
        yield f"{user}:{password}@", f"{MARK}@"
        yield base64.b64encode(f"{user}:{password}".encode()).decode(), MARK
        for form in (found["password"], password):
            if _is_secret(form):
                yield form, MARK


def _is_secret(value: str) -> bool:
    if "\n" in value:  # nobody makes up a whole file; in many a private key is a row of As
        return True
    if len(value) < _SHORTEST or made_up(value):
        return False
    return len(value) >= _LONG or not _ORDINARY.fullmatch(value)
