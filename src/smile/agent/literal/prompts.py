"""Shells that wait at their prompt: told by what the system says of them, or by how they look."""

from __future__ import annotations

from pathlib import Path

from smile.agent.literal import processes
from smile.agent.literal.processes import Process
from smile.regex import regex

_SHELLS = frozenset(
    (
        "bash rbash sh dash ash busybox zsh ksh ksh93 mksh yash fish csh tcsh nu xonsh elvish pwsh"
    ).split()
)
_TAKES_A_VALUE = frozenset(("--rcfile", "--init-file", "-O", "+O", "-o", "+o"))
_LOOKS_LIKE_ONE = regex(
    r"^(?:\([\w.-]+\) ?)?(?:\[?[\w.-]+@[\w.-]+[: ].*|\w*sh-\d[\d.]*|(?:[~/][\w./~-]*)? ?)[$#%] $"
)


def waiting(root: int, ours: set[int], *, raw: bool) -> Process | None:
    """The innermost interactive shell at or below ``root`` that waits for a command to be typed.

    Args:
        root: the process that leads the window.
        ours: shells that take commands from us already.
        raw: whether the window hands each key on as it is pressed: then what runs in it may have
            opened a terminal of its own for the shell (``poetry shell``, ``script``, ``sudo``).
    """
    everything = processes.everything()
    terminal = next((p.terminal for p in everything if p.pid == root), 0)
    members: dict[int, int] = {}
    for process in everything:
        members[process.group] = members.get(process.group, 0) + 1
    below = {root, *processes.below(root, everything)}
    found = [
        p
        for p in everything
        if p.pid in below
        and p.pid not in ours
        and p.name in _SHELLS
        and p.terminal
        and (p.terminal == terminal or raw)
        and p.pid == p.group == p.foreground
        and p.state == "S"
        and members[p.group] == 1
        and _is_interactive(p)
    ]
    return max(found, key=lambda p: p.pid, default=None)


def _is_interactive(shell: Process) -> bool:
    """Whether it was started to be typed in, not to run a script or one command."""
    try:
        words = Path(f"/proc/{shell.pid}/cmdline").read_bytes().split(b"\0")[:-1]
    except OSError:
        return False
    options = iter(word.decode("utf-8", "replace") for word in words[1:])
    if shell.name == "busybox" and words and words[0].rsplit(b"/", 1)[-1] == b"busybox":
        next(options, None)
    for word in options:
        if word in _TAKES_A_VALUE:
            next(options, None)
        elif not word.startswith(("-", "+")) or (not word.startswith("--") and "c" in word):
            return False
    return True


def looks_like_one(line: str) -> bool:
    """Whether this last line is a shell's prompt, perhaps of a machine that is not ours."""
    return _LOOKS_LIKE_ONE.match(line) is not None
