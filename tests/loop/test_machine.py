from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loop.outputs import answer, asking, at, completed, giving_up

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
from smile.loop.machine import IllegalTransition, expected, step
from smile.loop.state import State, cut_answer, initial, rewound
from smile.wire import ENDED, JournalEvent, LoopState, RemedyAction, Status

PROGRESS: list[Event] = [
    Begin(at(0)),
    SandboxReady(at(1)),
    StudentStarted(at(2)),
    StudentDone(at(3), asking()),
    MentorStarted(at(4)),
    MentorDone(at(5), answer()),
]
ENDINGS: list[Event] = [WholeTimeout(at(9)), Stopped(at(9), "enough"), Failed(at(9), "boom")]
ALL_EVENTS = [*PROGRESS, *ENDINGS]


def new(maximum: int = 10) -> State:
    return State(initial("run", at(0)), maximum)


def after(*events: Event, maximum: int = 10) -> State:
    state = new(maximum)
    for event in events:
        state, _ = step(state, event)
    return state


def entries(effects: tuple[Effect, ...]) -> list[JournalEvent]:
    return [effect.entry.event for effect in effects if isinstance(effect, Record)]


def work(effects: tuple[Effect, ...]) -> Work:
    (only,) = [effect for effect in effects if not isinstance(effect, Record)]
    return only


def consistent(loop: LoopState) -> bool:
    """Iterations 1, 2, 3 and on, of which only the last may be under way; no note of another."""
    iterations = [entry.iteration for entry in loop.history]
    return (
        iterations == list(range(1, len(iterations) + 1))
        and loop.iteration == len(iterations)
        and all(entry.ended_at is not None for entry in loop.history[:-1])
        and all(note.iteration <= loop.iteration for note in loop.mentor_notes)
    )


LIVE = [after(*PROGRESS[:count]) for count in range(len(PROGRESS))]
OVER = [
    State(initial("run", at(0)).model_copy(update={"status": status}), 3)
    for status in sorted(ENDED)
]


def test_every_status_is_in_the_table() -> None:
    assert {state.loop.status for state in (*LIVE, *OVER)} == set(Status)


@pytest.mark.parametrize("place", range(len(LIVE)))
@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: type(event).__name__)
def test_each_live_state_takes_its_one_event_and_the_endings_and_refuses_the_rest(
    place: int, event: Event
) -> None:
    state = LIVE[place]
    if event is PROGRESS[place] or event in ENDINGS:
        following, effects = step(state, event)
        assert following != state
        assert work(effects) is effects[-1]
        assert consistent(following.loop)
    else:
        with pytest.raises(IllegalTransition) as raised:
            step(state, event)
        due = expected(state)
        assert due is not None
        for word in (type(event).__name__, state.loop.status, due.__name__):
            assert word in str(raised.value)


@pytest.mark.parametrize("state", OVER, ids=lambda state: state.loop.status)
@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: type(event).__name__)
def test_an_ended_loop_takes_late_events_without_a_change(state: State, event: Event) -> None:
    assert step(state, event) == (state, ())


def test_a_run_goes_from_student_to_mentor_to_a_fresh_student() -> None:
    state, did = new(), []
    for event in [
        *PROGRESS,
        SandboxReady(at(6)),
        StudentStarted(at(7)),
        StudentDone(at(8), completed()),
    ]:
        state, effects = step(state, event)
        did.append(work(effects))
    assert did == [
        OpenIteration(1),
        StartStudent(1),
        AwaitStudent(),
        StartMentor(1, asking()),
        AwaitMentor(),
        OpenIteration(2),
        StartStudent(2),
        AwaitStudent(),
        Close(Status.COMPLETED),
    ]
    assert [(note.iteration, note.question, note.answer) for note in state.loop.mentor_notes] == [
        (1, "What is missing?", "install make")
    ]
    assert [(h.iteration, h.started_at, h.ended_at) for h in state.loop.history] == [
        (1, at(0), at(5)),
        (2, at(5), at(8)),
    ]


def test_the_question_stands_in_the_state_while_the_mentor_works() -> None:
    assert after(*PROGRESS[:5]).loop.current_question == "What is missing?"
    assert after(*PROGRESS[:6]).loop.current_question is None


def test_the_last_question_still_gets_its_answer() -> None:
    asked = after(*PROGRESS[:4], maximum=1)
    assert asked.loop.status is Status.RUNNING_MENTOR
    state, effects = step(after(*PROGRESS[:5], maximum=1), PROGRESS[5])
    assert state.loop.status is Status.MAX_ITERATIONS
    assert state.loop.mentor_notes[0].answer == "install make"
    assert entries(effects) == [JournalEvent.MENTOR_OUTPUT, JournalEvent.LOOP_COMPLETE]


def test_a_student_that_cannot_complete_is_a_blocker() -> None:
    state = after(*PROGRESS[:3], StudentDone(at(3), giving_up()))
    assert state.loop.status is Status.BLOCKER


@pytest.mark.parametrize(
    ("resolvable", "action", "status"),
    [
        (False, None, Status.BLOCKER),
        (False, RemedyAction.SKIP, Status.STARTING),
        (True, None, Status.STARTING),
        (True, RemedyAction.BEFORE, Status.STARTING),
    ],
)
def test_only_an_unresolvable_answer_without_a_remedy_blocks(
    resolvable: bool, action: RemedyAction | None, status: Status
) -> None:
    done = MentorDone(at(5), answer(resolvable=resolvable, action=action))
    assert after(*PROGRESS[:5], done).loop.status is status


def test_asking_the_same_again_after_a_skip_ends_at_the_maximum() -> None:
    state, did = new(3), 0
    skip = answer(resolvable=False, action=RemedyAction.SKIP)
    round_trip = [*PROGRESS[1:5], MentorDone(at(5), skip)]
    state, _ = step(state, PROGRESS[0])
    while not state.loop.status.ended:
        state, _ = step(state, round_trip[did % len(round_trip)])
        did += 1
    assert state.loop.status is Status.MAX_ITERATIONS
    assert state.loop.iteration == 3


def test_a_fault_of_ours_is_told_and_kept() -> None:
    state, effects = step(LIVE[3], Failed(at(9), "the machine died"))
    assert state.loop.status is Status.ERROR
    assert state.loop.error_message == "the machine died"
    assert entries(effects) == [JournalEvent.ERROR, JournalEvent.LOOP_COMPLETE]


def test_every_way_out_is_told_and_closes_the_open_iteration() -> None:
    for state in LIVE:
        for event in ENDINGS:
            following, effects = step(state, event)
            assert entries(effects)[-1] is JournalEvent.LOOP_COMPLETE
            assert all(entry.ended_at is not None for entry in following.loop.history)


def test_a_timeout_says_what_was_under_way() -> None:
    _, effects = step(LIVE[3], WholeTimeout(at(9), silent=True))
    assert isinstance(effects[0], Record)
    assert "while the Student worked; its wrapper never called" in effects[0].entry.message


def test_a_long_answer_is_cut_at_two_thousand_tokens_with_a_mark() -> None:
    state, effects = step(LIVE[5], MentorDone(at(5), answer("x" * 9000)))
    kept = state.loop.mentor_notes[0].answer
    assert len(kept) == 8000
    assert kept.endswith("[cut at 2,000 tokens]")
    assert isinstance(effects[0], Record)
    assert effects[0].entry.mentor_result is not None
    assert effects[0].entry.mentor_result.mentor_output == kept
    assert cut_answer("y" * 8000) == "y" * 8000


def test_a_resumed_run_goes_on_after_the_last_finished_iteration() -> None:
    crashed = after(*PROGRESS, SandboxReady(at(6)), StudentStarted(at(7)))
    begin = State(rewound(crashed.loop, at(20)), 10)
    assert begin.loop.iteration == 1
    assert begin.loop.mentor_notes == crashed.loop.mentor_notes
    state, effects = step(begin, Begin(at(21)))
    assert work(effects) == OpenIteration(2)
    assert [entry.iteration for entry in state.loop.history] == [1, 2]


def test_a_crash_while_the_mentor_worked_does_the_iteration_again() -> None:
    begin = rewound(after(*PROGRESS[:5]).loop, at(20))
    assert (begin.iteration, begin.history, begin.current_question) == (0, (), None)


def test_a_resumed_run_that_has_no_iteration_left_ends_at_once() -> None:
    begin = State(rewound(after(*PROGRESS).loop, at(20)), 1)
    state, effects = step(begin, Begin(at(21)))
    assert state.loop.status is Status.MAX_ITERATIONS
    assert work(effects) == Close(Status.MAX_ITERATIONS)


def test_an_illegal_transition_survives_pickling() -> None:
    error = IllegalTransition("no", "hint")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.exit_code) == (IllegalTransition, "no", 70)


OUTPUTS = st.sampled_from([completed(), asking(), giving_up()])
ANSWERS = st.builds(
    answer,
    st.text(max_size=5),
    resolvable=st.booleans(),
    action=st.sampled_from([None, RemedyAction.SKIP, RemedyAction.BEFORE]),
)
EVENTS = st.one_of(
    st.sampled_from(
        [Begin(at(0)), SandboxReady(at(0)), StudentStarted(at(0)), MentorStarted(at(0))]
    ),
    st.builds(StudentDone, st.just(at(0)), OUTPUTS),
    st.builds(MentorDone, st.just(at(0)), ANSWERS),
    st.sampled_from(ENDINGS),
)


def check_laws(before: State, following: State, seen: LoopState) -> None:
    assert following.loop.iteration <= following.max_iterations
    assert following.loop.iteration - before.loop.iteration in {0, 1}
    notes = before.loop.mentor_notes
    assert following.loop.mentor_notes[: len(notes)] == notes
    assert consistent(following.loop)
    if seen.status.ended:
        assert following.loop == seen


@given(maximum=st.integers(1, 4), events=st.lists(EVENTS, max_size=60))
def test_whatever_happens_the_laws_hold(maximum: int, events: list[Event]) -> None:
    state = new(maximum)
    for event in events:
        before = state
        try:
            state, effects = step(state, event)
        except IllegalTransition:
            assert state == before
            continue
        check_laws(before, state, before.loop)
        assert bool(effects) is not before.loop.status.ended
        check_lines(effects)


def check_lines(effects: tuple[Effect, ...]) -> None:
    """A transition's lines end with the one that makes them count, and have no other such line."""
    last = {JournalEvent.STATUS, JournalEvent.LOOP_COMPLETE}
    assert [event in last for event in entries(effects)] == [
        *[False] * (len(entries(effects)) - 1),
        *[True] * bool(effects),
    ]


@given(maximum=st.integers(1, 5), data=st.data())
def test_every_run_of_legal_events_comes_to_an_end(maximum: int, data: st.DataObject) -> None:
    state, steps = new(maximum), 0
    while (due := expected(state)) is not None:
        event: Event
        if due is StudentDone:
            event = StudentDone(at(0), data.draw(OUTPUTS))
        elif due is MentorDone:
            event = MentorDone(at(0), data.draw(ANSWERS))
        else:
            event = next(event for event in PROGRESS if type(event) is due)
        before = state
        state, _ = step(state, event)
        check_laws(before, state, before.loop)
        steps += 1
    assert steps <= 1 + 5 * maximum
    assert step(replace(state), Failed(at(1), "late")) == (state, ())
