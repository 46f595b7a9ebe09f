"""Whoever watches is told what ``smile run`` tells."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.cli.test_progress import (
    Board,
    answered,
    began,
    followed,
    ran,
    stuck,
    watching,
)
from tests.loop.host import a_run
from tests.loop.outputs import at
from tests.loop.test_runner import ASK_THEN_COMPLETE

from smile.cli.retold import Ended, Retold, ended
from smile.loop.messages import enveloped, message_of
from smile.loop.state import initial
from smile.wire import JournalEntry, LoopState, Status, UnderWay
from smile.wire.events import ConnectedPayload, LoopCompletePayload

STORY = (
    began(1),
    ran(),
    stuck(),
    answered("Install uv"),
    began(2),
    ran("uv sync"),
    followed(11, 14),
)


def lines(entries: list[JournalEntry]) -> list[str]:
    board = Board()
    watcher = watching(board, logging.DEBUG)
    for entry in entries:
        watcher.entry(entry)
    return board.lines


def told(retold: Retold, text: str) -> list[JournalEntry]:
    message = json.loads(text)
    return list(retold.entries(message["event"], message["payload"]))


def test_the_lines_are_the_same_on_both_sides() -> None:
    retold = Retold()
    messages = [message for entry in STORY if (message := message_of(entry)) is not None]
    there = [entry for message in messages for entry in told(retold, message.text)]
    assert lines(there) == lines(list(STORY))
    assert len(lines(there)) == len(STORY)


async def test_who_comes_late_is_told_of_the_iterations_before_and_of_nothing_twice(
    tmp_path: Path,
) -> None:
    async with a_run(tmp_path, ASK_THEN_COMPLETE) as run:
        state = await run.go()
    shown = [entry for entry in run.entries if entry.observation is None]
    retold = Retold()
    connected = enveloped("connected", ConnectedPayload(state=state).to_json())
    assert lines(told(retold, connected)) == lines(shown)
    assert told(retold, connected) == []
    again = [message.text for entry in shown if (message := message_of(entry)) is not None]
    assert [entry for text in again for entry in told(retold, text)] == []


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.ERROR, Status.STARTING])
def test_a_state_tells_when_the_loop_is_over(status: Status) -> None:
    state: LoopState = initial("run1", at(0)).model_copy(update={"status": status, "iteration": 2})
    payload = json.loads(ConnectedPayload(state=state).to_json())
    assert ended("connected", payload) == (Ended(status, 2, "") if status.ended else None)


def test_the_end_tells_what_was_under_way() -> None:
    under_way = UnderWay(
        timestamp=at(0), iteration=1, step=0, line=5, end_line=5, kind="command", text="sleep 40",
        seconds=4,
    )  # fmt: skip
    told = "`sleep 40` (line 5) was still running after 4.0 s"
    complete = LoopCompletePayload(
        status=Status.TIMEOUT, summary="over", iterations=1, timestamp=at(0), under_way=under_way
    )
    end = Ended(Status.TIMEOUT, 1, "over", told)
    assert ended("loop_complete", json.loads(complete.to_json())) == end
    state = initial("run1", at(0)).model_copy(
        update={"status": Status.STOPPED, "iteration": 1, "under_way": under_way}
    )
    late = ended("connected", json.loads(ConnectedPayload(state=state).to_json()))
    assert late == Ended(Status.STOPPED, 1, "", told)
