"""What a report is made from: everything that was seen in one run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from smile.sandbox.base import Machine
from smile.tutorial.model import Tutorial
from smile.wire import (
    CommandRan,
    JournalEntry,
    JournalEvent,
    LoopState,
    MentorNote,
    MentorResult,
    Observation,
    Origin,
    StepEnded,
    StudentOutput,
    StudentStatus,
)

__all__ = ["Attempt", "LlmCall", "RunRecord", "attempts"]


@dataclass(frozen=True, slots=True)
class LlmCall:
    """One call of a model, as the gateway metered it. ``iteration`` is 0 when unknown."""

    timestamp: datetime
    provider: str
    prompt_tokens: int
    completion_tokens: int
    duration_ms: int
    model: str = ""
    role: str = ""
    iteration: int = 0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run from start to end.

    ``state`` is the final one; ``entries`` are the whole journal, in order. ``versions`` name
    what took part (smile, python …). ``environment_notes`` are whole sentences on what of the
    author's network was given to the sandbox; ``provider_reason`` says why this provider;
    ``tutorial_digest`` is that of the text before secrets were taken out of it.
    """

    tutorial: Tutorial
    machine: Machine
    provider: str
    versions: dict[str, str]
    state: LoopState
    entries: tuple[JournalEntry, ...]
    environment_notes: tuple[str, ...] = ()
    provider_reason: str = ""
    tutorial_digest: str = ""
    llm_calls: tuple[LlmCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One iteration: what was seen in it, how it ended, what the Mentor answered."""

    iteration: int
    observations: tuple[Observation, ...] = ()
    student: StudentOutput | None = None
    answer: MentorNote | None = None

    @property
    def stopped(self) -> StudentOutput | None:
        """The Student's stuck report; ``None`` when it was not stuck."""
        if self.student is None or self.student.status is StudentStatus.COMPLETED:
            return None
        return self.student

    def commands(self) -> tuple[CommandRan, ...]:
        """The commands that ran, in order."""
        return tuple(o for o in self.observations if isinstance(o, CommandRan))

    def ended(self, step: int) -> StepEnded | None:
        """How this step ended, the last time that it did."""
        ends = [o for o in self.observations if isinstance(o, StepEnded) and o.step == step]
        return ends[-1] if ends else None

    def from_note(self, text: str, line: int) -> bool:
        """Whether this command ran at this line because a note asked for it, and only so."""
        origins = {
            c.origin for c in self.commands() if c.line == line and c.text.strip() == text.strip()
        }
        return origins == {Origin.NOTE}


def attempts(record: RunRecord) -> tuple[Attempt, ...]:
    """The iterations of a run, in order.

    An iteration that began anew after a crash counts from its last beginning. What the journal
    lacks is taken from the state.
    """
    seen: dict[int, list[JournalEntry]] = {}
    for entry in record.entries:
        if entry.event is JournalEvent.ITERATION_START:
            seen[entry.iteration] = []
        elif entry.iteration >= 1:
            seen.setdefault(entry.iteration, []).append(entry)
    found = {number: _attempt(number, entries) for number, entries in seen.items()}
    for past in record.state.history:
        before = found.get(past.iteration, Attempt(past.iteration))
        found[past.iteration] = replace(before, student=before.student or past.student_output)
    for note in record.state.mentor_notes:
        before = found.get(note.iteration, Attempt(note.iteration))
        found[note.iteration] = replace(before, answer=before.answer or note)
    return tuple(found[number] for number in sorted(found))


def _attempt(iteration: int, entries: list[JournalEntry]) -> Attempt:
    outputs = [e.student_output for e in entries if e.student_output is not None]
    results = [e.mentor_result for e in entries if e.mentor_result is not None]
    student = outputs[-1] if outputs else None
    return Attempt(
        iteration=iteration,
        observations=tuple(e.observation for e in entries if e.observation is not None),
        student=student,
        answer=_note(iteration, student, results[-1]) if results else None,
    )


def _note(iteration: int, student: StudentOutput | None, result: MentorResult) -> MentorNote:
    return MentorNote(
        iteration=iteration,
        question=(student.question_for_mentor if student else None) or "",
        answer=result.mentor_output,
        timestamp=result.timestamp,
        resolvable=result.resolvable,
        remedy=result.remedy,
        diagnosis=result.diagnosis,
        not_a_gap=result.not_a_gap,
    )
