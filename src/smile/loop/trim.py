"""Long texts of what was seen, cut: after secrets were taken out, for half of one looks like none.

What comes from the sandbox is longer for that, and bounded there.
"""

from __future__ import annotations

from smile.cuts import beginning, cut
from smile.wire import (
    CommandRan,
    HistoryEntry,
    JournalEntry,
    LoopState,
    Observation,
    OutputDiffered,
    StepBegan,
    StudentOutput,
)

FIRST, LAST = 4_000, 12_000
"""Characters of an output that are kept: of its beginning, and of its end."""
TITLE = 200
"""Characters of what tells a person which step it is."""


def trimmed(entry: JournalEntry) -> JournalEntry:
    """An entry without secrets, as it is written and told."""
    if entry.observation is not None:
        return entry.model_copy(update={"observation": _observation(entry.observation)})
    if entry.student_output is not None:
        return entry.model_copy(update={"student_output": _output(entry.student_output)})
    return entry


def trimmed_state(loop: LoopState) -> LoopState:
    """The same for a state."""
    return loop.model_copy(update={"history": tuple(map(_past, loop.history))})


def _past(entry: HistoryEntry) -> HistoryEntry:
    if entry.student_output is None:
        return entry
    return entry.model_copy(update={"student_output": _output(entry.student_output)})


def _output(output: StudentOutput) -> StudentOutput:
    if output.failure is None:
        return output
    failure = output.failure.model_copy(update={"output": _cut(output.failure.output)})
    return output.model_copy(update={"failure": failure})


def _observation(seen: Observation) -> Observation:
    match seen:
        case CommandRan():
            return seen.model_copy(update={"output": _cut(seen.output)})
        case OutputDiffered():
            shown = {"expected": _cut(seen.expected), "actual": _cut(seen.actual)}
            return seen.model_copy(update=shown)
        case StepBegan():
            return seen.model_copy(update={"text": beginning(seen.text, TITLE)})
        case _:
            return seen


def _cut(text: str) -> str:
    return cut(text, FIRST, LAST)
