"""The state of a loop, its journal, and what the API answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from smile.wire.base import Wire
from smile.wire.mentor import MentorNote, MentorResult
from smile.wire.seen import Observation, UnderWay
from smile.wire.student import StudentOutput
from smile.wire.words import Status


class Acknowledged(Wire):
    """Answer to a result."""

    acknowledged: bool
    next_action: Literal["continue", "stop"]


class StopRequest(Wire):
    """Body of ``POST /api/stop``."""

    reason: str = Field(max_length=1000)


class ErrorAnswer(Wire):
    """Answer to whatever is refused, or went wrong."""

    error: str


class HistoryEntry(Wire):
    """One iteration as it went."""

    iteration: int = Field(ge=1)
    student_output: StudentOutput | None = None
    mentor_output: str | None = None
    started_at: datetime
    ended_at: datetime | None = None


STATE_VERSION = 2
"""Of state file and journal: 1 had no identity and no sums in its journal."""


class LoopState(Wire):
    """The whole state: ``GET /api/status``, the state file, and the first WebSocket message.

    It derives from the journal; the file is a copy for whoever wants to look.
    """

    version: int = STATE_VERSION
    run_id: str
    status: Status
    iteration: int = Field(ge=0)
    mentor_notes: tuple[MentorNote, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    started_at: datetime
    updated_at: datetime
    error_message: str | None = None
    current_question: str | None = None
    stop_reason: str | None = None
    under_way: UnderWay | None = None
    """What the Student was at when the run was stopped, failed, or had no more time."""
    seconds_used: float = 0.0
    """Time while running, of this and earlier processes: the whole timeout counts this."""
    tutorial_digest: str = ""
    config_digest: str = ""


class RunIdentity(Wire):
    """Which run a journal tells of, and what it was given: only the same again may go on with it.

    The digests decide; ``files`` (name → SHA-256 of what the newcomer gets) and ``settings`` (name
    as in smile.json → value as JSON) say what it is that changed.
    """

    version: int = STATE_VERSION
    run_id: str
    tutorial_digest: str = ""
    config_digest: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, str] = Field(default_factory=dict)


class MachineSeen(Wire):
    """The machine that a run was opened on, as the report tells of it."""

    engine: str
    image: str
    distribution: str
    version: str = ""
    notes: tuple[str, ...] = ()


class StopAnswer(Wire):
    """Answer to ``POST /api/stop``."""

    stopped: bool
    """The run ended because it was stopped."""
    final_state: LoopState


class JournalEvent(StrEnum):
    """What a line of the journal tells."""

    RUN_START = "run_start"
    """A process begins, or goes on with, the run."""
    MACHINE = "machine"
    """Its sandbox is open."""
    ITERATION_START = "iteration_start"
    OBSERVATION = "observation"
    DROPPED = "dropped"
    """Observations went beyond their bound."""
    STUDENT_OUTPUT = "student_output"
    MENTOR_OUTPUT = "mentor_output"
    STATUS = "status"
    ERROR = "error"
    LOOP_COMPLETE = "loop_complete"
    RUN_END = "run_end"
    """Its sandbox is closed and its report is written: nothing is left to do."""


class JournalEntry(Wire):
    """One line of the journal: the truth that state and report derive from.

    The field that belongs to the event is set, the others are ``None``; ``message`` is a
    sentence for people (the error, why it stopped).
    """

    timestamp: datetime
    event: JournalEvent
    iteration: int = Field(ge=0)
    identity: RunIdentity | None = None
    machine: MachineSeen | None = None
    observation: Observation | None = None
    student_output: StudentOutput | None = None
    mentor_result: MentorResult | None = None
    status: Status | None = None
    under_way: UnderWay | None = None
    message: str = ""
    seconds_used: float | None = None
    """The run's clock, as in the state."""
