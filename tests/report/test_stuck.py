"""Where the Student was stuck, and whether the Mentor's fix was seen to work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smile.report.findings import find, severity_at_least
from smile.report.model import Gap
from smile.wire import (
    FixState,
    GapKind,
    Location,
    Origin,
    RemedyAction,
    Severity,
    Status,
    StepState,
    StudentOutput,
    StudentStatus,
)

from .example import NO_PROJECT, NO_UV, Story, whole_record


def stuck_on_uv(story: Story, *, remedy: tuple[str, ...] = ("pip install uv",)) -> Story:
    story.attempt().runs("uv sync", step=0, line=6, code=127, output=NO_UV)
    story.stuck("uv sync", step=0, line=6, output=NO_UV, code=127)
    return story.answered(line=6, title="`uv` is not installed", remedy=remedy)


def only(story: Story, status: Status = Status.COMPLETED) -> Gap:
    gaps = [gap for gap in find(story.record(status)).gaps if gap.evidence.iteration > 0]
    assert len(gaps) == 1, gaps
    return gaps[0]


def test_a_gap_got_past_with_the_remedy_is_major_and_its_fix_verified() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("pip install uv", step=0, line=6, origin=Origin.NOTE)
    story.runs("uv sync", step=0, line=6).ends(0, 6, StepState.FOLLOWED).completes()

    gap = only(story)

    assert (gap.severity, gap.fix) == (Severity.MAJOR, FixState.VERIFIED)
    assert gap.location.quote == "uv sync"
    assert gap.evidence.command == "uv sync"
    assert gap.evidence.exit_code == 127
    assert gap.evidence.lines == (NO_UV,)


def test_later_steps_show_that_the_place_was_got_past() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("python3 hello.py", step=1, line=12)

    assert only(story, Status.STOPPED).fix is FixState.VERIFIED


def test_a_command_that_ends_as_wanted_verifies_though_its_step_fails_later() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("uv sync", step=0, line=6, code=0).ends(0, 6, StepState.FAILED)

    assert only(story, Status.STOPPED).fix is FixState.VERIFIED


def test_the_same_failure_again_without_a_new_answer_makes_the_fix_failed_and_the_gap_critical() -> (
    None
):
    story = stuck_on_uv(Story())
    story.attempt().runs("uv sync", step=0, line=6, code=127, output=NO_UV)
    story.stuck(
        "uv sync",
        step=0,
        line=6,
        output="bash: line 9: uv: command not found",
        code=127,
        status=StudentStatus.CANNOT_COMPLETE,
    )

    gap = only(story, Status.BLOCKER)

    assert (gap.severity, gap.fix) == (Severity.CRITICAL, FixState.FAILED)
    assert gap.title == "`uv` is not installed"


def test_a_later_diagnosis_of_the_same_failure_supersedes_the_earlier_one() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("uv sync", step=0, line=6, code=127, output=NO_UV)
    story.stuck("uv sync", step=0, line=6, output=NO_UV, code=127)
    story.answered(
        line=6, title="`uv` is not on PATH", fix="Use pipx.", remedy=("pipx install uv",)
    )
    story.attempt().ends(0, 6, StepState.FOLLOWED).completes()

    gap = only(story)

    assert (gap.title, gap.suggested_fix) == ("`uv` is not on PATH", "Use pipx.")
    assert (gap.severity, gap.fix) == (Severity.MAJOR, FixState.VERIFIED)
    assert gap.evidence.iteration == 2


def test_the_same_answer_once_more_was_already_seen_to_fail() -> None:
    story = stuck_on_uv(stuck_on_uv(Story()))

    assert only(story, Status.MAX_ITERATIONS).fix is FixState.FAILED


def test_different_failures_of_one_command_stay_separate_gaps() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("uv sync", step=0, line=6, code=2, output=NO_PROJECT)
    story.stuck("uv sync", step=0, line=6, output=NO_PROJECT, code=2)
    story.answered(line=6, title="No project", kind=GapKind.MISSING_FILE, remedy=("uv init",))
    story.attempt().ends(0, 6, StepState.FOLLOWED).completes()

    gaps = find(story.record()).gaps

    assert [gap.title for gap in gaps[:2]] == ["`uv` is not installed", "No project"]
    assert {gap.fix for gap in gaps[:2]} == {FixState.VERIFIED}


def test_a_failure_that_gave_way_to_another_one_is_major_but_its_fix_not_verified() -> None:
    story = stuck_on_uv(Story())
    story.attempt().runs("uv sync", step=0, line=6, code=2, output=NO_PROJECT)
    story.stuck("uv sync", step=0, line=6, output=NO_PROJECT, code=2)
    story.answered(line=6, title="No project", resolvable=False)

    first, second, *_ = find(story.record(Status.BLOCKER)).gaps

    assert (second.severity, second.fix) == (Severity.MAJOR, FixState.UNVERIFIED)
    assert first.severity is Severity.CRITICAL, "same line: the critical one stands first"


def test_the_last_question_with_a_remedy_never_tried_is_major_and_unverified() -> None:
    gap = only(stuck_on_uv(Story()), Status.MAX_ITERATIONS)

    assert (gap.severity, gap.fix) == (Severity.MAJOR, FixState.UNVERIFIED)


def test_the_last_question_without_a_remedy_is_critical() -> None:
    gap = only(stuck_on_uv(Story(), remedy=()), Status.MAX_ITERATIONS)

    assert gap.severity is Severity.CRITICAL


def test_an_unresolvable_answer_is_critical() -> None:
    story = Story().attempt().stuck("uv sync", step=0, line=6, output=NO_UV)
    story.answered(line=6, title="No such program", resolvable=False)

    assert only(story, Status.BLOCKER).severity is Severity.CRITICAL


def test_a_command_left_out_on_advice_was_not_got_past() -> None:
    story = Story().attempt().stuck("uv sync", step=0, line=6, output=NO_UV)
    story.answered(line=6, title="No such program", action=RemedyAction.SKIP)
    story.attempt().ends(0, 6, StepState.SKIPPED).runs("python3 hello.py", step=1, line=12)

    gap = only(story, Status.BLOCKER)

    assert (gap.severity, gap.fix) == (Severity.CRITICAL, FixState.UNVERIFIED)


def test_a_remedy_that_fails_itself_is_no_gap_of_the_tutorial() -> None:
    story = stuck_on_uv(Story())
    refused = "error: externally-managed-environment"
    story.attempt().runs(
        "pip install uv", step=0, line=6, code=1, output=refused, origin=Origin.NOTE
    )
    story.stuck("pip install uv", step=0, line=6, output=refused)
    story.answered(
        line=6, title="pip is managed", fix="Make a venv.", remedy=("python3 -m venv v",)
    )
    story.attempt().ends(0, 6, StepState.FOLLOWED).completes()

    gap = only(story)

    assert gap.title == "`uv` is not installed"
    assert gap.evidence.lines == (NO_UV,)
    assert gap.suggested_fix == "Make a venv.\n\nInstall it first."
    assert gap.fix is FixState.VERIFIED


def test_what_replaces_a_command_and_fails_otherwise_is_another_gap() -> None:
    story = Story().attempt()
    story.stuck("python hello.py", step=1, line=12, output="python: command not found", code=127)
    story.answered(
        line=12,
        title="`python` is `python3`",
        remedy=("python3 hello.py",),
        action=RemedyAction.REPLACE,
    )
    no_flask = "ModuleNotFoundError: No module named 'flask'"
    story.attempt().runs(
        "python3 hello.py", step=1, line=12, code=1, output=no_flask, origin=Origin.NOTE
    )
    story.stuck("python3 hello.py", step=1, line=12, output=no_flask)
    story.answered(line=12, title="flask is not installed", remedy=("pip install flask",))
    story.attempt().ends(1, 12, StepState.FOLLOWED).completes()

    gaps = [gap for gap in find(story.record()).gaps if gap.location.line_number == 12]

    assert [gap.title for gap in gaps] == ["`python` is `python3`", "flask is not installed"]
    assert {gap.fix for gap in gaps} == {FixState.VERIFIED}


def test_a_doubtful_failure_is_set_aside_with_its_reason() -> None:
    story = Story().attempt()
    doubt = (Location(line=18, end_line=18),)
    story.stuck("uv sync", step=0, line=6, output=NO_UV, doubtful=doubt)
    story.answered(line=6, title="`uv` is not installed", remedy=("pip install uv",))

    found = find(story.record(Status.MAX_ITERATIONS))

    assert [gap.kind for gap in found.gaps] == [GapKind.MISSING_FILE]
    (aside,) = found.set_aside
    assert aside.reason == "It may come from a step that SMILE did not follow: line 18."
    assert aside.evidence.lines == (NO_UV,)


def test_a_question_that_was_never_answered_is_set_aside() -> None:
    story = Story().attempt().stuck("uv sync", step=0, line=6, output=NO_UV)

    found = find(story.record(Status.TIMEOUT))

    assert [aside.reason for aside in found.set_aside] == [
        "The run ended before the Mentor answered."
    ]


def test_an_answer_in_plain_text_makes_a_gap_in_the_students_words() -> None:
    story = Story().attempt().stuck("uv sync", step=0, line=6, output=NO_UV, code=127)
    story.answered(line=6, title="", fix="Install uv.", diagnosed=False)
    story.attempt().ends(0, 6, StepState.FOLLOWED).completes()

    gap = only(story)

    assert gap.title == "`uv sync` fails"
    assert gap.kind is GapKind.BROKEN_COMMAND
    assert (gap.suggested_fix, gap.fix) == ("Install uv.", FixState.VERIFIED)


def test_a_student_told_to_stop_has_found_no_gap() -> None:
    story = Story().attempt()
    story.entries.append(
        story.entries[-1].model_copy(
            update={
                "event": "student_output",
                "student_output": StudentOutput(
                    status=StudentStatus.CANNOT_COMPLETE,
                    current_step="step 1 of 4",
                    attempted_actions=(),
                    summary="Stopped by the orchestrator",
                    reason="stopped",
                ),
            }
        )
    )

    stopped, blocked = (
        find(story.record(status)).gaps for status in (Status.STOPPED, Status.BLOCKER)
    )

    assert [gap.kind for gap in stopped] == [GapKind.MISSING_FILE]
    assert [gap.severity for gap in blocked] == [Severity.CRITICAL, Severity.MINOR]


def test_an_iteration_that_began_anew_after_a_crash_counts_once() -> None:
    story = stuck_on_uv(Story())
    story.attempt().asked("uv sync", "Really?", step=0, line=6)
    story.iteration -= 1
    story.attempt().runs("uv sync", step=0, line=6).ends(0, 6, StepState.FOLLOWED).completes()

    assert only(story).fix is FixState.VERIFIED


@pytest.mark.parametrize(
    ("level", "count"), [("minor", 5), ("major", 2), ("critical", 0), ("never", 0)]
)
def test_fail_on_counts_the_gaps_at_or_above_its_level(level: str, count: int) -> None:
    gaps = find(whole_record()).gaps

    assert len(severity_at_least(gaps, level)) == count  # type: ignore[arg-type]


def test_ids_follow_the_lines() -> None:
    gaps = find(whole_record()).gaps

    assert [gap.id for gap in gaps] == [f"gap-{number}" for number in range(1, 6)]
    lines = [gap.location.line_number for gap in gaps]
    assert lines == sorted(lines)


def test_what_the_tutorial_is_not_to_blame_for_is_set_aside() -> None:
    story = stuck_on_uv(Story())
    answered = story.record(Status.BLOCKER)
    entries = tuple(
        e.model_copy(
            update={
                "mentor_result": e.mentor_result.model_copy(
                    update={"diagnosis": None, "not_a_gap": "The network failed."}
                )
            }
        )
        if e.mentor_result
        else e
        for e in answered.entries
    )

    found = find(replace(answered, entries=entries))

    assert [gap for gap in found.gaps if gap.evidence.iteration > 0] == []
    assert [aside.reason for aside in found.set_aside] == ["The network failed."]
