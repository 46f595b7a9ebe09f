"""What happens to the loop (events), and what it wants done (effects): values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smile.wire import JournalEntry, MentorResult, Status, StudentOutput, UnderWay

# --- events: each carries the time at which it happened ---------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """Open the first iteration, or after a resume the one after the last finished."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SandboxReady:
    """The machine of this iteration is fresh."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StudentStarted:
    """The Student's task was handed to the sandbox."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StudentDone:
    """The Student's result came in."""

    at: datetime
    output: StudentOutput


@dataclass(frozen=True, slots=True)
class MentorStarted:
    """The Mentor's task was handed to the sandbox."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MentorDone:
    """The Mentor's answer came in."""

    at: datetime
    result: MentorResult


@dataclass(frozen=True, slots=True)
class WholeTimeout:
    """The time for the whole run is over. ``silent``: the wrapper at work never called."""

    at: datetime
    silent: bool = False
    under_way: UnderWay | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody asked to stop."""

    at: datetime
    reason: str
    under_way: UnderWay | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours: never a gap."""

    at: datetime
    message: str
    under_way: UnderWay | None = None


Event = (
    Begin
    | SandboxReady
    | StudentStarted
    | StudentDone
    | MentorStarted
    | MentorDone
    | WholeTimeout
    | Stopped
    | Failed
)

# --- effects ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Write this entry to the journal and tell the observers."""

    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class OpenIteration:
    """Make the machine fresh; ``SandboxReady`` follows."""

    iteration: int


@dataclass(frozen=True, slots=True)
class StartStudent:
    """Hand the Student its task; ``StudentStarted`` follows."""

    iteration: int


@dataclass(frozen=True, slots=True)
class AwaitStudent:
    """Wait for the Student's result; ``StudentDone`` follows."""


@dataclass(frozen=True, slots=True)
class StartMentor:
    """Hand the Mentor the stuck report; ``MentorStarted`` follows."""

    iteration: int
    question: StudentOutput


@dataclass(frozen=True, slots=True)
class AwaitMentor:
    """Wait for the Mentor's answer; ``MentorDone`` follows."""


@dataclass(frozen=True, slots=True)
class Close:
    """The loop is over: end what still runs. Nothing follows."""

    status: Status


Work = OpenIteration | StartStudent | AwaitStudent | StartMentor | AwaitMentor | Close
Effect = Record | Work
