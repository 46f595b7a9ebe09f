"""Shell variables: which a command line expands, which it sets, which a session has anyway."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smile.regex import regex

OF_THE_SHELL = frozenset(
    "HOME PATH USER PWD OLDPWD SHELL HOSTNAME LANG TERM RANDOM SRANDOM SECONDS EPOCHSECONDS "
    "EPOCHREALTIME UID EUID GROUPS PPID LINENO IFS BASH BASH_VERSION BASH_VERSINFO BASH_SOURCE "
    "BASH_REMATCH BASH_COMMAND BASHPID HOSTTYPE OSTYPE MACHTYPE SHLVL TMPDIR LOGNAME REPLY MAPFILE "
    "OPTARG OPTIND OPTERR PS1 PS2 PS4 MAIL COLUMNS LINES PIPESTATUS FUNCNAME COMP_WORDS".split()
)
"""What bash or a login sets."""
OF_A_SESSION = frozenset(
    "EDITOR VISUAL PAGER BROWSER DISPLAY WAYLAND_DISPLAY COLORTERM LS_COLORS LS_OPTIONS "
    "GREP_OPTIONS TERM_PROGRAM TMUX STY SSH_AUTH_SOCK SSH_AGENT_PID SSH_CONNECTION SSH_TTY "
    "SUDO_USER DBUS_SESSION_BUS_ADDRESS MANPATH INFOPATH LANGUAGE TZ PROMPT_COMMAND "
    "DESKTOP_SESSION VIRTUAL_ENV".split()
)
"""What a person's session may have or lack: that it is empty says nothing of a text."""
_OF_A_SESSION = regex(r"(?:XDG|LC|GNOME|KDE|GTK|QT)_\w+|(?i:https?_proxy|no_proxy|all_proxy)")

_HIDDEN = regex(r"'[^']*'|\\\$")
_USED = regex(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_DECLARED = r"(?:(?:export|declare|typeset|local|readonly)\s+(?:-\S+\s+)*)?"
_ASSIGNED = regex(
    rf"(?:^|[;&|(){{\s]){_DECLARED}([A-Za-z_]\w*)(?:\[[^\]]{{0,40}}\])?\+?=", re.MULTILINE
)
_LOOPS = regex(r"\b(?:for|select)\s+([A-Za-z_]\w*)")
_READS = regex(
    r"\b(?:read|mapfile|readarray)\b((?:\s+(?:-\w+|\d+|\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*))*)"
)
_PRINTS = regex(r"\bprintf\s+-v\s*([A-Za-z_]\w*)")
_OPTIONS = regex(r"\bgetopts\s+\S+\s+([A-Za-z_]\w*)")
_ARITHMETIC = regex(
    r"\(\(\s*([A-Za-z_]\w*)\s*(?:[-+*/%]?=(?!=)|\+\+|--)|\blet\s+[\"']?([A-Za-z_]\w*)"
)
_NAME = regex(r"(?<![-\w\"'])[A-Za-z_]\w*")
_QUOTED = regex(r"\"[^\"]*\"|'[^']*'")
_HIDES = regex(r"\b(?:eval|source)\b|(?:^|[;&|({\s])\.\s", re.MULTILINE)


def used(text: str) -> tuple[str, ...]:
    """The names that a line expands without saying what to take when they are empty."""
    visible = _HIDDEN.sub("", text.split("<<", 1)[0])
    return tuple(dict.fromkeys(a or b for a, b in _USED.findall(visible)))


def assigned(text: str) -> frozenset[str]:
    """The names that a line sets itself, as far as its words tell."""
    found = set(_ASSIGNED.findall(text)) | set(_LOOPS.findall(text))
    found |= set(_PRINTS.findall(text)) | set(_OPTIONS.findall(text))
    found |= {a or b for a, b in _ARITHMETIC.findall(text)}
    for words in _READS.findall(text):
        found |= set(_NAME.findall(_QUOTED.sub("", words)))
    return frozenset(found)


def hides(text: str) -> bool:
    """Whether a line may set more than its words tell: what it reads or evaluates may."""
    return bool(_HIDES.search(text))


def is_usual(name: str) -> bool:
    """Whether a shell or a session may have it without any step."""
    return name in OF_THE_SHELL or name in OF_A_SESSION or _OF_A_SESSION.fullmatch(name) is not None


def unset(command: str, above: Iterable[str] = ()) -> tuple[str, ...]:
    """The names that a command expands and neither it, those above, nor a session sets."""
    names = [name for name in used(command) if not is_usual(name)]
    known = assigned(command).union(*map(assigned, above)) if names else frozenset()
    return tuple(name for name in names if name not in known)


def is_set_in(content: str, name: str) -> bool:
    """Whether a file, as a script or a list of settings, gives the variable a value."""
    return bool(re.search(rf"^(?:export )?{name}=", content, re.MULTILINE))
