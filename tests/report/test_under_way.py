"""What was cut short by the end of a run is told as that, and never as a gap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smile.report import audit, markdown
from smile.report.build import build
from smile.report.record import RunRecord
from smile.wire import (
    CommandOutcome,
    JournalEntry,
    JournalEvent,
    Origin,
    Status,
    StepState,
    UnderWay,
)

from .example import BEGIN, TUTORIAL, Story

PICTURELESS = replace(TUTORIAL, images=())
HANGS = UnderWay(
    timestamp=BEGIN, iteration=1, step=1, line=12, end_line=12, kind="command",
    text="python3 hello.py", cwd="/workspace/work", origin=Origin.TUTORIAL, seconds=7.04,
)  # fmt: skip


def cut_short(story: Story, status: Status, **changes: Any) -> RunRecord:
    record = story.record(status)
    under_way = HANGS.model_copy(update=changes)
    end = JournalEntry(
        timestamp=record.state.updated_at,
        event=JournalEvent.LOOP_COMPLETE,
        iteration=1,
        status=status,
        message="it was over",
        under_way=under_way,
    )
    state = record.state.model_copy(update={"under_way": under_way})
    return replace(record, state=state, entries=(*record.entries, end))


def begun() -> Story:
    story = Story(tutorial=PICTURELESS).attempt()
    return story.runs("uv sync", step=0, line=6).ends(0, 6, StepState.FOLLOWED)


@pytest.mark.parametrize("status", [Status.TIMEOUT, Status.STOPPED, Status.ERROR])
def test_a_command_that_was_running_is_named_everywhere_and_is_no_gap(status: Status) -> None:
    record = cut_short(begun(), status)
    report = build(record)

    assert (report.gaps, report.set_aside, report.not_followed) == ((), (), ())
    steps = report.summary.steps
    assert (steps.total, steps.followed, steps.unfinished, steps.unobserved) == (4, 1, 1, 2)
    told = "`python3 hello.py` (line 12) was still running after 7.0 s"
    assert report.summary.under_way is not None
    assert report.summary.under_way.told == told
    *_, last = report.audit_trail.commands
    assert (last.command, last.outcome, last.exit_code, last.output, last.seconds) == (
        "python3 hello.py", CommandOutcome.STOPPED, None, "", 7.04,
    )  # fmt: skip
    assert report.timeline[-1].details.endswith(f"it was over; {told}")
    shown = markdown.render(report)
    assert f"**Under way at the end:** {told}." in shown
    assert "1 cut short by the end of the run" in shown
    assert "line 12  $ python3 hello.py  -> under way when the run ended (7.0 s)" in audit.render(
        record
    )


def test_a_step_without_a_running_command_is_told_and_no_command_is_made_up() -> None:
    waits = {"kind": "visit", "text": "open http://localhost:8000"}
    report = build(cut_short(begun(), Status.STOPPED, **waits))

    assert report.summary.under_way is not None
    told = "`open http://localhost:8000` (line 12) was not done after 7.0 s"
    assert report.summary.under_way.told == told
    assert [ran.command for ran in report.audit_trail.commands] == ["uv sync"]
    assert report.summary.steps.unfinished == 1


def test_a_step_that_ended_in_an_earlier_iteration_counts_as_it_ended() -> None:
    story = begun().ends(1, 12, StepState.FAILED)
    story.attempt().ends(0, 6, StepState.FOLLOWED)
    steps = build(cut_short(story, Status.STOPPED, iteration=2)).summary.steps

    assert (steps.followed, steps.failed, steps.unfinished, steps.unobserved) == (1, 1, 0, 2)


def test_what_it_is_can_not_change_the_structure_of_the_report() -> None:
    report = build(cut_short(begun(), Status.STOPPED, text="`a` | b\n# c\x1b[31m"))
    shown = markdown.render(report)

    assert "\n# c" not in shown
    assert "\x1b" not in shown
    rows = [line for line in shown.splitlines() if line.startswith("| 1 | 12 |")]
    assert len(rows) == 1
