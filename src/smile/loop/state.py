"""The state as the machine holds it, what a run begins with, and how a crash cuts it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smile.cuts import beginning
from smile.wire import HistoryEntry, LoopState, Status

ANSWER_TOKENS = 2_000
CHARACTERS_PER_TOKEN = 4
"""A token is counted as four characters: the usual rule of thumb for English text."""


@dataclass(frozen=True, slots=True)
class State:
    """The published state and the one setting that decides on transitions."""

    loop: LoopState
    max_iterations: int


def open_entry(loop: LoopState) -> HistoryEntry | None:
    """The iteration under way; ``None`` between iterations."""
    last = loop.history[-1] if loop.history else None
    return last if last is not None and last.ended_at is None else None


def initial(run_id: str, at: datetime, *, tutorial: str = "", config: str = "") -> LoopState:
    """A run that has not begun; ``tutorial`` and ``config`` are digests."""
    return LoopState(
        run_id=run_id,
        status=Status.STARTING,
        iteration=0,
        started_at=at,
        updated_at=at,
        tutorial_digest=tutorial,
        config_digest=config,
    )


def rewound(loop: LoopState, at: datetime) -> LoopState:
    """The state as it was when the last iteration finished: what a resumed run begins with."""
    finished = tuple(entry for entry in loop.history if entry.ended_at is not None)
    last = finished[-1].iteration if finished else 0
    return loop.model_copy(
        update={
            "status": Status.STARTING,
            "iteration": last,
            "history": finished,
            "mentor_notes": tuple(n for n in loop.mentor_notes if n.iteration <= last),
            "current_question": None,
            "error_message": None,
            "under_way": None,
            "updated_at": at,
        }
    )


def cut_answer(text: str) -> str:
    """A Mentor's answer of at most 2,000 tokens (8,000 characters), with a mark when cut."""
    limit = ANSWER_TOKENS * CHARACTERS_PER_TOKEN
    if len(text) <= limit:
        return text
    mark = f"\n[cut at {ANSWER_TOKENS:,} tokens]"
    return beginning(text, limit - len(mark)) + mark
