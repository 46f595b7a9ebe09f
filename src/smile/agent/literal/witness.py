"""Turns what happened into observations, with their place in the tutorial."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from smile import wire
from smile.agent.literal.screen import cut
from smile.agent.literal.shell import Ending, Result
from smile.tutorial.model import Lines, Step

_OUTCOMES = {
    Ending.EXITED: wire.CommandOutcome.EXITED,
    Ending.CLOSED: wire.CommandOutcome.EXITED,
    Ending.SERVING: wire.CommandOutcome.RUNNING,
    Ending.WAITING: wire.CommandOutcome.RUNNING,
    Ending.SHELL: wire.CommandOutcome.RUNNING,
    Ending.ELSEWHERE: wire.CommandOutcome.STOPPED,
    Ending.FAILING: wire.CommandOutcome.STOPPED,
    Ending.TIMED_OUT: wire.CommandOutcome.TIMED_OUT,
}
_MOST_LISTED = 200


class Sink(Protocol):
    """Where observations go."""

    stopped: bool

    def send(self, observation: wire.Observation) -> None:
        """Take one observation."""
        ...


class Witness:
    """Writes down what the Student does at the current step."""

    def __init__(self, sink: Sink, iteration: int, now: Callable[[], datetime] = wire.now) -> None:
        self._sink = sink
        self._iteration = iteration
        self._now = now
        self._step = -1
        self._lines = Lines(1, 1)
        self._kind = ""
        self.commands: list[str] = []
        self.files: list[str] = []

    @property
    def stopped(self) -> bool:
        """Whether nobody wants to hear more."""
        return self._sink.stopped

    def begin(self, index: int, step: Step, text: str) -> None:
        """A step begins."""
        self._step, self._lines = index, step.lines
        self._kind = type(step).__name__.lower()
        self._sink.send(wire.StepBegan(**self._place(), kind=self._kind, text=text))

    def typed(
        self, text: str, lines: Lines, *, cwd: str, origin: wire.Origin, terminal: int
    ) -> None:
        """A command is typed; ``command`` follows when it is known what came of it."""
        place = self._place(lines)
        self._sink.send(
            wire.CommandBegan(**place, text=text, cwd=cwd, origin=origin, terminal=terminal)
        )

    def end(self, state: wire.StepState, why: str = "", lines: Lines | None = None) -> None:
        """The step is over; ``lines`` are what ``why`` speaks of, if that is not all of it."""
        self._sink.send(wire.StepEnded(**self._place(lines), kind=self._kind, state=state, why=why))

    def command(
        self,
        text: str,
        lines: Lines,
        result: Result,
        *,
        cwd: str,
        origin: wire.Origin,
        terminal: int,
    ) -> None:
        """What came of a command that was typed."""
        self._remember(self.commands, text)
        self._sink.send(
            wire.CommandRan(
                **self._place(lines),
                text=text,
                cwd=cwd,
                outcome=_OUTCOMES[result.ending],
                exit_code=result.code,
                output=cut(result.output),
                output_bytes=result.size,
                seconds=round(result.seconds, 3),
                origin=origin,
                terminal=terminal,
            )
        )

    def file(self, path: Path, *, created: bool, origin: wire.Origin) -> None:
        """A file was written."""
        self._remember(self.files, str(path))
        operation: Any = "created" if created else "modified"
        self._sink.send(
            wire.FileWritten(**self._place(), path=str(path), operation=operation, origin=origin)
        )

    def request(self, url: str, status: int | None, error: str) -> None:
        """An address was visited."""
        self._sink.send(wire.Requested(**self._place(), url=url, status=status, error=error))

    def asked(
        self, command: str, lines: Lines, question: str, answer: str, *, mentioned: bool
    ) -> None:
        """A program asked and was answered."""
        self._sink.send(
            wire.Asked(
                **self._place(lines),
                command=command,
                question=question,
                answer=answer,
                mentioned=mentioned,
            )
        )

    def differed(
        self, command: str, lines: Lines, expected: str, actual: str, missing: tuple[str, ...]
    ) -> None:
        """The shown output was not printed."""
        self._sink.send(
            wire.OutputDiffered(
                **self._place(lines),
                command=command,
                expected=cut(expected),
                actual=cut(actual),
                missing=missing,
            )
        )

    def improvised(self, lines: Lines, problem: str, what: str, kind: wire.GapKind) -> None:
        """The Student got past a failure alone."""
        self._sink.send(
            wire.Improvised(**self._place(lines), problem=problem, what=what, kind=kind)
        )

    def _place(self, lines: Lines | None = None) -> dict[str, Any]:
        lines = lines or self._lines
        return {
            "timestamp": self._now(),
            "iteration": self._iteration,
            "step": self._step,
            "line": lines.first,
            "end_line": lines.last,
        }

    @staticmethod
    def _remember(listed: list[str], item: str) -> None:
        if len(listed) < _MOST_LISTED:
            listed.append(item)
