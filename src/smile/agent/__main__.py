"""The program that runs in the sandbox: ``student`` or ``mentor``, its task on standard input."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from pydantic import ValidationError

from smile import wire
from smile.errors import AgentError, SmileError

_PR_SET_DUMPABLE = 4  # prctl(2)


def main() -> None:
    """Read the task, act the role, post the result; exit 0 when it was taken."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # bash can't undo a signal ignored when it began
    # The learner's commands run beside us as the same user: they must not read our token.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    try:
        task = _task(sys.stdin.buffer.read())
        if sys.argv[-1] != task.role.value:
            raise AgentError(f"asked to be {sys.argv[-1]!r}, but the task is for {task.role.value}")
        _act(task)
    except SmileError as error:
        sys.stderr.write(f"smile-agent: {error}\n")
        sys.exit(1)
    # All is posted and closed. Taking the interpreter down in order would take as long as a
    # dozen commands, and the next attempt waits for our end.
    sys.stderr.flush()
    os._exit(0)


def _task(given: bytes) -> wire.Task:
    try:
        return wire.Task.model_validate_json(given)
    except ValidationError as error:
        # Its text repeats what was given, and that holds our token.
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        told = ", ".join(f"{'.'.join(map(str, each['loc']))} {each['msg']}" for each in wrong[:3])
        raise AgentError(f"standard input holds no task: {told.strip()}") from None


def _act(task: wire.Task) -> None:
    if task.role is wire.Role.STUDENT:
        from smile.agent import student  # noqa: PLC0415 - each role loads only what it needs

        student.run(task)
    else:
        from smile.agent import mentor  # noqa: PLC0415

        mentor.run(task)


if __name__ == "__main__":
    main()
