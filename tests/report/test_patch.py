"""Laws of edits: they touch no other line, and where a line goes is known."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smile.report.model import Edit
from smile.report.patch import apply, clash, contains, diff, moved, placed

ROWS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=8),
    max_size=12,
)


@st.composite
def texts_with_edits(draw: st.DrawFn) -> tuple[str, tuple[Edit, ...]]:
    """A text of lines that are all different, and edits of it that don't clash."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    rows = [f"{number}: {row}" for number, row in enumerate(draw(ROWS))]
    text = end.join(rows) + draw(st.sampled_from(["", end]))
    count = text.count("\n") + 1
    edits: list[Edit] = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(1, count))
        last = draw(st.integers(first - 1, min(count, first + 2)))
        new = Edit(line_number=first, end_line=last, lines=tuple(draw(ROWS)))
        if not any(clash(new, known) for known in edits):
            edits.append(new)
    return text, tuple(edits)


def touched(line: int, edits: tuple[Edit, ...]) -> bool:
    return any(edit.line_number <= line <= edit.end_line for edit in edits)


@given(texts_with_edits())
def test_no_other_line_is_touched_and_each_is_where_the_map_says(
    case: tuple[str, tuple[Edit, ...]],
) -> None:
    text, edits = case
    before, after = text.split("\n"), apply(text, edits).split("\n")
    places = [moved(line, edits) for line in range(1, len(before) + 1)]

    assert places == sorted(places)
    for line, place in enumerate(places, 1):
        if not touched(line, edits):
            assert after[place - 1].removesuffix("\r") == before[line - 1].removesuffix("\r")


@given(texts_with_edits())
def test_all_new_lines_are_there_and_the_order_of_edits_does_not_matter(
    case: tuple[str, tuple[Edit, ...]],
) -> None:
    text, edits = case
    kept = sum(not touched(line, edits) for line in range(1, text.count("\n") + 2))

    count = apply(text, edits).count("\n") + 1

    assert count in {kept + sum(len(edit.lines) for edit in edits), 1}
    if all(a.line_number != b.line_number for a in edits for b in edits if a is not b):
        assert apply(text, edits[::-1]) == apply(text, edits)


@given(texts_with_edits())
def test_each_edit_is_where_it_is_said_to_be(case: tuple[str, tuple[Edit, ...]]) -> None:
    text, edits = case
    after = [row.removesuffix("\r") for row in apply(text, edits).split("\n")]

    for edit, first, last in placed(edits):
        assert tuple(after[first - 1 : last]) == edit.lines


@given(texts_with_edits())
def test_lines_end_as_before_and_so_does_the_file(case: tuple[str, tuple[Edit, ...]]) -> None:
    text, edits = case
    inside = tuple(e for e in edits if e.end_line < text.count("\n") + 1)
    if "\n" not in text:
        return

    patched = apply(text, inside)

    rows = patched.split("\n")[:-1]
    assert {row.endswith("\r") for row in rows} <= {"\r\n" in text}
    assert patched.endswith("\n") == text.endswith("\n") or not rows


@pytest.mark.parametrize("tool", ["patch", "git"])
@given(case=texts_with_edits())
@settings(max_examples=40, deadline=None)
def test_the_diff_is_taken_by(
    tool: str, case: tuple[str, tuple[Edit, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    text, edits = case
    home = tmp_path_factory.mktemp("tree")
    patched = apply(text, edits)
    shown = diff(text, patched, "tutorial.md")
    (home / "tutorial.md").write_bytes(text.encode())
    if not shown:
        assert text == patched
        return

    _take(tool, shown, home)

    after = home / "tutorial.md"  # both tools remove a file that has become empty
    assert (after.read_bytes().decode() if after.exists() else "") == patched


def _take(tool: str, shown: str, home: Path) -> None:
    command = ["patch", "-p0", "--binary"] if tool == "patch" else ["git", "apply", "-p0"]
    done = subprocess.run(
        command, cwd=home, input=shown.encode(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, (done.stdout, done.stderr, shown)


def test_edits_of_the_same_lines_clash_and_neighbours_do_not() -> None:
    first = Edit(line_number=2, end_line=4, lines=("x",))

    assert clash(first, Edit(line_number=4, end_line=4, lines=()))
    assert clash(first, Edit(line_number=3, end_line=2, lines=("y",)))
    assert not clash(first, Edit(line_number=2, end_line=1, lines=("y",)))
    assert not clash(first, Edit(line_number=5, end_line=4, lines=("y",)))
    assert not clash(first, Edit(line_number=5, end_line=6, lines=("y",)))


def test_edits_that_clash_are_refused() -> None:
    one = Edit(line_number=1, end_line=2, lines=("x",))

    with pytest.raises(ValueError, match="can't be edited"):
        apply("a\nb\n", (one, Edit(line_number=2, end_line=2, lines=("y",))))
    with pytest.raises(ValueError, match="can't be edited"):
        apply("a\n", (Edit(line_number=4, end_line=4, lines=("y",)),))


def test_an_edit_contains_one_that_does_less_at_the_same_place() -> None:
    more = Edit(line_number=3, end_line=2, lines=("import b", "import a"))

    assert contains(more, Edit(line_number=3, end_line=2, lines=("import a",)))
    assert contains(more, more)
    assert not contains(more, Edit(line_number=4, end_line=3, lines=("import a",)))
    assert not contains(more, Edit(line_number=3, end_line=2, lines=("import c",)))
