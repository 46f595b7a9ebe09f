"""Regular expressions that are compiled when they are first used.

The parser and the Student know hundreds of them, and a short tutorial needs few: compiling all
would take longer than following it.
"""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ["regex"]

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub", "subn")


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` gives, for as much as its methods do; compiled at the first call."""
    return cast("re.Pattern[str]", _Pattern(source, flags))


class _Pattern:
    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile; from now on the methods are found before this one is asked."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.__dict__.update({each: getattr(compiled, each) for each in _METHODS})
        return self.__dict__[name]
