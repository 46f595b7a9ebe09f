"""A terminal: one login shell in a pseudo-terminal that keeps its state between commands.

Commands reach the shell through a pipe and are run with ``eval``, so ``cd``, ``export``, functions
and ``source venv/bin/activate`` persist; each exit code comes back through another pipe, so nothing
that a program prints can fake one. Programs have the terminal itself as input and output.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from smile.agent.literal import processes
from smile.agent.literal.screen import Capture
from smile.agent.literal.watch import Watch, is_interpreter_prompt, question_above, shows_error
from smile.errors import AgentError

# Bash runs this before it would show its prompt, and again after a Ctrl+C, which throws it back to
# its top level: so a window survives both with all its variables. A status goes out for every
# command that was taken, and one at the very beginning to say that the window is open.
_PROMPT_COMMAND = (
    "__code=$?; declare +x PROMPT_COMMAND; "
    '[ -z "${__busy-1}" ] || printf "%d %s\\0" "$__code" "$PWD" >&62; '
    'while __busy=; IFS= read -r -d "" -u 63 __line; do __busy=1; '
    '[ "$__code" = 0 ] || (exit "$__code"); eval "$__line" 62>&- 63<&-; __code=$?; '
    'printf "%d %s\\0" "$__code" "$PWD" >&62; done; exit'
)
_OPENING = (
    'exec bash --login -i <"$0" >"$0" 2>"$0" 63<&{commands} 62>&{status} {commands}<&- {status}>&-'
)
_SECONDS_TO_OPEN = 20.0
# A terminal answers this request, and some programs wait for it (ECMA-48, DSR and CPR).
_WHERE_IS_THE_CURSOR, _AT_THE_TOP = b"\x1b[6n", b"\x1b[1;1R"
_ROWS, _COLUMNS = 50, 100


class Ending(StrEnum):
    """How the shell came back from a command."""

    EXITED = "exited"
    SERVING = "serving"
    """Still running: it listens and is quiet, or was said to keep running."""
    WAITING = "waiting"
    """Still running: an interpreter that waits for lines."""
    FAILING = "failing"
    """Still running, but only to show an error (an auto-reloader)."""
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    """The shell itself ended (``exit``)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one command. ``code`` is ``None`` while it runs and when it was killed."""

    ending: Ending
    code: int | None
    output: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How to wait for a command.

    Args:
        seconds: after this it counts as timed out.
        answer: called with the last line when a program seems to wait for input; returns what to
            type, or ``None`` to wait on.
        keeps_running: the tutorial says that it does.
        stopped: asked now and then; ``True`` ends the wait at once.
    """

    seconds: float
    answer: Callable[[str, str], str | None]
    keeps_running: bool = False
    stopped: Callable[[], bool] = lambda: False


class Shell:
    """One terminal window."""

    _TICK = 0.05
    _QUIET_PROMPT = 0.7
    _QUIET_SERVER = 0.8
    _QUIET_FAILING = 3.0
    _QUIET_FORM = 2.0
    _QUIET_WATCHER = 8.0
    _SETTLED = 15.0

    def __init__(self, number: int, cwd: str, environment: dict[str, str], log: BinaryIO) -> None:
        self.number = number
        self.running_line = 0
        self.running_text = ""
        self.interactive = False
        self._environment = environment
        self._log = log
        self.cwd = cwd
        self._capture = Capture(log)
        self._start()

    # --- life -------------------------------------------------------------------------------

    def _start(self) -> None:
        commands_out, self._commands = os.pipe()
        self._status, status_in = os.pipe()
        self._master, self._slave = os.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        # Opened by the leader of a new session, the terminal becomes its controlling terminal
        # (tty_ioctl(4)). No Python may run between fork and exec: other threads hold locks.
        opening = _OPENING.format(commands=commands_out, status=status_in)
        try:
            self._process = subprocess.Popen(
                ["bash", "--norc", "-c", opening, os.ttyname(self._slave)],
                env=self._environment | {"PROMPT_COMMAND": _PROMPT_COMMAND},
                cwd=self.cwd if Path(self.cwd).is_dir() else "/",
                pass_fds=(commands_out, status_in),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise AgentError(f"no terminal can be opened any more ({error})") from error
        self._pid = self._process.pid
        os.close(commands_out)
        os.close(status_in)
        self._status_buffer = b""
        self.alive = True
        self._open_by = time.monotonic() + _SECONDS_TO_OPEN

    def close(self) -> None:
        """Hang up: everything that runs in this terminal ends."""
        if not self.alive:
            return
        self.alive = False
        processes.kill_all([*processes.descendants(self._pid), self._pid], signal.SIGHUP)
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline and self._process.poll() is None:
            self._read(self._TICK)
        self._clear_away()

    def _clear_away(self) -> None:
        processes.kill_all([*processes.descendants(self._pid), *self._strays(), self._pid])
        for fd in (self._master, self._commands, self._status):
            os.close(fd)
        self._close_slave()
        self._process.wait()

    def _close_slave(self) -> None:
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1

    def _strays(self) -> list[int]:
        return processes.session_members(self._pid)

    @property
    def is_busy(self) -> bool:
        """Whether a command still runs in this terminal."""
        return self.running_line > 0

    # --- commands ---------------------------------------------------------------------------

    def run(self, text: str, manner: Manner) -> Result:
        """Type a command and wait until it ends, serves, waits for lines, or takes too long."""
        self._await_opening()
        self._read(0)
        if not self.alive:  # something ended the shell meanwhile: a reader opens another window
            self._restart()
            self._await_opening()
        self._capture = Capture(self._log)
        ports = processes.listening()
        try:
            os.write(self._commands, text.encode() + b"\0")
        except BrokenPipeError:
            self.alive = False
        return self._wait(manner, ports, time.monotonic())

    def _await_opening(self) -> None:
        while self._open_by:
            self._read(self._TICK)
            if self._take_status() is not None:
                self._open_by = 0.0
                self._close_slave()
            elif not self.alive or time.monotonic() > self._open_by:
                raise AgentError(f"bash did not open a terminal: {self._capture.text[-500:]!r}")

    def type(self, line: str, manner: Manner) -> Result:
        """Type one line into the interpreter that waits in this terminal."""
        self._capture = Capture(self._log)
        ports = processes.listening()
        os.write(self._master, line.encode() + b"\n")
        return self._wait(manner, ports, time.monotonic())

    def interrupt(self, seconds: float = 5.0) -> Result:
        """Press Ctrl+C, twice if need be, and end by force what does not listen to it."""
        began = time.monotonic()
        for key, share in ((b"\x03", 0.5), (b"\x03", 0.2), (b"\x04", 0.1)):
            self._press(key)
            deadline = time.monotonic() + seconds * share
            while time.monotonic() < deadline:
                self._read(self._TICK)
                status = self._take_status()
                if status is not None:
                    return self._ended(status, began)
        processes.kill_all([*processes.descendants(self._pid), *self._strays()])
        deadline = time.monotonic() + seconds * 0.2
        while time.monotonic() < deadline:
            self._read(self._TICK)
            status = self._take_status()
            if status is not None:
                return self._ended(status, began)
        self._restart()
        return Result(Ending.TIMED_OUT, None, self._capture.text, self._capture.size, seconds)

    def leave(self) -> Result:
        """Press Ctrl+D: an interpreter that waits for lines ends."""
        began = time.monotonic()
        self._press(b"\x04")
        while time.monotonic() < began + 2:
            self._read(self._TICK)
            status = self._take_status()
            if status is not None:
                return self._ended(status, began)
        return self.interrupt()

    def look(self) -> Result | None:
        """What the program left running printed since, if it has ended by itself meanwhile."""
        if self._open_by:  # its first status only says that the window is open
            return None
        self._read(0)
        status = self._take_status()
        return None if status is None else self._ended(status, time.monotonic())

    def recent(self) -> str:
        """All that the command left running has printed up to now."""
        self._read(0)
        return self._capture.text

    def _wait(self, manner: Manner, ports: frozenset[int], began: float) -> Result:
        watch = Watch(began)
        while True:
            if self._read(self._TICK):
                watch.heard(time.monotonic())
            status = self._take_status()
            if status is not None:
                return self._ended(status, began)
            if not self.alive:
                return self._closed(began)
            if manner.stopped():
                return self._give_up(began)
            moment = time.monotonic()
            ending = self._judge(manner, ports, watch, moment)
            if ending is not None:
                return self._result(ending, None, began)
            if moment - began > manner.seconds:
                return self._give_up(began)

    def _judge(
        self, manner: Manner, ports: frozenset[int], watch: Watch, moment: float
    ) -> Ending | None:
        quiet = moment - watch.last_output
        if quiet >= self._QUIET_PROMPT and watch.due(moment):
            ending = self._attend(manner, watch, quiet)
            if ending is not None:
                return ending
            if self._serves(ports, quiet, moment - watch.began):
                return Ending.FAILING if shows_error(self._capture.text) else Ending.SERVING
        if quiet >= self._QUIET_FAILING and watch.idle(self._pid):
            if shows_error(self._capture.text):
                return Ending.FAILING
            if manner.keeps_running and quiet >= self._QUIET_WATCHER:
                return Ending.SERVING
        return None

    def _serves(self, ports: frozenset[int], quiet: float, elapsed: float) -> bool:
        if quiet < self._QUIET_SERVER and elapsed < self._SETTLED:
            return False
        return bool(processes.listening() - ports)

    def _attend(self, manner: Manner, watch: Watch, quiet: float) -> Ending | None:
        """Answer a program that waits for input."""
        line = self._capture.last_line
        if not line.strip() and quiet >= self._QUIET_FORM:
            line = question_above(self._capture.text)
        if is_interpreter_prompt(line):
            return Ending.WAITING
        if not line.strip() or (line, self._capture.size) == watch.asked:
            return None
        answer = manner.answer(line, self._capture.text)
        if answer is not None:
            # The Enter key sends a carriage return; the terminal makes a line feed of it.
            self._press(answer.replace("\n", "\r").encode())
            watch.heard(time.monotonic())
            watch.asked = ("", -1)
        else:
            watch.asked = (line, self._capture.size)
        return None

    def _give_up(self, began: float) -> Result:
        # What it printed until now is the evidence; what our Ctrl+C makes it print is not.
        result = self._result(Ending.TIMED_OUT, None, began)
        self.interrupt()
        return result

    # --- plumbing ---------------------------------------------------------------------------

    def _press(self, keys: bytes) -> None:
        try:
            os.write(self._master, keys)
        except OSError:
            self.alive = False

    def _read(self, seconds: float) -> bool:
        """Take what is there on the terminal, waiting at most this long; whether there was any."""
        ready, _, _ = select.select([self._master, self._status], [], [], seconds)
        if self._status in ready:
            data = os.read(self._status, 65536)
            self._status_buffer += data
            if not data:
                self.alive = False
        heard = False
        for _ in range(64):  # bounded, so that an endless printer can't keep us here
            if not select.select([self._master], [], [], 0)[0]:
                break
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: the last user of the terminal is gone
                break
            if not data:
                break
            heard = True
            self._capture.feed(data)
            if _WHERE_IS_THE_CURSOR in data:
                self._press(_AT_THE_TOP)
        return heard

    def _take_status(self) -> int | None:
        if b"\0" not in self._status_buffer:
            return None
        head, self._status_buffer = self._status_buffer.split(b"\0", 1)
        code, cwd = head.split(b" ", 1)
        self.cwd = os.fsdecode(cwd)
        self._read(0.005)
        return int(code)

    def _ended(self, code: int, began: float) -> Result:
        self._free()
        return self._result(Ending.EXITED, code, began)

    def _closed(self, began: float) -> Result:
        """The shell ended (``exit``, ``set -e`` and a failure): open a new window in its place."""
        code = self._process.wait()
        result = self._result(Ending.CLOSED, code if code >= 0 else 128 - code, began)
        self._restart()
        return result

    def _restart(self) -> None:
        self._free()
        self._clear_away()
        self._start()

    def keep(self, line: int, text: str, *, interactive: bool) -> None:
        """Remember that the command of this line goes on running in this window."""
        self.running_line, self.running_text, self.interactive = line, text, interactive

    def _free(self) -> None:
        self.running_line, self.running_text, self.interactive = 0, "", False

    def _result(self, ending: Ending, code: int | None, began: float) -> Result:
        seconds = time.monotonic() - began
        return Result(ending, code, self._capture.text, self._capture.size, seconds)
