"""The loop as a pure function: a state and an event give a state and effects. No clock, no I/O.

What each status means, and the one event that takes it further::

    starting              before the first iteration            Begin
    starting              a machine is opened or made fresh     SandboxReady
    running_student       the Student's wrapper is started      StudentStarted
    waiting_for_student   it has its task; its result is due    StudentDone
    running_mentor        the Mentor's wrapper is started       MentorStarted
    waiting_for_mentor    it has its task; its answer is due    MentorDone

``WholeTimeout``, ``Stopped`` and ``Failed`` may come at any time and end the loop. An ended loop
takes late events without a change and without effects: what is over stays as it ended. A
transition gives any number of ``Record`` effects, then exactly one piece of work; its caller
persists the state in between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from smile.errors import BugError
from smile.loop.events import (
    AwaitMentor,
    AwaitStudent,
    Begin,
    Close,
    Effect,
    Event,
    Failed,
    MentorDone,
    MentorStarted,
    OpenIteration,
    Record,
    SandboxReady,
    StartMentor,
    StartStudent,
    Stopped,
    StudentDone,
    StudentStarted,
    WholeTimeout,
    Work,
)
from smile.loop.state import State, cut_answer
from smile.wire import (
    HistoryEntry,
    JournalEntry,
    JournalEvent,
    MentorNote,
    MentorResult,
    Status,
    StudentOutput,
    StudentStatus,
)

Transition = tuple[State, tuple[Effect, ...]]

_EXPECTED: dict[Status, type[Event]] = {
    Status.RUNNING_STUDENT: StudentStarted,
    Status.WAITING_FOR_STUDENT: StudentDone,
    Status.RUNNING_MENTOR: MentorStarted,
    Status.WAITING_FOR_MENTOR: MentorDone,
}

_DOING = {
    Status.STARTING: "the sandbox was prepared",
    Status.RUNNING_STUDENT: "the Student was started",
    Status.WAITING_FOR_STUDENT: "the Student worked",
    Status.RUNNING_MENTOR: "the Mentor was started",
    Status.WAITING_FOR_MENTOR: "the Mentor worked",
}


class IllegalTransition(BugError):  # noqa: N818 - the field's word
    """An event that can't happen in this state: a bug of ours."""


def expected(state: State) -> type[Event] | None:
    """The event that takes this state further; ``None`` when the loop is over."""
    if state.loop.status is Status.STARTING:
        return SandboxReady if state.open_entry else Begin
    return _EXPECTED.get(state.loop.status)


def step(state: State, event: Event) -> Transition:
    """What the event makes of the state, and what is to be done.

    Raises ``IllegalTransition``, which names the state, the event and what was expected.
    """
    due = expected(state)
    if due is None:
        return state, ()
    if not isinstance(event, (due, WholeTimeout, Stopped, Failed)):
        raise IllegalTransition(
            f"{type(event).__name__} can't happen in {state.loop.status} "
            f"(iteration {state.loop.iteration}); expected {due.__name__}, "
            "or WholeTimeout, Stopped or Failed"
        )
    return _apply(state, event)


def _apply(state: State, event: Event) -> Transition:
    match event:
        case Begin():
            return _begin(state, event)
        case SandboxReady():
            work = StartStudent(state.loop.iteration)
            return _advance(state, event, Status.RUNNING_STUDENT, work)
        case StudentStarted():
            return _advance(state, event, Status.WAITING_FOR_STUDENT, AwaitStudent())
        case StudentDone():
            return _student_done(state, event)
        case MentorStarted():
            return _advance(state, event, Status.WAITING_FOR_MENTOR, AwaitMentor())
        case MentorDone():
            return _mentor_done(state, event)
        case WholeTimeout():
            return _timed_out(state, event)
        case Stopped():
            return _end(state, event, Status.STOPPED, event.reason, stop_reason=event.reason)
        case Failed():
            return _failed(state, event)
    assert_never(event)


def _begin(state: State, event: Begin) -> Transition:
    finished = state.loop.iteration
    message = f"resumed after iteration {finished}" if finished else ""
    started = _record(state, event, JournalEvent.RUN_START, message=message)
    if finished >= state.max_iterations:
        after, effects = _exhausted(state, event)
    else:
        after, effects = _open_iteration(state, event)
    return after, (started, *effects)


def _open_iteration(state: State, event: Event) -> Transition:
    number = state.loop.iteration + 1
    entry = HistoryEntry(iteration=number, started_at=event.at)
    opened = _with(state, iteration=number, history=(*state.loop.history, entry))
    after, effects = _advance(opened, event, Status.STARTING, OpenIteration(number))
    return after, (_record(opened, event, JournalEvent.ITERATION_START), *effects)


def _student_done(state: State, event: StudentDone) -> Transition:
    output = event.output
    seen = _with_entry(state, student_output=output)
    told = _record(seen, event, JournalEvent.STUDENT_OUTPUT, student_output=output)
    match output.status:
        case StudentStatus.COMPLETED:
            summary = (
                f"the Student reached the end of the tutorial in iteration {seen.loop.iteration}"
            )
            after, effects = _end(seen, event, Status.COMPLETED, summary)
        case StudentStatus.CANNOT_COMPLETE:
            summary = f"the Student can't complete the tutorial: {output.reason}"
            after, effects = _end(seen, event, Status.BLOCKER, summary)
        case StudentStatus.ASK_MENTOR:
            asking = _with(seen, current_question=output.question_for_mentor)
            work = StartMentor(seen.loop.iteration, output)
            after, effects = _advance(asking, event, Status.RUNNING_MENTOR, work)
        case never:
            assert_never(never)
    return after, (told, *effects)


def _mentor_done(state: State, event: MentorDone) -> Transition:
    result = event.result.model_copy(
        update={"mentor_output": cut_answer(event.result.mentor_output)}
    )
    noted = _with(
        _with_entry(state, mentor_output=result.mentor_output, ended_at=event.at),
        mentor_notes=(*state.loop.mentor_notes, _note(state, event, result)),
        current_question=None,
    )
    told = _record(noted, event, JournalEvent.MENTOR_OUTPUT, mentor_result=result)
    if not result.resolvable and result.remedy is None:
        summary = f"the Mentor can't resolve this: {result.mentor_output}"
        after, effects = _end(noted, event, Status.BLOCKER, summary)
    elif noted.loop.iteration >= noted.max_iterations:
        after, effects = _exhausted(noted, event)
    else:
        after, effects = _open_iteration(noted, event)
    return after, (told, *effects)


def question_of(state: State) -> StudentOutput | None:
    """The stuck report that the Mentor is to answer."""
    entry = state.open_entry
    return entry.student_output if entry else None


def _note(state: State, event: MentorDone, result: MentorResult) -> MentorNote:
    return MentorNote(
        iteration=state.loop.iteration,
        question=state.loop.current_question or "",
        answer=result.mentor_output,
        timestamp=event.at,
        resolvable=result.resolvable,
        remedy=result.remedy,
        diagnosis=result.diagnosis,
        not_a_gap=result.not_a_gap,
    )


def _exhausted(state: State, event: Event) -> Transition:
    count = state.loop.iteration
    summary = f"the Student was still stuck after {count} iteration{'s' if count != 1 else ''}"
    return _end(state, event, Status.MAX_ITERATIONS, summary)


def _timed_out(state: State, event: WholeTimeout) -> Transition:
    summary = f"the time for the whole run was over while {_DOING[state.loop.status]}"
    if event.silent:
        summary += "; its wrapper never called"
    return _end(state, event, Status.TIMEOUT, summary)


def _failed(state: State, event: Failed) -> Transition:
    told = _record(state, event, JournalEvent.ERROR, message=event.message)
    after, effects = _end(state, event, Status.ERROR, event.message, error_message=event.message)
    return after, (told, *effects)


def _advance(state: State, event: Event, status: Status, work: Work) -> Transition:
    after = _with(state, status=status, updated_at=event.at)
    return after, (_record(after, event, JournalEvent.STATUS, status=status), work)


def _end(state: State, event: Event, status: Status, summary: str, **fields: Any) -> Transition:
    closed = _with_entry(state, ended_at=event.at) if state.open_entry else state
    after = _with(closed, status=status, updated_at=event.at, **fields)
    told = _record(after, event, JournalEvent.LOOP_COMPLETE, status=status, message=summary)
    return after, (told, Close(status))


def _record(state: State, event: Event, kind: JournalEvent, **fields: Any) -> Record:
    return Record(
        JournalEntry(timestamp=event.at, event=kind, iteration=state.loop.iteration, **fields)
    )


def _with(state: State, **fields: Any) -> State:
    return replace(state, loop=state.loop.model_copy(update=fields))


def _with_entry(state: State, **fields: Any) -> State:
    *before, last = state.loop.history
    return _with(state, history=(*before, last.model_copy(update=fields)))
