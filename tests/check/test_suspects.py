"""What the checks have in common: they never fail, and a run would say the same of what they find."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agent.handbook.scene import gap as diagnosis
from tests.agent.handbook.scene import on
from tests.agent.handbook.scene import sh as block
from tests.check.texts import page, reading, sh

from smile.check.explain import gaps, set_aside
from smile.check.reading import Foreseen, Reading
from smile.check.suspects import find
from smile.report.model import Gap
from smile.wire import Severity

PIECES = (
    "# Title", "## Step 1", "## Step 3", "- item", "> quote", "![p](x.png)", "[l](a.md)",
    "```bash\ncat a.txt\ncd $X && ./run <name>\n```", "```\n$ tree\n```", "`npm start`", "<!--",
    "```python title=\"a.py\"\nopen('b')\n```", "Replace `<name>`.", "~~~sh\ncat <<EOF\n",
    "```bash\n'\n```", '```console\n$ cd "\n$ cd a b\n$ pip install -r\n```', "a: b\n---\n", "\t x",
)  # fmt: skip


def found(text: Reading) -> tuple[Gap, ...]:
    return gaps(text, find(text))


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12))
def test_no_text_makes_a_check_fail_and_every_gap_is_in_the_text(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = reading(tmp_path_factory.getbasetemp() / "pieces", *pieces)
    lines = page(*pieces).count("\n")

    for number, gap in enumerate(found(text), start=1):
        assert gap.id == f"gap-{number}"
        assert 1 <= gap.location.line_number <= gap.location.end_line <= lines + 1
        assert gap.title
        assert gap.problem.endswith(".")


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("docker images", "bash: line 1: docker: command not found"),
        ("cat notes.txt", "cat: notes.txt: No such file or directory"),
        ("cd ~/shop", "bash: line 1: cd: /root/shop: No such file or directory"),
        ("tool new <name>", "bash: syntax error near unexpected token `newline'"),
    ],
)
def test_a_check_says_of_a_gap_what_a_run_says(tmp_path: Path, command: str, output: str) -> None:
    (ours,) = found(reading(tmp_path, block(command)))
    theirs = diagnosis(on(block(command)).ask(command, output))

    assert (ours.kind, ours.title, ours.problem, ours.rule) == (
        theirs.kind,
        theirs.title,
        theirs.problem,
        theirs.rule,
    )
    assert ours.suggested_fix == theirs.suggested_fix


def test_a_variable_that_is_not_set_is_explained_as_in_a_run(tmp_path: Path) -> None:
    (ours,) = found(reading(tmp_path, "Do:", sh('cd "$SHOP_DIR"')))

    assert (ours.kind, ours.title) == ("undefined_variable", "`$SHOP_DIR` is never set")
    assert "export SHOP_DIR=" in ours.suggested_fix


def test_nothing_that_was_not_seen_becomes_evidence_and_nothing_is_critical(tmp_path: Path) -> None:
    text = reading(tmp_path, "## Step 1", "## Step 3", sh("cat a.txt", "tree", "x <name>", "ls $X"))

    for gap in found(text):
        assert (gap.evidence.command, gap.evidence.exit_code, gap.evidence.lines) == ("", None, ())
        assert gap.fix == "unverified"
        assert gap.severity in {Severity.MAJOR, Severity.MINOR}


def test_a_missing_picture_is_a_gap_and_one_that_was_left_behind_is_set_aside(
    tmp_path: Path,
) -> None:
    text = reading(tmp_path, "![a](a.png)", "![b](shots/b.png)")

    assert [(gap.location.line_number, gap.kind) for gap in found(text)] == [(3, "missing_file")]
    assert [aside.location.line_number for aside in set_aside(text, find(text))] == [5]


def test_links_of_a_text_that_stands_alone_are_set_aside_as_one(tmp_path: Path) -> None:
    text = reading(tmp_path, "[a](a.md)", "[b](b.md)")

    (aside,) = set_aside(text, find(text))
    assert found(text) == ()
    assert len(aside.evidence.lines) == 2


def test_a_slip_is_explained_by_what_was_meant(tmp_path: Path) -> None:
    (gap,) = found(reading(tmp_path, "Do:", sh("apt-get update", "atp-get upgrade")))

    assert (gap.kind, gap.rule) == ("broken_command", "misspelt_command")


def test_an_environment_that_is_not_active_is_named(tmp_path: Path) -> None:
    (gap,) = found(reading(tmp_path, "Do:", sh("python3 -m venv .venv", "pip install flask")))

    assert gap.rule == "environment_inactive"
    assert "source .venv/bin/activate" in gap.suggested_fix


def test_each_suspect_of_a_command_is_explained_by_an_entry_of_the_handbook(tmp_path: Path) -> None:
    text = reading(
        tmp_path,
        "Do:",
        sh("mkdir a", "cd a", "tree", "cat b.txt", "touch c/d", "cd ~/e", "cd ~/f && make"),
    )
    suspects = find(text)

    assert all(isinstance(s, Foreseen) for s in suspects)
    assert len(suspects) == 6
    assert "unexplained" not in {gap.rule for gap in gaps(text, suspects)}
