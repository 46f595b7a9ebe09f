"""What is said on stderr while a run goes on: lines, and on a terminal one live line below them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from smile.report.output import plain
from smile.wire import (
    CommandOutcome,
    CommandRan,
    Improvised,
    JournalEntry,
    JournalEvent,
    MentorResult,
    Observation,
    StepBegan,
    StepEnded,
    StepState,
    StudentOutput,
    StudentStatus,
)
from smile.wiring import Observer

__all__ = ["Progress", "on_stderr"]

WIDEST = 100


class _Board(Protocol):
    """Where lines go."""

    def line(self, text: str) -> None:
        """A line that stays."""
        ...

    def live(self, text: str) -> None:
        """What goes on right now."""
        ...

    def close(self) -> None:
        """Take the live line away."""
        ...


class Progress(Observer):
    """Turns journal entries into lines; ``verbose`` 1 adds each command."""

    def __init__(self, board: _Board, *, quiet: bool = False, verbose: int = 0) -> None:
        self._board = board
        self._quiet = quiet
        self._verbose = verbose
        self._iteration = 0
        self._stuck: set[int] = set()
        self._past: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._board.close()

    def detail(self, sentence: str) -> None:
        """Said only when verbose."""
        if self._verbose and not self._quiet:
            self._board.line(" ".join(plain(sentence).split()))

    def say(self, sentence: str) -> None:
        """A sentence about the run itself; it is said, and whole, even when quiet is asked for."""
        self._board.line(" ".join(plain(sentence).split()))

    def entry(self, entry: JournalEntry) -> None:
        """Something happened."""
        if self._quiet:
            return
        if entry.observation is not None:
            self._observed(entry.observation)
        elif entry.student_output is not None:
            self._student(entry.student_output)
        elif entry.mentor_result is not None:
            self._mentor(entry.mentor_result)
        elif entry.event is JournalEvent.ITERATION_START:
            self._iteration = entry.iteration
            fresh = ": a fresh attempt, with what the mentor said" if entry.iteration > 1 else ""
            self._board.line(f"iteration {entry.iteration}{fresh}")

    def _observed(self, seen: Observation) -> None:
        match seen:
            case StepBegan():
                gaps = f", gaps so far: {len(self._stuck)}" if self._stuck else ""
                where = f"iteration {self._iteration}{gaps}, line {seen.line}"
                self._board.live(_one_line(f"{where}: {seen.text or seen.kind}"))
            case CommandRan():
                if self._verbose:
                    self._board.line(_one_line(f"line {seen.line}: $ {seen.text}{_ending(seen)}"))
            case Improvised():
                self._board.line(_one_line(f"line {seen.line}: {seen.problem}; {seen.what}"))
            case StepEnded(state=StepState.FOLLOWED):
                self._followed(seen)
            case _:
                pass

    def _followed(self, step: StepEnded) -> None:
        last = max(step.line, step.end_line)
        for line in sorted(self._stuck - self._past):
            if step.line <= line <= last:
                self._past.add(line)
                self._board.line(f"line {line} past with help")

    def _student(self, output: StudentOutput) -> None:
        line = output.location.line if output.location else 0
        where = f"line {line}: " if line else ""
        match output.status:
            case StudentStatus.ASK_MENTOR:
                self._stuck.add(line)
                problem = output.problem or output.question_for_mentor or output.summary
                self._board.line(_one_line(f"{where}stuck: {problem}"))
            case StudentStatus.CANNOT_COMPLETE:
                reason = output.reason or output.summary
                self._board.line(_one_line(f"{where}can't go on: {reason}"))
            case StudentStatus.COMPLETED:
                self._board.line(_one_line(f"student: {output.summary}"))

    def _mentor(self, result: MentorResult) -> None:
        self._board.line(_one_line(f"mentor: {result.mentor_output}"))


def _ending(ran: CommandRan) -> str:
    if ran.outcome is CommandOutcome.EXITED:
        return f" (exit {ran.exit_code}, {ran.seconds:.1f} s)"
    return f" ({ran.outcome.replace('_', ' ')}, {ran.seconds:.1f} s)"


def _one_line(text: str) -> str:
    """The text on one line, without what would steer the terminal."""
    line = " ".join(plain(text).split())
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"


class _Lines:
    """Plain lines, for logs and pipes."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def line(self, text: str) -> None:
        self._write(text + "\n")

    def live(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class _Terminal:
    """A live line below the lines that stay."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.status import Status

        self._console = Console(stderr=True, highlight=False)
        self._status = Status("", console=self._console, refresh_per_second=4)
        self._shown = False

    def line(self, text: str) -> None:
        self._console.print(text, markup=False)

    def live(self, text: str) -> None:
        from rich.text import Text

        self._status.update(Text(text, no_wrap=True, overflow="ellipsis"))
        if not self._shown:
            self._status.start()
            self._shown = True

    def close(self) -> None:
        if self._shown:
            self._status.stop()
            self._shown = False


def on_stderr(*, quiet: bool, verbose: int) -> Progress:
    """Progress for people on a terminal, lines for everything else."""
    board: _Board = _Lines(sys.stderr.write)
    if sys.stderr.isatty() and not quiet:
        board = _Terminal()
    return Progress(board, quiet=quiet, verbose=verbose)
