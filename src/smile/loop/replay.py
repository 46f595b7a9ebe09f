"""The state from the journal: what each entry makes of the state before it. Pure.

The machine changes its state by the entries that it wants recorded, and in no other way: what it
holds and what the journal tells are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from smile.errors import StateError
from smile.loop.state import initial, open_entry, rewound
from smile.wire import (
    HistoryEntry,
    JournalEntry,
    JournalEvent,
    LoopState,
    MentorNote,
    MentorResult,
    Status,
    StudentOutput,
    StudentStatus,
)


def replay(entries: Iterable[JournalEntry]) -> LoopState | None:
    """The state after these entries; ``None`` before a run has begun.

    Raises ``StateError`` when they can't be those of a run.
    """
    return reduce(_begun, entries, None)


def _begun(loop: LoopState | None, entry: JournalEntry) -> LoopState | None:
    if loop is not None:
        return after(loop, entry)
    identity = entry.identity
    if identity is None:
        raise StateError(f"the journal begins with {entry.event}, which belongs to no run")
    return initial(
        identity.run_id,
        entry.timestamp,
        tutorial=identity.tutorial_digest,
        config=identity.config_digest,
    )


def after(loop: LoopState, entry: JournalEntry) -> LoopState:
    """The state with this entry. Raises ``StateError`` when it can't come now."""
    if entry.event is JournalEvent.RUN_START:
        loop, changes = rewound(loop, entry.timestamp), {}
    else:
        changes = _changes(loop, entry)
    if entry.seconds_used is not None:
        changes["seconds_used"] = entry.seconds_used
    return loop.model_copy(update=changes) if changes else loop


def _changes(loop: LoopState, entry: JournalEntry) -> dict[str, Any]:
    match entry.event:
        case JournalEvent.ITERATION_START:
            return _opened(loop, entry)
        case JournalEvent.STUDENT_OUTPUT if (output := entry.student_output) is not None:
            return _told(loop, entry, output)
        case JournalEvent.MENTOR_OUTPUT if (result := entry.mentor_result) is not None:
            return _answered(loop, entry, result)
        case JournalEvent.STATUS:
            return {"status": entry.status, "updated_at": entry.timestamp}
        case JournalEvent.ERROR:
            return {"error_message": entry.message}
        case JournalEvent.LOOP_COMPLETE:
            return _ended(loop, entry)
        case _:
            return {}


def _opened(loop: LoopState, entry: JournalEntry) -> dict[str, Any]:
    if entry.iteration != len(loop.history) + 1 or open_entry(loop) is not None:
        raise _impossible(loop, entry)
    opened = HistoryEntry(iteration=entry.iteration, started_at=entry.timestamp)
    return {"iteration": entry.iteration, "history": (*loop.history, opened)}


def _told(loop: LoopState, entry: JournalEntry, output: StudentOutput) -> dict[str, Any]:
    changes = _in_history(loop, entry, student_output=output)
    if output.status is StudentStatus.ASK_MENTOR:
        changes["current_question"] = output.question_for_mentor
    return changes


def _answered(loop: LoopState, entry: JournalEntry, result: MentorResult) -> dict[str, Any]:
    note = MentorNote(
        iteration=loop.iteration,
        question=loop.current_question or "",
        answer=result.mentor_output,
        timestamp=entry.timestamp,
        resolvable=result.resolvable,
        remedy=result.remedy,
        diagnosis=result.diagnosis,
        not_a_gap=result.not_a_gap,
    )
    answer = {"mentor_output": result.mentor_output, "ended_at": entry.timestamp}
    notes = (*loop.mentor_notes, note)
    return _in_history(loop, entry, **answer) | {"mentor_notes": notes, "current_question": None}


def _ended(loop: LoopState, entry: JournalEntry) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "status": entry.status,
        "updated_at": entry.timestamp,
        "under_way": entry.under_way,
    }
    if open_entry(loop) is not None:
        changes |= _in_history(loop, entry, ended_at=entry.timestamp)
    if entry.status is Status.STOPPED:
        changes["stop_reason"] = entry.message
    return changes


def _in_history(loop: LoopState, entry: JournalEntry, **fields: Any) -> dict[str, Any]:
    opened = open_entry(loop)
    if opened is None:
        raise _impossible(loop, entry)
    return {"history": (*loop.history[:-1], opened.model_copy(update=fields))}


def _impossible(loop: LoopState, entry: JournalEntry) -> StateError:
    where = f"{entry.event} of iteration {entry.iteration}"
    return StateError(f"the journal has {where} where iteration {loop.iteration} stands")
