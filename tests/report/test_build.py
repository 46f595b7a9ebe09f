"""The report's own fields."""

from __future__ import annotations

from dataclasses import replace

from smile.report.build import build
from smile.tutorial.model import Tutorial
from smile.wire import GapKind, JournalEvent, Status, StepState

from .example import TUTORIAL, Story, whole_record


def test_the_summary_says_what_ran_where() -> None:
    summary = build(whole_record()).summary

    assert summary.status is Status.COMPLETED
    assert (summary.iterations, summary.duration_seconds) == (3, 41.5)
    assert (summary.sandbox.engine, summary.sandbox.image) == ("docker", "debian:bookworm-slim")
    assert summary.sandbox.notes[-1].startswith("A CA bundle")
    assert summary.provider_reason == "no key of a model service was found"
    assert summary.note == "completed, 1 step not followed"


def test_a_tutorial_without_a_step_to_do_needs_no_actions() -> None:
    tutorial = Tutorial(name="About", path="about.md", text="Just words.\n")
    story = Story(tutorial=tutorial).attempt().completes()

    assert build(story.record()).summary.note == "no actions required"


def test_a_completion_that_nothing_bears_out_is_told_as_a_claim() -> None:
    note = build(Story().attempt().completes().record()).summary.note

    assert note.startswith("completed by the Student's word only")


def test_the_timeline_holds_the_turns_and_always_an_end() -> None:
    timeline = build(whole_record()).timeline

    assert [entry.event for entry in timeline] == [
        JournalEvent.ITERATION_START,
        JournalEvent.STUDENT_OUTPUT,
        JournalEvent.MENTOR_OUTPUT,
        JournalEvent.ITERATION_START,
        JournalEvent.STUDENT_OUTPUT,
        JournalEvent.MENTOR_OUTPUT,
        JournalEvent.ITERATION_START,
        JournalEvent.STUDENT_OUTPUT,
        JournalEvent.LOOP_COMPLETE,
    ]


def test_the_audit_trail_holds_what_was_seen() -> None:
    trail = build(whole_record()).audit_trail

    assert len(trail.commands) == 8
    assert trail.commands[0].exit_code == 127
    assert [file.path for file in trail.files] == ["/workspace/work/uv.lock"]
    assert [call.prompt_tokens for call in trail.llm_calls] == [1200]


def test_several_prerequisites_make_one_section_to_paste_at_the_top() -> None:
    story = Story(tutorial=replace(TUTORIAL, images=()))
    for line, tool in ((6, "uv"), (12, "jq")):
        story.attempt().stuck(
            f"{tool} x", step=0, line=line, output=f"bash: {tool}: command not found", code=127
        )
        story.answered(line=line, title="t", fix=f"Install {tool}.", remedy=(f"apt {tool}",))

    (recommendation,) = build(story.record(Status.MAX_ITERATIONS)).recommendations

    assert recommendation.category is GapKind.MISSING_PREREQUISITE
    assert recommendation.priority == "medium"
    assert recommendation.description == (
        "List the prerequisites at the top: `uv` (line 6); `jq` (line 12)"
    )
    assert "You need:\n\n- `uv`\n\n  Install uv.\n\n- `jq`\n\n  Install jq." in recommendation.text
    assert recommendation.gaps == ("gap-1", "gap-2")


def test_no_gap_no_recommendation() -> None:
    story = Story(tutorial=replace(TUTORIAL, images=())).attempt().ends(0, 6, StepState.FOLLOWED)

    assert build(story.completes().record()).recommendations == ()
