from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.loop.outputs import answer, asking
from tests.loop.stories import Written, entry, stories

from smile.errors import StateError
from smile.loop.replay import replay
from smile.wire import JournalEntry, JournalEvent, Status


@settings(deadline=None)
@given(story=stories())
def test_whatever_happened_the_journal_gives_the_state_that_the_machine_was_in(
    story: list[Written],
) -> None:
    entries: list[JournalEntry] = []
    for written in story:
        entries += written.entries
        assert replay(entries) == written.state


def test_no_entries_are_no_run() -> None:
    assert replay(()) is None


def test_the_clock_is_that_of_the_last_entry_that_tells_it(
    story_of_one: list[JournalEntry],
) -> None:
    told = [
        each.model_copy(update={"seconds_used": 1.5 * n}) for n, each in enumerate(story_of_one)
    ]
    state = replay([*told, entry(JournalEvent.RUN_START, 0)])
    assert state is not None
    assert state.seconds_used == 1.5 * (len(told) - 1)
    assert state.status is Status.STARTING


@pytest.fixture
def story_of_one() -> list[JournalEntry]:
    from tests.loop.stories import IDENTITY

    return [
        entry(JournalEvent.RUN_START, identity=IDENTITY),
        entry(JournalEvent.ITERATION_START, 1),
        entry(JournalEvent.STATUS, 1, status=Status.STARTING),
    ]


@pytest.mark.parametrize(
    "impossible",
    [
        entry(JournalEvent.ITERATION_START, 1),
        entry(JournalEvent.ITERATION_START, 3),
        entry(JournalEvent.MENTOR_OUTPUT, 1, mentor_result=answer()),
    ],
    ids=lambda each: f"{each.event}-{each.iteration}",
)
def test_what_can_not_have_happened_is_an_error(
    story_of_one: list[JournalEntry], impossible: JournalEntry
) -> None:
    ended = entry(JournalEvent.LOOP_COMPLETE, 1, status=Status.TIMEOUT)
    with pytest.raises(StateError, match=f"{impossible.event} of iteration"):
        replay([*story_of_one, ended, impossible])


def test_a_journal_that_does_not_say_whose_it_is_is_an_error() -> None:
    with pytest.raises(StateError, match="belongs to no run"):
        replay([entry(JournalEvent.STUDENT_OUTPUT, 1, student_output=asking())])
