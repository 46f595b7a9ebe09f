"""What the Student got past alone, and what became of the steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smile.report.findings import find
from smile.report.model import Gap
from smile.report.unattended import unattended
from smile.tutorial.model import Tutorial
from smile.tutorial.parse import parse
from smile.wire import GapKind, Improvised, Origin, Requested, Severity, StepState

from .example import BEGIN, TUTORIAL, Story

WITHOUT_IMAGES = replace(TUTORIAL, images=())


def told() -> Story:
    return Story(tutorial=WITHOUT_IMAGES)


def gaps_of(story: Story) -> tuple[Gap, ...]:
    return find(story.record()).gaps


def test_a_question_the_text_does_not_speak_of_is_a_minor_gap_with_the_command_that_does_not_ask() -> (
    None
):
    story = told().attempt().runs("apt install jq", step=2, line=16)
    story.asked("apt install jq", "Do you want to continue? [Y/n]", step=2, line=16)

    (gap,) = gaps_of(story)

    assert (gap.kind, gap.severity) == (GapKind.INTERACTIVE_PROMPT, Severity.MINOR)
    assert "Do you want to continue? [Y/n]" in gap.problem
    assert gap.suggested_fix == "```sh\napt install -y jq\n```"
    assert gap.evidence.exit_code == 0


def test_a_question_that_no_option_answers_is_told_with_its_answer() -> None:
    story = told().attempt().asked("npm create app", "Project name:", step=2, line=16)

    (gap,) = gaps_of(story)

    assert "- `Project name:`: answer `y`" in gap.suggested_fix


def test_many_questions_of_one_command_in_many_iterations_are_one_gap() -> None:
    story = told()
    for question in ("Name?", "Version?"):
        story.attempt()
        for text in ("License?", question):
            story.asked("tool setup", text, step=2, line=16)

    (gap,) = gaps_of(story)

    assert gap.evidence.iteration == 2
    assert gap.evidence.lines == ("License?", "Version?")


def test_questions_that_the_text_mentions_or_that_a_remedy_asks_are_no_gap() -> None:
    story = told().attempt().asked("apt install jq", "Continue?", step=2, line=16, mentioned=True)
    story.runs("apt install uv", step=0, line=6, origin=Origin.NOTE)
    story.asked("apt install uv", "Continue?", step=0, line=6)

    assert gaps_of(story) == ()


def test_another_output_is_a_minor_gap_at_the_lines_that_show_it_with_a_diff() -> None:
    story = told().attempt().runs("python3 hello.py", step=1, line=12)
    story.differs("python3 hello.py", step=1, line=12, expected="Hello World", actual="Hi\nyou")

    (gap,) = gaps_of(story)

    assert gap.location.quote == "Hello World"
    assert gap.evidence.format == "diff"
    assert gap.evidence.lines[-3:] == ("-Hello World", "+Hi", "+you")
    assert gap.suggested_fix == "```text\nHi\nyou\n```"


def test_an_output_that_was_right_in_a_later_iteration_came_from_another_gap() -> None:
    story = told().attempt().runs("python3 hello.py", step=1, line=12)
    story.differs("python3 hello.py", step=1, line=12, expected="Hello World", actual="Hi")
    story.attempt().runs("python3 hello.py", step=1, line=12).ends(1, 12, StepState.FOLLOWED)

    assert gaps_of(story) == ()


def test_a_long_diff_is_cut_with_a_note() -> None:
    story = told().attempt()
    shown, printed = ("\n".join(f"{word} {n}" for n in range(50)) for word in ("shown", "printed"))
    story.differs("seq", step=1, line=12, expected=shown, actual=printed)

    (gap,) = gaps_of(story)

    assert len(gap.evidence.lines) == 21
    assert gap.evidence.lines[-1].startswith("… ")


def improvised(story: Story, kind: GapKind, line: int) -> Story:
    return story.see(
        Improvised(
            timestamp=BEGIN,
            iteration=story.iteration,
            step=0,
            line=line,
            end_line=line,
            problem="`python` is not there.",
            what="python3 hello.py",
            kind=kind,
        )
    )


def test_what_the_student_got_past_alone_is_a_minor_gap_of_its_kind() -> None:
    (gap,) = gaps_of(improvised(told().attempt(), GapKind.BROKEN_COMMAND, 12))

    assert (gap.kind, gap.severity) == (GapKind.BROKEN_COMMAND, Severity.MINOR)
    assert gap.title == "`python` is not there"
    assert gap.suggested_fix == "python3 hello.py"


def test_a_minor_gap_of_the_same_kind_and_line_as_a_major_one_is_not_told_twice() -> None:
    story = told().attempt().stuck("uv sync", step=0, line=6, output="uv: not found")
    story.answered(line=6, title="no uv", remedy=("pip install uv",))
    improvised(story.attempt(), GapKind.MISSING_PREREQUISITE, 6)

    assert [gap.title for gap in gaps_of(story)] == ["no uv"]


def test_an_address_that_does_not_answer_is_evidence_only() -> None:
    story = told().attempt()
    seen = Requested(
        timestamp=BEGIN, iteration=1, step=0, line=6, end_line=6, url="http://x.test/", status=404
    )
    story.see(seen)
    assert gaps_of(story) == ()

    story.stuck("uv sync", step=0, line=6, output="uv: not found")
    story.answered(line=6, title="no uv", remedy=("pip install uv",))

    (gap,) = gaps_of(story)
    assert gap.evidence.lines == ("uv: not found",)
    assert gap.evidence.beside == ("http://x.test/: HTTP 404",)


def test_a_missing_picture_is_a_minor_gap() -> None:
    (gap,) = gaps_of(Story().attempt())

    assert (gap.kind, gap.severity) == (GapKind.MISSING_FILE, Severity.MINOR)
    assert gap.title == "Image missing: `img/page.png`"


def test_each_step_counts_once_as_it_ended_in_the_last_iteration_that_reached_it() -> None:
    story = told().attempt().ends(0, 6, StepState.FAILED)
    story.attempt().ends(0, 6, StepState.FOLLOWED).ends(1, 12, StepState.SKIPPED, "no way")
    story.ends(3, 18, StepState.NOT_FOLLOWED, "prose")

    found = find(story.record())

    steps = found.coverage
    assert (steps.total, steps.followed, steps.skipped, steps.not_followed) == (4, 1, 1, 1)
    assert (steps.failed, steps.unobserved) == (0, 1)
    assert [(s.line_number, s.why) for s in found.not_followed] == [(12, "no way"), (18, "prose")]


@pytest.mark.parametrize(
    ("command", "question", "fixed"),
    [
        ("sudo apt-get install curl git", "[Y/n]", "sudo apt-get install -y curl git"),
        ("apt update && apt -q upgrade", "[Y/n]", "apt update && apt -q upgrade -y"),
        ("npm init", "package name: (work)", "npm init -y"),
        ("npm init vite", "Project name:", ""),
        ("npx cowsay hi", "Ok to proceed? (y)", "npx --yes cowsay hi"),
        ("npx create-app", "Project name:", ""),
        ("apt-get install -y jq", "[Y/n]", ""),
        (
            "python manage.py collectstatic",
            "Type 'yes'",
            "python manage.py collectstatic --noinput",
        ),
        (
            "curl https://sh.rustup.rs -sSf | sh",
            "1) Proceed",
            "curl https://sh.rustup.rs -sSf | sh -s -- -y",
        ),
        ("ssh-keygen", "Enter passphrase", ""),
    ],
)
def test_a_command_that_asks_is_given_the_option_its_manual_names(
    command: str, question: str, fixed: str
) -> None:
    assert unattended(command, (question,)) == fixed


def test_a_program_that_prints_differently_everywhere_is_one_gap() -> None:
    story = Story().attempt()
    for line, command in ((12, "uv run check"), (6, "uv run check --fix"), (14, "other check")):
        story.runs(command, step=1, line=line)
        story.differs(command, step=1, line=line, expected="Hello World", actual="Hi")

    differing = [gap for gap in gaps_of(story) if gap.kind is GapKind.OUTPUT_MISMATCH]
    found = {gap.location.line_number: gap.problem for gap in differing}

    assert sorted(found) == [6, 14]
    assert found[6].endswith("So it is on line 12.")
    assert "So it is" not in found[14]


def test_such_a_gap_is_mended_everywhere_or_nowhere() -> None:
    text = "```console\n$ git status\nOn branch main\n$ git status -s\nOn branch main\n```\n"
    tutorial = Tutorial("t", "t.md", text, parse(text))
    for last, count in (("On branch master", 2), ("in /workspace/work", 0)):
        story = Story(tutorial).attempt()
        for line, command, actual in (
            (3, "git status", "On branch master"),
            (5, "git status -s", last),
        ):
            story.runs(command, step=0, line=line - 1)
            story.differs(command, step=0, line=line, expected="On branch main", actual=actual)

        (gap,) = gaps_of(story)

        assert len(gap.edits) == count
