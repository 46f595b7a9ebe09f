"""The loop as a pure function: a state and an event give a state and effects. No clock, no I/O.

What each status means, and the one event that takes it further::

    starting              before an iteration                   Begin
    starting              a machine is opened or made fresh     SandboxReady
    running_student       the Student's wrapper is started      StudentStarted
    waiting_for_student   it has its task; its result is due    StudentDone
    running_mentor        the Mentor's wrapper is started       MentorStarted
    waiting_for_mentor    it has its task; its answer is due    MentorDone

``WholeTimeout``, ``Stopped`` and ``Failed`` may come at any time and end the loop. An ended loop
takes late events without a change and without effects: what is over stays as it ended. A
transition gives one or more ``Record`` effects, the last of them ``status`` or ``loop_complete``,
then exactly one piece of work; its caller writes the journal in between. The next state is what
``replay`` makes of these entries, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
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
from smile.loop.replay import after
from smile.loop.state import State, cut_answer, open_entry
from smile.wire import JournalEntry, JournalEvent, Status, StudentStatus, UnderWay

Decision = tuple[tuple[JournalEntry, ...], Work]

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
        return SandboxReady if open_entry(state.loop) else Begin
    return _EXPECTED.get(state.loop.status)


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
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
    entries, work = _decide(state, event)
    following = replace(state, loop=reduce(after, entries, state.loop))
    return following, (*map(Record, entries), work)


def _decide(state: State, event: Event) -> Decision:
    match event:
        case Begin():
            return _next_iteration(state, event)
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
            return _end(state, event, Status.STOPPED, event.reason, event.under_way)
        case Failed():
            return _failed(state, event)
    assert_never(event)


def _next_iteration(state: State, event: Event) -> Decision:
    used = state.loop.iteration
    if used >= state.max_iterations:
        summary = f"the Student was still stuck after {used} iteration{'s' if used != 1 else ''}"
        return _end(state, event, Status.MAX_ITERATIONS, summary)
    number = used + 1
    opened = JournalEntry(timestamp=event.at, event=JournalEvent.ITERATION_START, iteration=number)
    starting = JournalEntry(
        timestamp=event.at, event=JournalEvent.STATUS, iteration=number, status=Status.STARTING
    )
    return (opened, starting), OpenIteration(number)


def _student_done(state: State, event: StudentDone) -> Decision:
    output = event.output
    told = _entry(state, event, JournalEvent.STUDENT_OUTPUT, student_output=output)
    match output.status:
        case StudentStatus.COMPLETED:
            summary = (
                f"the Student reached the end of the tutorial in iteration {state.loop.iteration}"
            )
            entries, work = _end(state, event, Status.COMPLETED, summary)
        case StudentStatus.CANNOT_COMPLETE:
            summary = f"the Student can't complete the tutorial: {output.reason}"
            entries, work = _end(state, event, Status.BLOCKER, summary)
        case StudentStatus.ASK_MENTOR:
            asking = StartMentor(state.loop.iteration, output)
            entries, work = _advance(state, event, Status.RUNNING_MENTOR, asking)
        case never:
            assert_never(never)
    return (told, *entries), work


def _mentor_done(state: State, event: MentorDone) -> Decision:
    result = event.result.model_copy(
        update={"mentor_output": cut_answer(event.result.mentor_output)}
    )
    told = _entry(state, event, JournalEvent.MENTOR_OUTPUT, mentor_result=result)
    if not result.resolvable and result.remedy is None:
        summary = f"the Mentor can't resolve this: {result.mentor_output}"
        entries, work = _end(state, event, Status.BLOCKER, summary)
    else:
        entries, work = _next_iteration(state, event)
    return (told, *entries), work


def _timed_out(state: State, event: WholeTimeout) -> Decision:
    summary = f"the time for the whole run was over while {_DOING[state.loop.status]}"
    if event.silent:
        summary += "; its wrapper never called"
    return _end(state, event, Status.TIMEOUT, summary, event.under_way)


def _failed(state: State, event: Failed) -> Decision:
    told = _entry(state, event, JournalEvent.ERROR, message=event.message)
    entries, work = _end(state, event, Status.ERROR, event.message, event.under_way)
    return (told, *entries), work


def _advance(state: State, event: Event, status: Status, work: Work) -> Decision:
    return (_entry(state, event, JournalEvent.STATUS, status=status),), work


def _end(
    state: State, event: Event, status: Status, summary: str, under_way: UnderWay | None = None
) -> Decision:
    fields = {"status": status, "message": summary, "under_way": under_way}
    return (_entry(state, event, JournalEvent.LOOP_COMPLETE, **fields),), Close(status)


def _entry(state: State, event: Event, kind: JournalEvent, **fields: Any) -> JournalEntry:
    return JournalEntry(timestamp=event.at, event=kind, iteration=state.loop.iteration, **fields)
