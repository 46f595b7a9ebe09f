from __future__ import annotations

import json

from tests.loop.outputs import answer, asking, at, command

from smile.loop.messages import LARGEST, Message, message_of
from smile.wire import JournalEntry, JournalEvent, Location, OutputDiffered, Status, Trigger


def test_a_message_has_a_bound_whatever_the_sandbox_posts() -> None:
    huge = command(text="ü\\" * 100_000)
    message = Message("observation", huge, throttled=True)
    assert len(message.text) < LARGEST
    payload = json.loads(message.text)["payload"]
    assert huge.text.startswith(payload["text"][:-1])
    assert payload["text"].endswith("…")


def test_a_brief_message_is_the_same_without_long_texts() -> None:
    differed = OutputDiffered(
        timestamp=at(0), iteration=1, step=0, line=1, end_line=1, command="seq 9",
        expected="x" * 1000, actual="y", missing=("z" * 1000,) * 20,
    )  # fmt: skip
    message = Message("observation", differed, throttled=True)
    whole, brief = json.loads(message.body), json.loads(message.brief)
    assert len(brief["expected"]) == 301
    assert [len(each) for each in brief["missing"]] == [301] * 10
    changed = {"expected", "missing"}
    assert {k: v for k, v in brief.items() if k not in changed} == {
        k: v for k, v in whole.items() if k not in changed
    }


def test_journal_entries_become_the_published_events() -> None:
    def told_of(event: JournalEvent, **fields: object) -> tuple[str, dict[str, object]] | None:
        entry = JournalEntry(timestamp=at(0), event=event, iteration=2, **fields)  # type: ignore[arg-type]
        message = message_of(entry)
        return (message.event, json.loads(message.body)) if message else None

    when = {"timestamp": "2030-01-01T00:00:00Z"}
    assert told_of(JournalEvent.ITERATION_START) == ("iteration_start", {"iteration": 2, **when})
    output = asking().model_copy(
        update={
            "problem": "make: not found",
            "trigger": Trigger.MISSING_DEPENDENCY,
            "location": Location(line=3, end_line=3, quote="make"),
        }
    )
    assert told_of(JournalEvent.STUDENT_OUTPUT, student_output=output) == (
        "student_output",
        {
            "status": "ask_mentor",
            "summary": "stuck",
            "currentStep": "2",
            "iteration": 2,
            "problem": "make: not found",
            "questionForMentor": "What is missing?",
            "trigger": "missing_dependency",
            "location": {"line": 3, "endLine": 3, "quote": "make"},
            **when,
        },
    )
    assert told_of(JournalEvent.MENTOR_OUTPUT, mentor_result=answer()) == (
        "mentor_output",
        {"notes": "install make", "iteration": 2, **when},
    )
    assert told_of(JournalEvent.ERROR, message="boom") == ("error", {"message": "boom", **when})
    assert told_of(JournalEvent.LOOP_COMPLETE, status=Status.BLOCKER, message="no way") == (
        "loop_complete",
        {"status": "blocker", "summary": "no way", "iterations": 2, **when},
    )
    observation = told_of(JournalEvent.OBSERVATION, observation=command(2))
    assert observation is not None
    assert observation[1]["exitCode"] == 0
    assert told_of(JournalEvent.STATUS, status=Status.STARTING) is None
