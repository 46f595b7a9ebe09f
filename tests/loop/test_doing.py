"""What was begun and has not ended: the law behind what a report calls under way."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.loop.outputs import at

from smile.loop.doing import Doing
from smile.wire import (
    CommandBegan,
    CommandOutcome,
    CommandRan,
    Observation,
    Origin,
    StepBegan,
    StepEnded,
    StepState,
)


def place(line: int) -> dict[str, Any]:
    return {"timestamp": at(0), "iteration": 1, "step": line // 3, "line": line, "end_line": line}


def begins(line: int) -> StepBegan:
    return StepBegan(**place(line), kind="run", text=f"first of {line}")


def ends(line: int) -> StepEnded:
    return StepEnded(**place(line), kind="run", state=StepState.FOLLOWED)


def typed(line: int) -> CommandBegan:
    return CommandBegan(**place(line), text=f"do {line}", cwd="/", origin=Origin.NOTE, terminal=2)


def ran(line: int) -> CommandRan:
    return CommandRan(**place(line), text=f"do {line}", cwd="/", outcome=CommandOutcome.EXITED)


def after(*seen: Observation) -> Doing:
    """All of them heard one second apart, from 1."""
    return reduce(lambda doing, each: doing.after(each[1], each[0]), enumerate(seen, 1), Doing())


whole_steps = st.builds(
    lambda line, commands: [
        begins(line),
        *(each for n in range(commands) for each in (typed(line + n), ran(line + n))),
        ends(line),
    ],
    st.integers(1, 50),
    st.integers(0, 3),
)


@given(st.lists(whole_steps, max_size=5), st.integers(1, 50))
def test_what_ended_is_not_under_way_and_what_began_last_is(
    before: list[list[Observation]], line: int
) -> None:
    past = [seen for step in before for seen in step]
    moment = len(past)
    assert after(*past).under_way(moment + 9) is None

    step = after(*past, begins(line)).under_way(moment + 9)
    assert step is not None
    assert (step.kind, step.text, step.line, step.seconds) == ("run", f"first of {line}", line, 8)

    command = after(*past, begins(line), typed(line)).under_way(moment + 9)
    assert command is not None
    assert (command.kind, command.text, command.seconds) == ("command", f"do {line}", 7)
    assert (command.cwd, command.origin, command.terminal) == ("/", Origin.NOTE, 2)

    between = after(*past, begins(line), typed(line), ran(line)).under_way(moment + 9)
    assert between == step


def test_a_sentence_names_the_command_with_its_line_and_stays_one_line() -> None:
    long = typed(4).model_copy(update={"text": f"cat > a <<EOT\n{'x' * 500}\nEOT"})
    told = after(begins(3), long).under_way(5.04)
    assert told is not None
    assert told.sentence == "`cat > a <<EOT …` (line 4) was still running after 3.0 s"
    wide = after(typed(4).model_copy(update={"text": "y" * 500})).under_way(2)
    assert wide is not None
    assert wide.sentence == f"`{'y' * 80} …` (line 4) was still running after 1.0 s"
    waits = after(begins(3)).under_way(3)
    assert waits is not None
    assert waits.sentence == "`first of 3` (line 3) was not done after 2.0 s"
