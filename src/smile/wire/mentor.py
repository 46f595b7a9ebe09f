"""The Mentor's answer: for people, and as a remedy that the next attempt applies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from smile.wire.base import Wire
from smile.wire.seen import Location
from smile.wire.words import ChangeAction, GapKind


class RemedyFile(Wire):
    """A file to put in place; ``path`` as a reader would write it."""

    path: str
    content: str


class RemedyAction(StrEnum):
    """How a remedy changes what the Student does at its line."""

    BEFORE = "before"
    """First do what the remedy says, then the command of the line."""
    REPLACE = "replace"
    """Do what the remedy says instead of the command of the line."""
    AFTER = "after"
    """Do the command of the line, then what the remedy says."""
    SKIP = "skip"
    """Leave the command of the line out, and what hangs on it."""
    ACCEPT = "accept"
    """Go on although the command of the line ends with an error."""


class Remedy(Wire):
    """The machine-readable part of an answer, applied by the next attempts.

    ``line`` is the first line of a command or of a step; ``path`` replaces the path of the file
    block that stands there.
    """

    line: int = Field(ge=1)
    action: RemedyAction
    commands: tuple[str, ...] = ()
    files: tuple[RemedyFile, ...] = ()
    path: str = ""


class Change(Wire):
    """How the tutorial's text is to change: what a suggested fix comes to that is more than words.

    It says what and where; the report finds how that is written in the author's style.
    """

    action: ChangeAction
    line: int = Field(ge=1)
    """The first line of a command or of a step."""
    commands: tuple[str, ...] = ()
    """As a writer prints them."""
    say: str = ""
    """A sentence of its own; of commands the one above them."""
    path: str = ""
    content: str = ""
    source: int = Field(default=0, ge=0)
    """The first line of the command or the step to move."""


class Diagnosis(Wire):
    """A gap as the Mentor sees it; the report decides on severity and on ``fix``."""

    kind: GapKind
    title: str
    problem: str
    """A sentence that a writer understands."""
    suggested_fix: str
    """Text to paste into the tutorial."""
    location: Location
    rule: str = ""
    """The handbook entry that it comes from."""
    changes: tuple[Change, ...] = ()
    """The fix as changes of the text; none where it takes judgement."""


class MentorResult(Wire):
    """Body of ``POST /api/mentor/result``; the first two fields are the published ones."""

    mentor_output: str
    timestamp: datetime
    resolvable: bool = True
    remedy: Remedy | None = None
    diagnosis: Diagnosis | None = None
    not_a_gap: str = ""
    """Why the tutorial is not to blame (the network of the machine, a fault of ours): the report
    sets it aside with this reason."""


class MentorNote(Wire):
    """What the Mentor answered in an iteration; the next ones begin with it."""

    iteration: int = Field(ge=1)
    question: str
    answer: str
    timestamp: datetime
    resolvable: bool = True
    remedy: Remedy | None = None
    diagnosis: Diagnosis | None = None
    not_a_gap: str = ""
    """Why the tutorial is not to blame (the network of the machine, a fault of ours): the report
    sets it aside with this reason."""
