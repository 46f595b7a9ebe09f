"""Writing the files."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from smile.report.build import build
from smile.report.writer import ReportNotWritten, write_report

from .example import whole_record

RECORD = whole_record()


def test_the_three_files_are_written_into_a_directory_that_is_made(tmp_path: Path) -> None:
    written = write_report(build(RECORD), RECORD, tmp_path / "a" / "b")

    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        "smile-audit.log",
        "smile-report.json",
        "smile-report.md",
    ]
    assert written.markdown.read_text(encoding="utf-8").startswith("# SMILE report: A web service")
    assert json.loads(written.json.read_text(encoding="utf-8"))["tutorialName"] == "A web service"


def test_what_a_killed_process_left_beside_a_report_goes(tmp_path: Path) -> None:
    (tmp_path / ".smile-report.md.tmp").write_text("half of it")

    written = write_report(build(RECORD), RECORD, tmp_path)

    assert len(list(tmp_path.iterdir())) == 3
    assert "half of it" not in written.markdown.read_text(encoding="utf-8")


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "smile-report.md").write_text("old " * 100_000)

    written = write_report(build(RECORD), RECORD, tmp_path)

    assert "old " not in written.markdown.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_tried_three_times_and_carried_by_the_error(
    tmp_path: Path,
) -> None:
    (tmp_path / "out").write_text("a file stands here")
    waits: list[float] = []

    with pytest.raises(ReportNotWritten) as caught:
        write_report(build(RECORD), RECORD, tmp_path / "out", sleep=waits.append)

    assert len(waits) == 2
    assert caught.value.exit_code == 3
    assert caught.value.markdown.startswith("# SMILE report")
    assert caught.value.hint
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.message, again.markdown) == (caught.value.message, caught.value.markdown)


def test_a_disk_that_recovers_between_tries_is_written_to(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("in the way")

    def recover(seconds: float) -> None:
        out.unlink(missing_ok=True)

    assert write_report(build(RECORD), RECORD, out, sleep=recover).markdown.exists()


def test_a_file_that_cannot_be_replaced_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "smile-report.json").mkdir()

    with pytest.raises(ReportNotWritten):
        write_report(build(RECORD), RECORD, tmp_path, sleep=lambda seconds: None)

    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]
