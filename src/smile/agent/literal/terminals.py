"""The learner's terminal windows: which one the next command is typed in."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import tempfile
from pathlib import Path
from typing import BinaryIO

from smile.agent.literal.shell import Manner, Result, Shell
from smile.tutorial.model import Terminal

_LIST_VARIABLES = "(command set -o posix 2>/dev/null; set)"
_QUIET = Manner(seconds=5, answer=lambda *_: None)


def learner_environment(own: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Variables of a new window: the machine's own, and those of a login at a terminal."""
    environment = dict(own)
    try:
        account = pwd.getpwuid(os.getuid())
        name, home = account.pw_name, account.pw_dir
    except KeyError:
        name, home = "learner", "/"
    environment |= {"USER": name, "LOGNAME": name, "SHELL": "/bin/bash", "TERM": "xterm-256color"}
    environment.setdefault("HOME", home)
    environment.setdefault("LANG", "C.UTF-8")
    return environment | given


class Terminals:
    """Opens windows when they are needed; a new one knows nothing of the others' variables."""

    def __init__(self, cwd: str, environment: dict[str, str], log: BinaryIO) -> None:
        self._environment = environment
        self._log = log
        self._start = cwd
        self._windows: list[Shell] = []
        self._current = self._open(cwd)

    def _open(self, cwd: str) -> Shell:
        window = Shell(len(self._windows) + 1, cwd, self._environment, self._log)
        self._windows.append(window)
        return window

    @property
    def current(self) -> Shell:
        """The window that was used last."""
        return self._current

    @property
    def servers(self) -> dict[int, int]:
        """Window → line of the command that still runs in it."""
        return {w.number: w.running_line for w in self._windows if w.is_busy}

    def pick(self, wanted: Terminal, text: str = "") -> Shell:
        """The window for the next block: the current one, unless taken or another is wanted.

        ``text`` is what will be typed there first.
        """
        for window in self._windows:
            window.look()  # a server may have ended by itself meanwhile
        if self._current.is_busy and self._current.interactive and wanted is Terminal.SAME:
            self._current.leave()
        first = self._windows[0]
        if wanted is Terminal.NEW:
            others = [w for w in self._windows[1:] if not w.is_busy]
            self._current = others[0] if others else self._open(self._where(text))
        elif not first.is_busy and self._current is not first:
            # Nobody stays in a second window when the first one is free again.
            self._current = first
        elif self._current.is_busy:
            idle = [w for w in self._windows if not w.is_busy]
            self._current = idle[0] if idle else self._open(self._current.cwd)
        return self._current

    def _where(self, text: str) -> str:
        """Where a new window opens: where the last one is, or where the first did.

        People have the one or the other; what is typed there first tells which one is meant.
        """
        here = self._current.cwd
        goes = re.match(r"cd\s+([\w.-]+(?:/[\w.-]+)*)/?\s*(?:$|[;&#])", text)
        if goes and not Path(here, goes[1]).is_dir() and Path(self._start, goes[1]).is_dir():
            return self._start
        return here

    def running(self, text: str) -> Shell | None:
        """The window in which this very command still runs."""
        return next((w for w in self._windows if w.is_busy and w.running_text == text), None)

    def last_server(self) -> Shell | None:
        """The window whose program was started last."""
        busy = [w for w in self._windows if w.is_busy]
        return max(busy, key=lambda w: w.running_line) if busy else None

    def stop(self, window: Shell) -> Result:
        """Ctrl+C in this window, which then is the current one."""
        result = window.interrupt()
        self._current = window
        return result

    def variables(self) -> dict[str, str]:
        """All variables of the current window; those of a new one if it is busy."""
        if self._current.is_busy:
            return dict(self._environment)
        # Where there is no room, or no directory, for a file, the terminal shows them too.
        text = self._listed_in_a_file() or self._current.run(_LIST_VARIABLES, _QUIET).output
        pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
        return {name: value.strip("'") for name, value in pairs if name.isidentifier()}

    def _listed_in_a_file(self) -> str:
        try:
            with tempfile.NamedTemporaryFile(prefix=".", suffix=".vars") as file:
                command = f"{_LIST_VARIABLES} > {shlex.quote(file.name)}"
                done = self._current.run(command, _QUIET)
                text = Path(file.name).read_text(encoding="utf-8", errors="replace")
                return text if done.code == 0 else ""
        except OSError:
            return ""

    def close(self) -> None:
        """Close every window; what runs in them ends."""
        for window in self._windows:
            window.close()
