"""The errors that SMILE raises on purpose; anything else that escapes is a bug of ours (exit 70).

A failed command of a tutorial is a result, never one of these. Behind each its exit code, where
it is not that of the line above, and the built-in error that it is too; in brackets the module of
those that belong to one::

    SmileError                       70
    ├── InputError                    2  what the author gave us is wrong
    │   ├── UsageError                   command line; ValueError
    │   ├── ConfigError                  smile.json, environment; ValueError
    │   ├── TutorialError                the Markdown file; ValueError
    │   └── StateError                   state file and journal: another run's, another tutorial's
    ├── NoEvidenceError               3  nothing could be observed; never a gap
    │   ├── SandboxError                 no engine, no image, the machine died
    │   │   └── SandboxTimeout           a machine was not ready in time; TimeoutError
    │   ├── AgentError                   a wrapper died, never called back, or talked nonsense
    │   ├── ProviderError                agent CLI, key or model service is missing or refused
    │   ├── ServerError                  the orchestrator's own server can't listen or start
    │   ├── StorageError                 state and journal can't be written: no space, no rights
    │   ├── ExhaustedError               this machine has no files, memory or space left
    │   └── StoppedEarly            130  stopped before the first attempt [wiring.running]
    ├── OutputError                   3  there is evidence, and no place to put it; OSError
    │   └── ReportNotWritten             the three files [report.writer]
    ├── BugError                     70  a fault of SMILE itself, noticed in time
    │   └── IllegalTransition            an event that can't happen in this state [loop.machine]
    └── Refused                      70  an HTTP request; its status goes out [loop.exchange]
        ├── Unauthorized                 401
        ├── Forbidden                    403
        ├── NotNow                       503
        └── BadBody                      400

Errors of a library are translated once, where the library is called, with the library's error as
their cause: ``sandbox.docker_api`` (aiodocker, aiohttp), ``sandbox.jailer`` (sockets, processes),
``server.serve`` (sockets, uvicorn), ``agent.client`` (http.client), ``config.file`` (json),
``loop.journal`` and ``loop.disk`` (files, pydantic). ``gateway.egress`` turns them into answers of
HTTP, for its callers are programs of the tutorial. A machine that has nothing left fails anywhere,
so ``exhausted`` is asked at the edge.
"""

from __future__ import annotations

import errno
from typing import ClassVar, Final

BUG: Final = 70
"""The exit code of whatever was not foreseen (EX_SOFTWARE of sysexits.h)."""


class SmileError(Exception):
    """Something failed for a known reason.

    Args:
        message: what failed and why, one sentence, without a full stop at its end.
        hint: what to try, as an instruction; left out, it is ``usual_hint`` of the class.
    """

    exit_code: ClassVar[int] = BUG
    usual_hint: ClassVar[str] = ""

    def __init__(self, message: str, hint: str = "") -> None:
        # An OSError with two arguments would take them for a number and its text.
        super().__init__(message)
        # Pickling rebuilds an error from its args.
        self.args = (message, hint)
        self.message = message
        self.hint = hint or self.usual_hint

    def __str__(self) -> str:
        return self.message


class InputError(SmileError):
    """What the author gave us is wrong."""

    exit_code = 2


class UsageError(InputError, ValueError):
    """The command line is wrong."""


class ConfigError(InputError, ValueError):
    """smile.json or a ``SMILE_*`` variable is wrong."""


class TutorialError(InputError, ValueError):
    """The tutorial can't be read as Markdown."""


class StateError(InputError):
    """State file or journal belong to another run, another tutorial, or are not ours."""

    usual_hint = "check its rights, or name another place with SMILE_STATE_DIR"


class NoEvidenceError(SmileError):
    """Nothing could be observed: a fault of the environment or of ours, never a gap."""

    exit_code = 3


class SandboxError(NoEvidenceError):
    """No engine, no image, or the machine died."""

    usual_hint = "see `smile doctor`, and run again"


class SandboxTimeout(SandboxError, TimeoutError):  # noqa: N818 - named for what happened
    """A machine was not ready in time."""

    usual_hint = "run again when this machine has less to do"


class AgentError(NoEvidenceError):
    """A wrapper in the sandbox died, never called back, or talked nonsense."""

    usual_hint = "this is a fault of SMILE or its surroundings, not of the tutorial: run again"


class ProviderError(NoEvidenceError):
    """An agent CLI, its key or its model service is missing or refused."""

    usual_hint = "leave --provider and llmProvider out, or take literal"


class ServerError(NoEvidenceError):
    """The orchestrator's own server can't listen or start."""

    usual_hint = (
        "see whether this machine has a loopback address and can open more files, run again"
    )


class StorageError(NoEvidenceError):
    """State and journal can't be written: what stands in the journal can be gone on with."""

    usual_hint = "free space there, check the rights, or name another place with SMILE_STATE_DIR"


class ExhaustedError(NoEvidenceError):
    """This machine has no files, memory or space left."""


EXHAUSTED: Final = {
    errno.EMFILE: "let this shell open more files: ulimit -n 4096",
    errno.ENFILE: "end programs that hold many files open",
    errno.ENOSPC: "free space on that disk",
    errno.EDQUOT: "free space: the quota of this user is used up",
    errno.EROFS: "go to a directory on a disk that can be written",
    errno.EIO: "see what the kernel says of that disk: dmesg",
    errno.ENOMEM: "free memory on this machine",
    errno.EAGAIN: "end other programs, or let this user start more: ulimit -u",
}
"""Numbers of errors of the system that are no bug of whoever gets them, and what helps."""


def exhausted(error: BaseException) -> ExhaustedError | None:
    """The same as an error of ours, if it tells of a machine that has nothing left."""
    if isinstance(error, MemoryError):
        found = ExhaustedError("this machine has no memory left", EXHAUSTED[errno.ENOMEM])
    elif isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        found = ExhaustedError("the system starts no more threads", EXHAUSTED[errno.EAGAIN])
    elif isinstance(error, OSError) and error.errno in EXHAUSTED.keys() - {errno.EAGAIN}:
        # EAGAIN says also that nothing is there to be read, which a bug forgot to wait for.
        place = f" ({error.filename})" if error.filename else ""
        found = ExhaustedError(f"{error.strerror}{place}", EXHAUSTED[error.errno or 0])
    else:
        return None
    found.__cause__ = error
    return found


class OutputError(SmileError, OSError):
    """There is evidence, but no place to put it.

    Neither the tutorial (1) nor a bug of ours (70) is at fault, so a CI job must not read it as
    either.
    """

    exit_code = 3
    usual_hint = "free space there, or send it to another place"


class BugError(SmileError):
    """A fault of SMILE itself; its cause is what was raised."""

    exit_code = BUG
