"""Observations: what SMILE saw, one value each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from smile.wire.base import Wire
from smile.wire.words import CommandOutcome, GapKind, Origin, StepState


class Location(Wire):
    """A place in the tutorial: 1-based lines, inclusive, with their text."""

    line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    quote: str = ""


COMMAND = "command"
"""The kind of what is under way when that is a command."""
_SHORT = 80
"""Characters of a command in a sentence."""


class Observed(Wire):
    """What every observation carries. ``step`` counts the tutorial's steps from 0."""

    timestamp: datetime
    iteration: int = Field(ge=1)
    step: int = Field(ge=-1)
    line: int = Field(ge=0)
    end_line: int = Field(ge=0)


class CommandRan(Observed):
    """A command was typed. ``output`` is cut for the report; the log has it whole."""

    type: Literal["command"] = "command"
    text: str
    cwd: str
    outcome: CommandOutcome
    exit_code: int | None = None
    output: str = ""
    output_bytes: int = 0
    seconds: float = 0.0
    origin: Origin = Origin.TUTORIAL
    terminal: int = 1


class FileWritten(Observed):
    """A file was written. ``path`` is absolute."""

    type: Literal["file"] = "file"
    path: str
    operation: Literal["created", "modified", "deleted"]
    origin: Origin = Origin.TUTORIAL


class Requested(Observed):
    """An address was visited; ``status`` is the HTTP status, ``error`` why there is none."""

    type: Literal["request"] = "request"
    url: str
    status: int | None = None
    error: str = ""


class Asked(Observed):
    """A program asked a question and the Student answered. Secrets are not repeated."""

    type: Literal["question"] = "question"
    command: str
    question: str
    answer: str
    mentioned: bool
    """The tutorial speaks of this question."""


class OutputDiffered(Observed):
    """The tutorial shows an output that the command did not print."""

    type: Literal["mismatch"] = "mismatch"
    command: str
    expected: str
    actual: str
    missing: tuple[str, ...] = ()
    """The expected lines that nothing printed resembles."""


class Improvised(Observed):
    """The Student got past a failure alone, by something that the tutorial doesn't say."""

    type: Literal["improvised"] = "improvised"
    problem: str
    what: str
    kind: GapKind


class StepEnded(Observed):
    """A step is over. ``kind`` is the step's class in lower case (run, writefile, expect …)."""

    type: Literal["step"] = "step"
    kind: str
    state: StepState
    why: str = ""


class StepBegan(Observed):
    """A step begins: for progress, and for what was under way when the run ended."""

    type: Literal["begin"] = "begin"
    kind: str
    text: str = ""


class CommandBegan(Observed):
    """A command is typed: the same. What came of it follows as ``CommandRan``."""

    type: Literal["typed"] = "typed"
    text: str
    cwd: str = ""
    origin: Origin = Origin.TUTORIAL
    terminal: int = 1


Observation = Annotated[
    CommandRan
    | FileWritten
    | Requested
    | Asked
    | OutputDiffered
    | Improvised
    | StepEnded
    | StepBegan
    | CommandBegan,
    Field(discriminator="type"),
]


class Observations(Wire):
    """Body of ``POST /api/student/observations`` (ours): in order, at most 100 at a time."""

    observations: tuple[Observation, ...] = Field(max_length=100)
    """None at all: a sign of life."""


class UnderWay(Observed):
    """What the Student was at when the run ended: it was seen to begin, and not to end.

    ``timestamp`` is when it began, ``seconds`` how long it had taken by then.
    """

    kind: str
    """``command``, or the kind of the step where no command was running."""
    text: str
    cwd: str = ""
    origin: Origin = Origin.TUTORIAL
    terminal: int = 1
    seconds: float = Field(ge=0)
    lost: bool = False
    """The run failed: whether it went on until then is not known."""

    @property
    def sentence(self) -> str:
        """In words, without the point."""
        first, *more = (self.text.strip() or self.kind).split("\n")
        short = first if len(first) <= _SHORT else first[:_SHORT]
        what = f"`{short}{' …' if more or short != first else ''}` (line {self.line})"
        how = "still running" if self.kind == COMMAND else "not done"
        return f"{what} was {'not seen to end' if self.lost else how} after {self.seconds:.1f} s"
