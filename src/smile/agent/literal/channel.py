"""The two pipes between us and a shell: commands go in, exit codes and directories come out.

Commands are run with ``eval``, so what they set persists; programs don't get these pipes, so
nothing that one prints can fake an exit code. The first status only says that the shell listens.
"""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from smile.agent.literal.processes import Process

# Bash runs this before it would show its prompt, and again after a Ctrl+C, which throws it back to
# its top level: so a window survives both with all its variables. ``jobs -n`` is what a prompt does
# besides: it tells of background jobs that have ended, and frees their numbers.
PROMPT_COMMAND = (
    "__code=$?; declare +x PROMPT_COMMAND; jobs -n >/dev/null; "
    '[ -z "${__busy-1}" ] || printf "%d %s\\0" "$__code" "$PWD" >&62; '
    '__was() { return "$1"; }; '
    'while __busy=; IFS= read -r -d "" -u 63 __line; do __busy=1; jobs -n; '
    '__was "$__code"; eval "$__line" 62>&- 63<&-; __code=$?; jobs -n >/dev/null; '
    'printf "%d %s\\0" "$__code" "$PWD" >&62; done; exit'
)
_BASH = "unset __busy PROMPT_COMMAND; exec 62>{status} 63<{commands}; PROMPT_COMMAND='{prompt}'\n"
# Others know neither PROMPT_COMMAND nor ``read -d``, and some only descriptors of one digit. With a
# trap, Ctrl+C ends the program but not the loop. A line break comes as ``\n``.
_POSIX = r"""
__code=$?; exec 8>{status} 9<{commands}; trap : INT; __was() {{ return "$1"; }}
printf '%d %s\0' "$__code" "$PWD" >&8
while IFS= read -r __line <&9; do
  __line=$(printf '%b_' "$__line"); jobs >/dev/null; __was "$__code"
  eval "${{__line%_}}" 8>&- 9<&-
  __code=$?; jobs >/dev/null; printf '%d %s\0' "$__code" "$PWD" >&8
done
exec 8>&- 9<&-
"""
_LIKE_POSIX = frozenset(("sh", "dash", "ash", "busybox", "zsh", "ksh", "ksh93", "mksh", "yash"))
_SECONDS_TO_SEND = 10.0


class Channel:
    """The pipes of the shell ``pid``; ``lost`` when it has closed them (it ended, ``exec``)."""

    def __init__(self, commands: int, status: int, pid: int, *, posix: bool = False) -> None:
        self.pid = pid
        self.status = status
        self.lost = False
        self._commands = commands
        self._posix = posix
        self._told = b""
        os.set_blocking(commands, False)
        os.set_blocking(status, False)

    def send(self, text: str) -> None:
        """Hand over a command; a shell that takes nothing for 10 s is lost."""
        data = _on_one_line(text) if self._posix else text.encode() + b"\0"
        deadline = time.monotonic() + _SECONDS_TO_SEND
        while data and not self.lost:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([], [self._commands], [], left)[1]:
                self.lost = True
                return
            try:
                data = data[os.write(self._commands, data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self.lost = True

    def receive(self) -> None:
        """Take what the shell has told."""
        try:
            data = os.read(self.status, 65536)
        except BlockingIOError:
            return
        self._told += data
        self.lost = self.lost or not data

    def take(self) -> tuple[int, str] | None:
        """The next exit code with the directory that the shell is in."""
        if b"\0" not in self._told:
            return None
        head, self._told = self._told.split(b"\0", 1)
        code, cwd = head.split(b" ", 1)
        return int(code), os.fsdecode(cwd)

    def close(self) -> None:
        """Close both ends that are ours."""
        os.close(self._commands)
        os.close(self.status)


def _on_one_line(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace("\n", "\\n").encode() + b"\n"


class Invitation:
    """What a shell that waits at its prompt needs to listen to us: typed, ``line`` opens a channel.

    It may be another user's shell, so all may read and write; nothing is left of it afterwards.

    Raises:
        OSError: there is no place for it.
    """

    def __init__(self, shell: Process) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="."))
        posix = shell.name in _LIKE_POSIX
        try:
            commands = self._pipe("c", 0o644, os.O_RDWR)
            status = self._pipe("s", 0o622, os.O_RDONLY | os.O_NONBLOCK)
            script = self._folder / "open"
            script.write_text(self._script(posix=posix), encoding="utf-8")
            script.chmod(0o644)
            self._folder.chmod(0o711)
        except OSError:
            self.close()
            raise
        self.channel = Channel(commands, status, shell.pid, posix=posix)
        self.line = f" . {script}"

    def _pipe(self, name: str, mode: int, flags: int) -> int:
        path = self._folder / name
        os.mkfifo(path)
        path.chmod(mode)
        return os.open(path, flags | os.O_CLOEXEC)

    def _script(self, *, posix: bool) -> str:
        return (_POSIX if posix else _BASH).format(
            status=self._folder / "s", commands=self._folder / "c", prompt=PROMPT_COMMAND
        )

    def close(self) -> None:
        """Take the files away; who has the pipes open keeps them."""
        with suppress(OSError):
            shutil.rmtree(self._folder)


def can_invite(shell: Process) -> bool:
    """Whether we know how this kind of shell is spoken to."""
    return shell.name == "bash" or shell.name in _LIKE_POSIX
