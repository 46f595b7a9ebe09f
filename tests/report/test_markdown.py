"""The Markdown: useful to a writer, and safe from what it quotes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from smile.plain import plain
from smile.report import markdown
from smile.report.build import build
from smile.report.escape import code, fence, inline, prose, table
from smile.sandbox.base import Machine
from smile.tutorial.model import Tutorial
from smile.wire import Location, Status, StepState

from .example import TUTORIAL, Story, whole_record

GOLDEN = Path(__file__).parent / "golden" / "smile-report.md"

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

NASTY = (
    "|",
    "`",
    "``",
    "```",
    "````\n",
    "~~~",
    "\n",
    "\n\n",
    "\r",
    "# heading",
    "## Recommendations",
    "<script>alert(1)</script>",
    "<!--",
    "[link](http://evil.test)",
    "![picture](http://evil.test/p.png)",
    "<http://evil.test>",
    "[ref]: http://evil.test",
    "[ref]",
    "\\",
    "\\|",
    "*",
    "_",
    "__init__",
    "~~",
    "---",
    "===",
    "> quote",
    "- item",
    "1. item",
    "    indented",
    "\t",
    "| a | b |\n|---|---|\n",
    "&lt;",
    "\x1b[31m",
    "\u202e",
    "a",
    "word ",
    "é",
)
hostile = st.lists(st.sampled_from(NASTY) | st.text(max_size=4), max_size=12).map("".join)


def tokens(text: str) -> list[Token]:
    return READER.parse(text)


def kinds(text: str) -> list[str]:
    return [token.type for token in tokens(text)]


def shown(text: str) -> str:
    """What a reader sees of inline Markdown."""
    children = [child for token in tokens(text) for child in token.children or []]
    return "".join(child.content for child in children)


PLAIN_INLINE = {"text", "code_inline", "text_special"}


def inline_kinds(text: str) -> set[str]:
    return {child.type for token in tokens(text) for child in token.children or []}


@given(hostile)
@settings(max_examples=400, deadline=None)
def test_text_shows_as_it_reads_and_begins_nothing(text: str) -> None:
    for made in (inline(text), f"- {inline(text)}", f"#### {inline(text)} (line 1)"):
        assert inline_kinds(made) <= PLAIN_INLINE
        assert "html_block" not in kinds(made)
    line = " ".join(plain(text).split())
    if line:
        assert kinds(inline(text)) == ["paragraph_open", "inline", "paragraph_close"]
        assert shown(inline(text)) == line


@given(hostile)
@settings(max_examples=400, deadline=None)
def test_prose_keeps_its_code_and_nothing_else(text: str) -> None:
    made = prose(text)

    assert inline_kinds(made) <= PLAIN_INLINE
    if made:
        assert kinds(made) == ["paragraph_open", "inline", "paragraph_close"]


@given(hostile)
@settings(max_examples=400, deadline=None)
def test_a_code_span_holds_whatever_it_quotes(text: str) -> None:
    made = code(text)

    if made:
        assert inline_kinds(f"a {made} b") == {"text", "code_inline"}
        (span,) = (
            child
            for token in tokens(f"a {made} b")
            for child in token.children or []
            if child.type == "code_inline"
        )
        assert "".join(span.content.split()) == "".join(
            plain(text).strip().replace("\n", "⏎").split()
        )


@given(hostile)
@settings(max_examples=400, deadline=None)
def test_a_fence_holds_whatever_it_quotes(text: str) -> None:
    parsed = tokens(f"{fence(text, 'text')}\n\nafter")

    assert [token.type for token in parsed] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert parsed[0].content.strip("\n") == plain(text).strip("\n")


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_table_keeps_its_columns_whatever_its_cells_hold(rows: list[tuple[str, str]]) -> None:
    made = table(("A", "B", "C"), [(code(a), prose(b), inline(a)) for a, b in rows])
    parsed = tokens(f"{made}\n\nafter")

    assert sum(token.type == "tr_open" for token in parsed) == len(rows) + 1
    assert sum(token.type == "td_open" for token in parsed) == 3 * len(rows)
    assert inline_kinds(made) <= PLAIN_INLINE
    assert parsed[-2].content == "after"


def test_backticks_around_nothing_are_no_code() -> None:
    assert shown(prose("```` ```` a")) == "```` ```` a"


def headings(text: str) -> list[str]:
    parsed = tokens(text)
    return [
        f"{token.markup} {parsed[index + 1].content}"
        for index, token in enumerate(parsed)
        if token.type == "heading_open"
    ]


def hostile_report(text: str) -> str:
    tutorial = Tutorial(
        name=text,
        path=text,
        text=f"{text}\n" * 20,
        steps=TUTORIAL.steps,
        images=(replace(TUTORIAL.images[0], reference=text, path=text, why_missing=text),),
    )
    story = Story(tutorial=tutorial)
    story.attempt().runs(text, step=0, line=6, code=1, output=text)
    story.writes(text, step=0, line=6)
    story.asked(text, text, step=0, line=6)
    story.differs(text, step=1, line=12, expected=text, actual=f"{text}x")
    story.ends(3, 18, StepState.NOT_FOLLOWED, text)
    story.stuck(text or "x", step=0, line=6, output=text)
    story.answered(line=6, title=text, fix=text, remedy=(text,))
    story.attempt().stuck(
        "other", step=1, line=12, output=text, doubtful=(Location(line=18, end_line=18),)
    )
    story.answered(line=12, title=text)
    machine = Machine(engine=text, image=text, distribution=text, notes=(text,))
    record = story.record(Status.MAX_ITERATIONS, machine=machine, environment_notes=(text,))
    return markdown.render(build(record))


@given(hostile)
@settings(max_examples=60, deadline=None)
def test_nothing_that_a_tutorial_or_a_program_says_changes_the_structure_of_a_report(
    text: str,
) -> None:
    made = hostile_report(text)
    parsed = tokens(made)

    sections = [h for h in headings(made) if h.startswith(("# ", "## ", "### "))]
    assert [h for h in sections if h.startswith("## ")] == [
        "## Summary",
        "## Documentation Gaps",
        "## Timeline",
        "## Audit Trail",
        "## Recommendations",
    ]
    assert {token.type for token in parsed}.isdisjoint(
        {"html_block", "blockquote_open", "ordered_list_open", "hr", "code_block"}
    )
    assert inline_kinds(made) <= PLAIN_INLINE | {"strong_open", "strong_close", "softbreak"}


def test_the_report_of_the_example_is_as_checked_in() -> None:
    made = markdown.render(build(whole_record()))
    if os.environ.get("SMILE_UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(made, encoding="utf-8")

    assert made == GOLDEN.read_text(encoding="utf-8")


def test_a_run_without_gaps_has_no_section_of_gaps() -> None:
    story = Story(tutorial=replace(TUTORIAL, images=())).attempt().completes()
    made = markdown.render(build(story.record()))

    assert "## Documentation Gaps" not in made
    assert "no gap found" in made
    assert [h for h in headings(made) if h.startswith("## ")] == [
        "## Summary",
        "## Timeline",
        "## Audit Trail",
        "## Recommendations",
    ]


def test_a_command_with_pipes_and_newlines_is_one_row() -> None:
    story = Story(tutorial=replace(TUTORIAL, images=())).attempt()
    story.runs("cat <<'E' | grep 'a\\|b'\n| x |\nE", step=0, line=6)
    made = markdown.render(build(story.record()))

    (row,) = (line for line in made.splitlines() if "grep" in line)
    assert row == "| 1 | 6 | `cat <<'E' \\| grep 'a\\\\|b' ⏎ \\| x \\| ⏎ E` | 0 | 0.2 |"


def test_long_outputs_and_tables_are_cut_with_a_note() -> None:
    story = Story().attempt()
    for number in range(250):
        story.runs(f"echo {number}", step=0, line=6)
    made = markdown.render(build(story.record()))

    assert "*… 50 more in smile-report.json*" in made
    assert "*… 30 more lines*" in fence("line\n" * 50, most_lines=20)


def test_a_gap_says_what_to_paste_and_whether_it_was_seen_to_work() -> None:
    made = markdown.render(build(whole_record()))

    assert "#### gap-1: `uv` is not installed (line 6)" in made
    assert "````md\nInstall uv before you start:\n\n```sh\npip install uv\n```\n````" in made
    assert "fix: verified ✔" in made
