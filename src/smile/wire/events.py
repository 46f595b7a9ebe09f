"""What observers are told: the payloads of the WebSocket's messages ``{event, payload}``."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from smile.wire.base import Wire
from smile.wire.seen import Location, Observation, UnderWay
from smile.wire.state import LoopState
from smile.wire.words import Status, StudentStatus, Trigger


class ConnectedPayload(Wire):
    """The first message of every connection: the state as of now."""

    state: LoopState


class IterationStartPayload(Wire):
    """A fresh attempt begins."""

    iteration: int = Field(ge=1)
    timestamp: datetime


class StudentOutputPayload(Wire):
    """What an iteration came to; the first three fields are the published ones."""

    status: StudentStatus
    summary: str
    current_step: str
    iteration: int = Field(ge=1)
    timestamp: datetime
    problem: str | None = None
    question_for_mentor: str | None = None
    reason: str | None = None
    trigger: Trigger | None = None
    location: Location | None = None


class MentorOutputPayload(Wire):
    """What the Mentor answered; the first field is the published one."""

    notes: str
    iteration: int = Field(ge=1)
    timestamp: datetime


class CoalescedPayload(Wire):
    """What stands in the payload of an observation beside its own fields.

    Observations that came faster than they are sent go together: the payload is the last of them.
    """

    coalesced: int = Field(default=0, ge=0)
    """For how many earlier ones this message stands; left out when for none."""
    earlier: tuple[Observation, ...] = ()
    """Those of them that had room in the message, in order, without long texts."""


class ErrorPayload(Wire):
    """A fault of SMILE or its surroundings: never a gap."""

    message: str
    timestamp: datetime


class LoopCompletePayload(Wire):
    """The loop is over, however it ended; the first three fields are the published ones."""

    status: Status
    summary: str
    iterations: int = Field(ge=0)
    timestamp: datetime
    under_way: UnderWay | None = None


class DroppedPayload(Wire):
    """This observer reads slowly: so many messages were lost."""

    count: int = Field(ge=1)
