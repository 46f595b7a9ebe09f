"""The events that observers are told of, and how each becomes JSON: once, for all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smile.wire import JournalEntry, JournalEvent, StudentOutput, Wire
from smile.wire.events import (
    ErrorPayload,
    IterationStartPayload,
    LoopCompletePayload,
    MentorOutputPayload,
    StudentOutputPayload,
)

LARGEST = 64 * 1024
"""Characters of a message; what would be larger has its texts and lists cut."""
_TEXT, _BRIEF, _ITEMS = 4_000, 300, 10
"""Characters of a text and items of a list: in a message that is too large, and in what goes
together with the next one."""


@dataclass(frozen=True)
class Message:
    """One event for the observers; ``throttled`` for observations."""

    event: str
    payload: Wire
    throttled: bool = False

    @cached_property
    def body(self) -> str:
        """The payload as JSON, cut where it is too large."""
        body = self.payload.to_json()
        if len(body) <= LARGEST:
            return body
        return json.dumps(_cut(json.loads(body), _TEXT), ensure_ascii=False)

    @cached_property
    def brief(self) -> str:
        """The payload as JSON without long texts, as a command's output."""
        fields = {name: _cut(value, _BRIEF) for name, value in self.payload}
        return self.payload.model_copy(update=fields).to_json()

    @cached_property
    def text(self) -> str:
        """``{event, payload}`` on one line."""
        return enveloped(self.event, self.body)


def enveloped(event: str, body: str) -> str:
    """``{event, payload}`` on one line, of a payload that is JSON already."""
    return f'{{"event":"{event}","payload":{body}}}'


def message_of(entry: JournalEntry) -> Message | None:
    """What observers are told of a journal entry; ``None`` when nothing."""
    at, iteration = entry.timestamp, entry.iteration
    match entry.event:
        case JournalEvent.ITERATION_START:
            started = IterationStartPayload(iteration=iteration, timestamp=at)
            return Message("iteration_start", started)
        case JournalEvent.STUDENT_OUTPUT if (output := entry.student_output) is not None:
            return Message("student_output", _student_output(entry, output))
        case JournalEvent.MENTOR_OUTPUT if (result := entry.mentor_result) is not None:
            notes = MentorOutputPayload(
                notes=result.mentor_output, iteration=iteration, timestamp=at
            )
            return Message("mentor_output", notes)
        case JournalEvent.ERROR:
            return Message("error", ErrorPayload(message=entry.message, timestamp=at))
        case JournalEvent.LOOP_COMPLETE if (status := entry.status) is not None:
            ended = LoopCompletePayload(
                status=status,
                summary=entry.message,
                iterations=iteration,
                timestamp=at,
                under_way=entry.under_way,
            )
            return Message("loop_complete", ended)
        case JournalEvent.OBSERVATION if (observation := entry.observation) is not None:
            return Message("observation", observation, throttled=True)
        case _:
            return None


def _student_output(entry: JournalEntry, output: StudentOutput) -> StudentOutputPayload:
    return StudentOutputPayload(
        status=output.status,
        summary=output.summary,
        current_step=output.current_step,
        iteration=entry.iteration,
        timestamp=entry.timestamp,
        problem=output.problem,
        question_for_mentor=output.question_for_mentor,
        reason=output.reason,
        trigger=output.trigger,
        location=output.location,
    )


def _cut(value: Any, longest: int) -> Any:
    """The same with its texts and lists cut; what is neither stays as it is."""
    if isinstance(value, str):
        return value if len(value) <= longest else value[:longest] + "…"
    if isinstance(value, list | tuple):
        return type(value)(_cut(each, longest) for each in value[:_ITEMS])
    if isinstance(value, dict):
        return {key: _cut(each, longest) for key, each in value.items()}
    return value
