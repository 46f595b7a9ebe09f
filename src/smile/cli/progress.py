"""What is said of a run while it goes on: journal entries turned into lines of talk."""

from __future__ import annotations

import logging
from pathlib import Path

from smile.cli.talk import About, Talk
from smile.plain import plain
from smile.wire import (
    CommandBegan,
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

__all__ = ["Progress"]

WIDEST = 100


class Progress(Observer):
    """Tells of a run; its commands only to who asked for more."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._iteration = 0
        self._stuck: set[int] = set()
        self._past: set[int] = set()

    def say(self, sentence: str, *, about: str = About.NOTE) -> None:
        """A sentence about the run itself; it is said, and whole, even when quiet is asked for."""
        self._talk.tell(" ".join(plain(sentence).split()), about, always=True)

    def address(self, url: str, file: Path, *, instead_of: int = 0) -> None:
        """Told to who asked for more, or for another port."""
        if instead_of:
            self._talk.warn(f"port {instead_of} is taken by another program: the API is at {url}")
        told = {"url": url, "file": str(file)}
        text = f"{url}, its token is in {file}"
        self._talk.tell(text, About.ADDRESS, level=logging.DEBUG, fields=told)

    def entry(self, entry: JournalEntry) -> None:
        """Something happened."""
        if entry.observation is not None:
            self._observed(entry.observation)
        elif entry.student_output is not None:
            self._student(entry.student_output)
        elif entry.mentor_result is not None:
            self._mentor(entry.mentor_result)
        elif entry.event is JournalEvent.ITERATION_START:
            self._iteration = entry.iteration
            fresh = ": a fresh attempt, with what the mentor said" if entry.iteration > 1 else ""
            self._tell(f"iteration {entry.iteration}{fresh}", About.ITERATION)

    def _tell(
        self, text: str, about: About, *, level: int = logging.INFO, **fields: object
    ) -> None:
        told = {"iteration": self._iteration, **fields}
        self._talk.tell(_one_line(text), about, level=level, fields=told)

    def _observed(self, seen: Observation) -> None:
        match seen:
            case StepBegan():
                self._begins(seen.line, seen.text or seen.kind)
            case CommandBegan():
                self._begins(seen.line, seen.text)
            case CommandRan():
                self._ran(seen)
            case Improvised():
                text = f"line {seen.line}: {seen.problem}; {seen.what}"
                about, kind = About.IMPROVISED, seen.kind
                self._tell(text, about, line=seen.line, kind=kind, what=plain(seen.what))
            case StepEnded(state=StepState.FOLLOWED):
                self._followed(seen)
            case _:
                pass

    def _begins(self, line: int, what: str) -> None:
        gaps = f", gaps so far: {len(self._stuck)}" if self._stuck else ""
        self._talk.live(_one_line(f"iteration {self._iteration}{gaps}, line {line}: {what}"))

    def _ran(self, seen: CommandRan) -> None:
        self._tell(
            f"line {seen.line}: $ {seen.text}{_ending(seen)}",
            About.COMMAND,
            level=logging.DEBUG,
            line=seen.line,
            command=seen.text,
            outcome=seen.outcome,
            exitCode=seen.exit_code,
            seconds=seen.seconds,
        )

    def _followed(self, step: StepEnded) -> None:
        last = max(step.line, step.end_line)
        for line in sorted(self._stuck - self._past):
            if step.line <= line <= last:
                self._past.add(line)
                self._tell(f"line {line} past with help", About.PAST, line=line)

    def _student(self, output: StudentOutput) -> None:
        line = output.location.line if output.location else 0
        where = f"line {line}: " if line else ""
        match output.status:
            case StudentStatus.ASK_MENTOR:
                self._stuck.add(line)
                problem = output.problem or output.question_for_mentor or output.summary
                text = f"{where}stuck: {problem}"
            case StudentStatus.CANNOT_COMPLETE:
                text = f"{where}can't go on: {output.reason or output.summary}"
            case StudentStatus.COMPLETED:
                text = f"student: {output.summary}"
        status, trigger = output.status, output.trigger
        self._tell(text, About.STUDENT, status=status, trigger=trigger, line=line or None)

    def _mentor(self, result: MentorResult) -> None:
        self._tell(f"mentor: {result.mentor_output}", About.MENTOR, resolvable=result.resolvable)


def _ending(ran: CommandRan) -> str:
    if ran.outcome is CommandOutcome.EXITED:
        return f" (exit {ran.exit_code}, {ran.seconds:.1f} s)"
    return f" ({ran.outcome.replace('_', ' ')}, {ran.seconds:.1f} s)"


def _one_line(text: str) -> str:
    """The text on one line, without what would steer the terminal."""
    line = " ".join(plain(text).split())
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"
