"""What nobody needs to know to find a fault: beside secrets, whose machine it was."""

from __future__ import annotations

import contextlib
import getpass
import platform
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self

__all__ = ["Private"]

_HOMES = re.compile(r"((?:/home|/Users|\\Users)[/\\])[^/\\\s:;,\"'`()<>\[\]]+")
_COMMON: Final = frozenset({"root", "user", "admin", "runner", "ubuntu", "debian", "localhost"})
"""Names that tell nothing, and are words of any text."""
_SHORTEST: Final = 3
_TELLING: Final = 8
"""A value of fewer characters stands in any text by chance."""


class Private:
    """A function of text: without secrets, values of variables, homes, and names of user and host.

    Args:
        redact: takes the secrets out.
        environ: the variables whose values are not told; in the place of one stands its name.
        home: of this user.
        user: the name of it.
        host: the name of this machine.
    """

    def __init__(
        self,
        redact: Callable[[str], str],
        environ: Mapping[str, str],
        *,
        home: Path,
        user: str,
        host: str,
    ) -> None:
        self._redact = redact
        told = {value: f"[{name}]" for name, value in environ.items() if len(value) >= _TELLING}
        self._values = sorted(told.items(), key=lambda each: -len(each[0]))
        homes = {str(home), str(home.resolve())} - {"/", "."}
        self._homes = sorted(homes, key=len, reverse=True)
        self._names = [
            (re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])"), instead)
            for name, instead in ((user, "[user]"), (host, "[host]"))
            if len(name) >= _SHORTEST and name not in _COMMON
        ]

    @classmethod
    def here(cls, redact: Callable[[str], str], environ: Mapping[str, str]) -> Self:
        """For this user on this machine."""
        user, home = "", Path("/")
        with contextlib.suppress(KeyError, OSError):  # a number without an account
            user = getpass.getuser()
        with contextlib.suppress(RuntimeError):  # the same, and no HOME
            home = Path.home()
        return cls(redact, environ, home=home, user=user, host=platform.node())

    def __call__(self, text: str) -> str:
        """The text as a stranger may read it."""
        text = self._redact(text)
        for value, name in self._values:
            text = text.replace(value, name)
        for home in self._homes:
            text = text.replace(home, "~")
        text = _HOMES.sub(r"\1[user]", text)
        for pattern, instead in self._names:
            text = pattern.sub(instead, text)
        return text
