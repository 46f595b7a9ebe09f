"""Shell variables that nothing sets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smile.agent.literal.handbook import commandline

ALWAYS = frozenset(
    "HOME PATH USER PWD OLDPWD SHELL HOSTNAME LANG TERM RANDOM SECONDS UID EUID PPID LINENO IFS "
    "BASH BASH_VERSION HOSTTYPE OSTYPE MACHTYPE SHLVL TMPDIR EDITOR VIRTUAL_ENV LOGNAME REPLY "
    "PS1 MAIL COLUMNS LINES PIPESTATUS BASHPID FUNCNAME".split()
)
"""What a shell has by itself, or a machine for it."""


def unset(command: str, above: Iterable[str]) -> tuple[str, ...]:
    """The variables that a command expands and neither it nor those above it set, in its order."""
    used = commandline.variables_used(command)
    if not used:
        return ()
    known = ALWAYS.union(*(commandline.variables_set(text) for text in (*above, command)))
    return tuple(name for name in used if name not in known)


def is_set_in(content: str, name: str) -> bool:
    """Whether a file, as a script or a list of settings, gives the variable a value."""
    return bool(re.search(rf"^(?:export )?{name}=", content, re.MULTILINE))
