"""What a run tells its observers, as entries of its journal: the same lines come of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from smile.wire import (
    HistoryEntry,
    JournalEntry,
    JournalEvent,
    MentorResult,
    Observation,
    Status,
    StudentOutput,
    UnderWay,
)
from smile.wire.events import (
    CoalescedPayload,
    ConnectedPayload,
    IterationStartPayload,
    LoopCompletePayload,
    MentorOutputPayload,
    StudentOutputPayload,
)

__all__ = ["Ended", "Retold", "ended"]

_OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Observation)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the loop ended; texts are sentences, or empty where there is none."""

    status: Status
    iterations: int
    summary: str
    under_way: str = ""


def ended(event: str, payload: dict[str, Any]) -> Ended | None:
    """The end, where this message tells of it: perhaps it was over before we came."""
    if event == "loop_complete":
        complete = LoopCompletePayload.model_validate(payload)
        return Ended(
            complete.status, complete.iterations, complete.summary, _told(complete.under_way)
        )
    if event == "connected":
        state = ConnectedPayload.model_validate(payload).state
        if state.status.ended:
            told = _told(state.under_way)
            return Ended(state.status, state.iteration, state.error_message or "", told)
    return None


def _told(under_way: UnderWay | None) -> str:
    return under_way.sentence if under_way else ""


class Retold:
    """Gives the entries behind messages, each once: a state tells of what was told before, too."""

    def __init__(self) -> None:
        self._told: set[tuple[JournalEvent, int]] = set()

    def entries(self, event: str, payload: dict[str, Any]) -> Iterator[JournalEntry]:
        """The entries behind this message that were not told yet."""
        for entry in _behind(event, payload):
            place = entry.event, entry.iteration
            if place not in self._told or entry.observation is not None:
                self._told.add(place)
                yield entry


def _behind(event: str, payload: dict[str, Any]) -> Iterator[JournalEntry]:
    match event:
        case "connected":
            for past in ConnectedPayload.model_validate(payload).state.history:
                yield from _remembered(past)
        case "iteration_start":
            started = IterationStartPayload.model_validate(payload)
            yield _entry(JournalEvent.ITERATION_START, started.iteration, started.timestamp)
        case "student_output":
            yield _student(StudentOutputPayload.model_validate(payload))
        case "mentor_output":
            told = MentorOutputPayload.model_validate(payload)
            yield _mentor(told.notes, told.iteration, told.timestamp)
        case "observation":
            earlier = CoalescedPayload.model_validate(payload).earlier
            for seen in (*earlier, _OBSERVATION.validate_python(payload)):
                at = seen.timestamp
                yield _entry(JournalEvent.OBSERVATION, seen.iteration, at, observation=seen)


def _remembered(past: HistoryEntry) -> Iterator[JournalEntry]:
    at = past.ended_at or past.started_at
    yield _entry(JournalEvent.ITERATION_START, past.iteration, past.started_at)
    if past.student_output is not None:
        output = past.student_output
        yield _entry(JournalEvent.STUDENT_OUTPUT, past.iteration, at, student_output=output)
    if past.mentor_output is not None:
        yield _mentor(past.mentor_output, past.iteration, at)


def _student(told: StudentOutputPayload) -> JournalEntry:
    output = StudentOutput(
        status=told.status,
        current_step=told.current_step,
        attempted_actions=(),
        summary=told.summary,
        problem=told.problem,
        question_for_mentor=told.question_for_mentor,
        reason=told.reason,
        trigger=told.trigger,
        location=told.location,
    )
    return _entry(
        JournalEvent.STUDENT_OUTPUT, told.iteration, told.timestamp, student_output=output
    )


def _mentor(notes: str, iteration: int, at: datetime) -> JournalEntry:
    result = MentorResult(mentor_output=notes, timestamp=at)
    return _entry(JournalEvent.MENTOR_OUTPUT, iteration, at, mentor_result=result)


def _entry(event: JournalEvent, iteration: int, at: datetime, **fields: Any) -> JournalEntry:
    return JournalEntry(timestamp=at, event=event, iteration=iteration, **fields)
