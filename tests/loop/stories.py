"""Runs as they may go, crashes included: what was written at once, and the state after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st
from tests.loop.outputs import answer, asking, at, command, completed, giving_up

from smile.loop.events import (
    Begin,
    Event,
    Failed,
    MentorDone,
    MentorStarted,
    Record,
    SandboxReady,
    Stopped,
    StudentDone,
    StudentStarted,
    WholeTimeout,
)
from smile.loop.machine import expected, step
from smile.loop.state import State, initial, rewound
from smile.wire import JournalEntry, JournalEvent, LoopState, RemedyAction, RunIdentity

IDENTITY = RunIdentity(run_id="run", tutorial_digest="t", config_digest="c")

OUTPUTS = st.sampled_from([completed(), asking(), asking("Another?"), giving_up()])
ANSWERS = st.builds(
    answer,
    st.text(max_size=5),
    resolvable=st.booleans(),
    action=st.sampled_from([None, RemedyAction.SKIP, RemedyAction.BEFORE]),
)


@dataclass(frozen=True, slots=True)
class Written:
    """Entries that went to the journal in one go, and the state that the machine was in then."""

    entries: tuple[JournalEntry, ...]
    state: LoopState


def entry(
    event: JournalEvent, iteration: int = 0, second: float = 0, **fields: object
) -> JournalEntry:
    """Any entry."""
    return JournalEntry(timestamp=at(second), event=event, iteration=iteration, **fields)  # type: ignore[arg-type]


def transition(state: State, event: Event) -> tuple[State, tuple[JournalEntry, ...]]:
    """What the machine makes of an event, and what it wants recorded."""
    following, effects = step(state, event)
    return following, tuple(effect.entry for effect in effects if isinstance(effect, Record))


@st.composite
def stories(draw: st.DrawFn, *, most: int = 40) -> list[Written]:
    """A run of up to three iterations: it may end in any way, and be cut short anywhere."""
    state = State(initial("run", at(0), tutorial="t", config="c"), draw(st.integers(1, 3)))
    begun = entry(JournalEvent.RUN_START, identity=IDENTITY)
    story = [Written((begun,), state.loop)]
    for second in range(1, 1 + draw(st.integers(0, most))):
        if state.loop.status.ended:
            break
        entries: tuple[JournalEntry, ...]
        match draw(st.sampled_from(["goes on"] * 10 + ["is seen", "crashes", "ends"])):
            case "goes on":
                state, entries = transition(state, draw(_next(state, second)))
            case "is seen":
                seen = command(max(1, state.loop.iteration), second=second)
                observed = entry(
                    JournalEvent.OBSERVATION, state.loop.iteration, second, observation=seen
                )
                entries = (observed, observed)
            case "crashes":
                state = replace(state, loop=rewound(state.loop, at(second)))
                entries = (entry(JournalEvent.RUN_START, state.loop.iteration, second),)
            case _:
                state, entries = transition(state, draw(_end(second)))
        story.append(Written(entries, state.loop))
    return story


def _next(state: State, second: float) -> st.SearchStrategy[Event]:
    """The event that takes the state further."""
    now = st.just(at(second))
    due = expected(state)
    if due is StudentDone:
        return st.builds(StudentDone, now, OUTPUTS)
    if due is MentorDone:
        return st.builds(MentorDone, now, ANSWERS)
    plain = {kind: kind for kind in (Begin, SandboxReady, StudentStarted, MentorStarted)}
    assert due in plain
    return st.builds(plain[due], now)


def _end(second: float) -> st.SearchStrategy[Event]:
    now = at(second)
    return st.sampled_from(
        [
            WholeTimeout(now),
            WholeTimeout(now, silent=True),
            Stopped(now, "enough"),
            Failed(now, "no"),
        ]
    )
