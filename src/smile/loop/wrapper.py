"""A wrapper at work: its process in the sandbox, and its turn in the exchange."""

from __future__ import annotations

import asyncio
import signal
from typing import Any, Self

from smile.cuts import ending
from smile.errors import AgentError
from smile.loop.exchange import Phase, Result
from smile.sandbox.base import Exited, Sandbox
from smile.wire import CommandBegan, Role, StepBegan, Task

_LINGER = 10.0
"""Seconds that a wrapper has to end after it posted its result."""
_KILL = 1.0
"""Seconds that we wait for something killed to end: a stop of the loop takes less than two."""
_LOOK = 2.0
"""Seconds between two looks at whether it has called."""
_LOST = 10.0
"""A Student's wrapper gives a sign of life every two seconds: after so many it can't be at work."""
_ON_ITS_WAY = 0.5
"""Seconds that a result may still take after its wrapper has ended."""
_LINES, _CHARACTERS = 5, 1000
"""How much of a dead wrapper's last output is told."""


class Wrapper:
    """One start of ``smile.agent`` in the sandbox."""

    def __init__(self, process: asyncio.Task[Exited], phase: Phase) -> None:
        self.phase = phase
        self._process = process
        self._calls = 0
        self._silence = 0.0

    @classmethod
    def start(cls, sandbox: Sandbox, task: Task, phase: Phase, seconds: float) -> Self:
        """Hand the task to the sandbox; the wrapper reads it from its standard input."""
        process = asyncio.ensure_future(
            sandbox.run(
                (*sandbox.agent, task.role.value), stdin=task.to_json().encode(), seconds=seconds
            )
        )
        process.add_done_callback(_look_at)
        return cls(process, phase)

    async def result(self, patience: float) -> Result | None:
        """What it posts; ``None`` when its seconds are over.

        Raises ``AgentError`` when it ends without a result or is silent for longer than
        ``patience``, ``SandboxError`` when its machine is gone, and what the phase's sink raised.
        """
        posted = self.phase.result
        await self._heard_out(patience)
        if not posted.done():
            await asyncio.wait({posted}, timeout=_ON_ITS_WAY)
        if posted.done():
            return posted.result()
        if isinstance(self._process.exception(), TimeoutError):
            return None
        raise _died(self.phase, self._process.result())

    async def _heard_out(self, patience: float) -> None:
        """Wait for its result or its end, unless it is silent for too long.

        Silence is counted in looks, not by a clock: a machine that was suspended, and a SMILE that
        was stopped, have not listened meanwhile.
        """
        pause = min(_LOOK, patience / 4)
        while not await _first(self._process, self.phase.result, seconds=pause):
            called = self.phase.calls > self._calls
            self._calls = self.phase.calls
            self._silence = 0.0 if called else self._silence + pause
            if self._silence >= patience:
                raise _silent(self.phase, patience)

    @property
    def silent(self) -> bool:
        """Whether a Student has not been heard of (a Mentor speaks only when it is done)."""
        return self.phase.role is Role.STUDENT and not self.phase.calls

    @property
    def lost(self) -> AgentError | None:
        """What to say of a Student that was heard of, and is not any more."""
        if self.phase.role is not Role.STUDENT or self.silent or self._silence < _LOST:
            return None
        return _silent(self.phase, self._silence)

    async def settle(self, *, at_once: bool) -> None:
        """See it end: on its own in the time that it has after its result, else killed."""
        try:
            if not at_once:
                await asyncio.wait({self._process}, timeout=_LINGER)
        finally:
            await cancelled(self._process)

    def abandon(self) -> None:
        """Kill it without waiting."""
        self._process.cancel()


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task and see it end, but wait no longer than a stop may take."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_KILL)


async def _first(*awaited: asyncio.Future[Any], seconds: float | None = None) -> bool:
    """Wait until one is done; whether that was in time."""
    done, _ = await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return bool(done)


def _look_at(process: asyncio.Task[Exited]) -> None:
    """Retrieve the outcome: after its result, how a wrapper ended is of no interest."""
    if not process.cancelled():
        process.exception()


def _silent(phase: Phase, seconds: float) -> AgentError:
    return AgentError(
        f"nothing was heard of the {phase.role}'s wrapper in {seconds:g} s{_place(phase)}",
        "see whether a command there stops every process or uses up the machine; else this is a "
        "fault of SMILE or its surroundings, not of the tutorial: start it again",
    )


def _died(phase: Phase, exited: Exited) -> AgentError:
    lines = [line.strip() for line in exited.output.strip().splitlines()[-_LINES:]]
    said = f": {ending(' | '.join(lines), _CHARACTERS)}" if lines else ""
    killer = exited.code - 128
    if killer in {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT}:
        return AgentError(
            f"the {phase.role}'s wrapper was killed ({signal.Signals(killer).name})"
            f"{_place(phase)}{said}",
            "see whether a command there kills every process or uses up the memory; "
            "else this is a fault of SMILE or its surroundings, not of the tutorial",
        )
    return AgentError(
        f"the {phase.role}'s wrapper ended with exit code {exited.code} and without a result"
        f"{_place(phase)}{said}",
        "this is a fault of SMILE or its surroundings, not of the tutorial",
    )


def _place(phase: Phase) -> str:
    """How far the Student was known to have come."""
    if not phase.last_batch:
        return ""
    last = phase.last_batch[-1]
    where = "at" if isinstance(last, StepBegan | CommandBegan) else "after"
    return f" {where} line {last.line} of the tutorial"
