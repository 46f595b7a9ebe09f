"""A terminal: one login shell in a pseudo-terminal that keeps its state between commands.

Commands reach the shell through a pipe and are run with ``eval``, so ``cd``, ``export``, functions
and ``source venv/bin/activate`` persist; each exit code comes back through another pipe, so nothing
that a program prints can fake one. Programs have the terminal itself as input and output.

A command may put another shell in the place of this one (``exec zsh``) or open one in it (``bash``,
``su - learner``, ``poetry shell``). Seen to wait at its prompt, it is made to listen to a pair of
pipes of its own, with one line that is typed; when it ends, the one below it is in charge again.
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
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from smile.agent.literal import processes, prompts
from smile.agent.literal.channel import PROMPT_COMMAND, Channel, Invitation, can_invite
from smile.agent.literal.processes import Process
from smile.agent.literal.questions import is_menu_of_keys
from smile.agent.literal.screen import Capture
from smile.agent.literal.watch import Watch, is_interpreter_prompt, question_above, shows_error
from smile.errors import AgentError

_OPENING = (
    'exec bash --login -i <"$0" >"$0" 2>"$0" 63<&{commands} 62>&{status} {commands}<&- {status}>&-'
)
_SECONDS_TO_OPEN = 20.0
_SECONDS_TO_ANSWER, _SECONDS_TO_DIE = 8.0, 5.0
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
    SHELL = "shell"
    """Another shell waits at its prompt: what comes next is typed there."""
    ELSEWHERE = "elsewhere"
    """Another shell waits at its prompt, in which we can't type with true exit codes."""


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
        self._closed = self._left = False
        self._capture = Capture(log)
        self._start()

    # --- life -------------------------------------------------------------------------------

    def _start(self) -> None:
        commands_out, commands = os.pipe()
        status, status_in = os.pipe()
        self._master, self._slave = os.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        # Opened by the leader of a new session, the terminal becomes its controlling terminal
        # (tty_ioctl(4)). No Python may run between fork and exec: other threads hold locks.
        opening = _OPENING.format(commands=commands_out, status=status_in)
        try:
            self._process = subprocess.Popen(
                ["bash", "--norc", "-c", opening, os.ttyname(self._slave)],
                env=self._environment | {"PROMPT_COMMAND": PROMPT_COMMAND},
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
        self._channels = [Channel(commands, status, self._pid)]
        os.set_blocking(self._master, False)
        self._open_by = time.monotonic() + _SECONDS_TO_OPEN

    def close(self) -> None:
        """Hang up: everything that runs in this terminal ends."""
        if self._closed:
            return
        self._closed = True
        processes.kill_all([*processes.descendants(self._pid), self._pid], signal.SIGHUP)
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline and self._runs:
            self._read(self._TICK)
        self._clear_away()

    @property
    def _runs(self) -> bool:
        return self._process.poll() is None

    def _clear_away(self) -> None:
        processes.kill_all([*processes.descendants(self._pid), *self._strays(), self._pid])
        self._forget(0)
        os.close(self._master)
        self._close_slave()
        with suppress(subprocess.TimeoutExpired):  # what even SIGKILL does not end is left
            self._process.wait(_SECONDS_TO_DIE)

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
        self._tidy()
        self._capture = Capture(self._log)
        ports = processes.listening()
        self._channels[-1].send(text)
        return self._wait(manner, ports, time.monotonic())

    def _tidy(self) -> None:
        """Something ended a shell meanwhile: take what it left, or open another window."""
        deadline = time.monotonic() + 2
        while self._runs and time.monotonic() < deadline:
            self._read(0)
            while self._take_status() is not None:
                pass
            if not self._channels[-1].lost:
                return
            time.sleep(self._TICK)
        self._restart()
        self._await_opening()

    def _await_opening(self) -> None:
        while self._open_by:
            self._read(self._TICK)
            if self._take_status() is not None:
                self._open_by = 0.0
                self._close_slave()
            elif not self._runs or time.monotonic() > self._open_by:
                raise AgentError(f"bash did not open a terminal: {self._capture.text[-500:]!r}")

    def type(self, line: str, manner: Manner) -> Result:
        """Type one line into the interpreter that waits in this terminal."""
        self._capture = Capture(self._log)
        ports = processes.listening()
        self._press(line.encode() + b"\n")
        return self._wait(manner, ports, time.monotonic())

    def interrupt(self, seconds: float = 5.0) -> Result:
        """Press Ctrl+C, twice if need be, and end by force what does not listen to it."""
        began = time.monotonic()
        for key, share in ((b"\x03", 0.5), (b"\x03", 0.2), (b"\x04", 0.1)):
            self._press(key)
            ended = self._await_end(seconds * share, began)
            if ended is not None:
                return ended
        processes.kill_all(processes.descendants(self._channels[-1].pid))
        if len(self._channels) == 1:
            processes.kill_all(self._strays())
        ended = self._await_end(seconds * 0.2, began)
        if ended is not None:
            return ended
        self._restart()
        return Result(Ending.TIMED_OUT, None, self._capture.text, self._capture.size, seconds)

    def leave(self) -> Result:
        """Press Ctrl+D: an interpreter that waits for lines ends."""
        began = time.monotonic()
        self._press(b"\x04")
        return self._await_end(2.0, began) or self.interrupt()

    def _await_end(self, seconds: float, began: float) -> Result | None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(self._TICK)
            status = self._take_status()
            if status is not None:
                return self._ended(status, began)
            if not self._runs:
                return self._over(began)
        return None

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
            if not self._runs:
                return self._over(began)
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
            shell = self._shell_at_prompt()
            if shell is not None and not is_menu_of_keys(self._capture.last_line):
                return self._enter(shell)
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
        own = [*processes.descendants(self._pid), *self._strays(), self._pid]
        return processes.listens(own, but_for=ports)

    def _attend(self, manner: Manner, watch: Watch, quiet: float) -> Ending | None:
        """Answer a program that waits for input."""
        line = self._capture.last_line
        if not line.strip() and quiet >= self._QUIET_FORM:
            line = question_above(self._capture.text)
        if is_interpreter_prompt(line):
            return Ending.WAITING
        if quiet >= self._QUIET_FORM and prompts.looks_like_one(line):
            return Ending.ELSEWHERE
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

    # --- shells in this shell -----------------------------------------------------------------

    def _shell_at_prompt(self) -> Process | None:
        """A shell that the command has opened and that waits for us to type."""
        ours = {channel.pid for channel in self._channels if not channel.lost}
        keys_as_pressed = not termios.tcgetattr(self._master)[3] & termios.ICANON
        return prompts.waiting(self._pid, ours, raw=keys_as_pressed)

    def _enter(self, shell: Process) -> Ending:
        """Make that shell listen to us; from now on commands go there."""
        if not can_invite(shell):
            return Ending.ELSEWHERE
        try:
            invitation = Invitation(shell)
        except OSError:
            return Ending.ELSEWHERE
        shown, self._capture = self._capture, Capture(self._log)  # our line is not the learner's
        channel = invitation.channel
        self._press(invitation.line.encode() + b"\r")
        told = self._first_word(channel)
        invitation.close()
        self._capture = shown
        if told is None:
            channel.close()
            return Ending.ELSEWHERE
        self.cwd = told[1]
        kept = next((n for n, c in enumerate(self._channels) if c.lost), len(self._channels))
        self._forget(kept)
        self._channels.append(channel)
        return Ending.SHELL

    def _first_word(self, channel: Channel) -> tuple[int, str] | None:
        deadline = time.monotonic() + _SECONDS_TO_ANSWER
        while self._runs and not channel.lost and time.monotonic() < deadline:
            self._read(self._TICK)
            if select.select([channel.status], [], [], 0)[0]:
                channel.receive()
            told = channel.take()
            if told is not None:
                return told
        return None

    # --- plumbing ---------------------------------------------------------------------------

    def _press(self, keys: bytes) -> None:
        deadline = time.monotonic() + 2
        while keys and time.monotonic() < deadline:
            try:
                keys = keys[os.write(self._master, keys) :]
            except BlockingIOError:  # nothing reads them
                self._read(self._TICK)
            except OSError:  # EIO: the last user of the terminal is gone
                return

    def _read(self, seconds: float) -> bool:
        """Take what is there on the terminal, waiting at most this long; whether there was any."""
        told = {channel.status: channel for channel in self._channels if not channel.lost}
        ready, _, _ = select.select([self._master, *told], [], [], seconds)
        for fd in told.keys() & set(ready):
            told[fd].receive()
        heard = False
        for _ in range(64):  # bounded, so that an endless printer can't keep us here
            if not select.select([self._master], [], [], 0)[0]:
                break
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO, and select would no longer wait
                time.sleep(seconds)
                break
            if not data:
                break
            heard = True
            self._capture.feed(data)
            if _WHERE_IS_THE_CURSOR in data:
                self._press(_AT_THE_TOP)
        return heard

    def _take_status(self) -> int | None:
        """The exit code that has come; of a shell below the innermost, it is that one's own."""
        for depth, channel in enumerate(self._channels):
            told = channel.take()
            if told is not None:
                self._left = depth + 1 < len(self._channels)
                self._forget(depth + 1)
                code, self.cwd = told
                self._read(0.005)
                return code
        return None

    def _forget(self, kept: int) -> None:
        """The shells opened in the first ``kept`` have ended."""
        for channel in self._channels[kept:]:
            channel.close()
        del self._channels[kept:]

    def _ended(self, code: int, began: float) -> Result:
        self._free()
        return self._result(Ending.CLOSED if self._left else Ending.EXITED, code, began)

    def _over(self, began: float) -> Result:
        """The shell ended (``exit``, ``set -e`` and a failure): open a new window in its place."""
        self._read(self._TICK)
        code = self._process.returncode
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
