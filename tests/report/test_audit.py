"""The audit log."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from smile.report import audit

from .example import Story, whole_record

ENTRY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  iteration \d+  (?:line \d+|-)  \S")


def test_every_journal_entry_is_one_line_in_order() -> None:
    record = whole_record()
    lines = [line for line in audit.render(record).split("\n") if line and line[0] != " "]

    assert len(lines) == len(record.entries)
    assert lines == sorted(lines, key=lambda line: line[:24])
    assert all(ENTRY.match(line) for line in lines)


def test_a_command_stands_with_its_end_and_its_output_below() -> None:
    text = audit.render(whole_record())

    assert "iteration 1  line 6  $ uv sync  -> exit 127 (0.2 s)\n    | bash: line 1: uv: " in text
    assert "(note) $ pip install uv  -> exit 0" in text
    assert "    | shown   Hello World\n    | printed Hello from work!\n" in text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(deadline=None)
def test_no_output_can_look_like_an_entry(text: str) -> None:
    forged = f"{text}\n2026-03-01T10:00:00.000Z  iteration 1  line 1  $ rm -rf /"
    story = Story().attempt().runs(forged, step=0, line=6, output=forged)

    lines = audit.render(story.record()).split("\n")

    assert sum(bool(ENTRY.match(line)) for line in lines) == 2
    assert all(ENTRY.match(line) or line.startswith("    |") or not line for line in lines)
