"""The JSON that crosses a boundary: HTTP, WebSocket, state file, journal, task of a wrapper.

Keys are camelCase on every wire that we emit; snake_case is accepted on input. Fields may be
added, never renamed or removed.
"""

from __future__ import annotations

from smile.wire.base import Wire, now
from smile.wire.mentor import Diagnosis, MentorNote, MentorResult, Remedy, RemedyAction, RemedyFile
from smile.wire.seen import (
    Asked,
    CommandRan,
    FileWritten,
    Improvised,
    Location,
    Observation,
    Observations,
    Observed,
    OutputDiffered,
    Requested,
    StepBegan,
    StepEnded,
)
from smile.wire.state import (
    STATE_VERSION,
    Acknowledged,
    ErrorAnswer,
    HistoryEntry,
    JournalEntry,
    JournalEvent,
    LoopState,
    MachineSeen,
    RunIdentity,
    StopAnswer,
    StopRequest,
)
from smile.wire.student import Facts, Failure, StudentOutput, StudentResult
from smile.wire.task import Patience, StudentBehavior, Task
from smile.wire.words import (
    ENDED,
    CommandOutcome,
    FixState,
    GapKind,
    Origin,
    Role,
    Severity,
    Status,
    StepState,
    StudentStatus,
    Trigger,
)

__all__ = [
    "ENDED",
    "STATE_VERSION",
    "Acknowledged",
    "Asked",
    "CommandOutcome",
    "CommandRan",
    "Diagnosis",
    "ErrorAnswer",
    "Facts",
    "Failure",
    "FileWritten",
    "FixState",
    "GapKind",
    "HistoryEntry",
    "Improvised",
    "JournalEntry",
    "JournalEvent",
    "Location",
    "LoopState",
    "MachineSeen",
    "MentorNote",
    "MentorResult",
    "Observation",
    "Observations",
    "Observed",
    "Origin",
    "OutputDiffered",
    "Patience",
    "Remedy",
    "RemedyAction",
    "RemedyFile",
    "Requested",
    "Role",
    "RunIdentity",
    "Severity",
    "Status",
    "StepBegan",
    "StepEnded",
    "StepState",
    "StopAnswer",
    "StopRequest",
    "StudentBehavior",
    "StudentOutput",
    "StudentResult",
    "StudentStatus",
    "Task",
    "Trigger",
    "Wire",
    "now",
]
