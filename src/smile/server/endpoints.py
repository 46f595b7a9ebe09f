"""The endpoints of the HTTP API, as values: the server and its OpenAPI document come of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from smile.wire import (
    Acknowledged,
    LoopState,
    MentorResult,
    Observations,
    StopAnswer,
    StopRequest,
    StudentResult,
    Wire,
)

BODY_LIMIT: Final = 1024**2
OBSERVATIONS_LIMIT: Final = 4 * 1024**2
"""A hundred observations, each with its output."""

Body = TypeVar("Body", bound=Wire)


class Caller(StrEnum):
    """Whose token an endpoint takes."""

    STUDENT = "student"
    MENTOR = "mentor"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Query:
    """An endpoint that only tells: ``GET``."""

    path: str
    caller: Caller
    does: str
    answer: type[Wire]


@dataclass(frozen=True, slots=True)
class Command(Generic[Body]):
    """An endpoint that takes a JSON body of at most ``limit`` bytes: ``POST``."""

    path: str
    caller: Caller
    does: str
    body: type[Body]
    answer: type[Wire]
    limit: int = BODY_LIMIT


STUDENT_RESULT: Final = Command(
    "/api/student/result",
    Caller.STUDENT,
    "Post what an iteration came to. The same again is acknowledged, and counted once.",
    StudentResult,
    Acknowledged,
)
STUDENT_OBSERVATIONS: Final = Command(
    "/api/student/observations",
    Caller.STUDENT,
    "Post what was seen since the last time, in order.",
    Observations,
    Acknowledged,
    OBSERVATIONS_LIMIT,
)
MENTOR_RESULT: Final = Command(
    "/api/mentor/result",
    Caller.MENTOR,
    "Post the Mentor's answer. The same again is acknowledged, and counted once.",
    MentorResult,
    Acknowledged,
)
STATUS: Final = Query("/api/status", Caller.OBSERVER, "Read the state as of now.", LoopState)
STOP: Final = Command(
    "/api/stop",
    Caller.OBSERVER,
    "End the run; waits up to 3 seconds until it has ended.",
    StopRequest,
    StopAnswer,
)
WEBSOCKETS: Final = ("/ws", "/ws/observe")
