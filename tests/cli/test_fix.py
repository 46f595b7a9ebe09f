"""``smile fix`` from end to end: real commands in a real sandbox, every way to write, every code."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.redaction.keys import KEYS

from smile.wiring import engines

from .conftest import Smile, Started


@cache
def why_not() -> str:
    return asyncio.run(engines.local().why_not("host"))


@pytest.fixture(autouse=True)
def _a_sandbox() -> None:
    if why_not():
        pytest.skip(f"no local sandbox: {why_not()}")


pytestmark = pytest.mark.namespaces

LOCAL = ("--sandbox", "local")

GAP = """\
# A gap

Copy the file:

```bash
echo text > text.txt
cp text.txt notes/text.txt
```
"""
MENDED = GAP.replace("cp text", "mkdir -p notes\ncp text")

BY_HAND = GAP + "\n```bash\ncat the-file-that-nobody-shows.csv\n```\n"

FINE = "# Fine\n\n```bash\necho one\n```\n"


def test_a_diff_of_what_helped_is_shown_and_patch_takes_it(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    tutorial = tmp_path / "docs/tutorial.md"
    tutorial.write_text(GAP)

    done = smile("fix", "docs/tutorial.md", *LOCAL)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("--- docs/tutorial.md\n+++ docs/tutorial.md\n@@")
    assert "verified (1)" in done.stderr
    assert tutorial.read_text() == GAP
    subprocess.run(
        ["git", "apply", "-p0"], cwd=tmp_path, input=done.stdout, text=True, check=True, timeout=60
    )
    assert tutorial.read_text() == MENDED


def test_a_copy_is_written_and_the_summary_is_the_result(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "tutorial.md").write_text(GAP)

    done = smile("fix", *LOCAL, "-o", "new.md")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new.md").read_text() == MENDED
    assert (tmp_path / "tutorial.md").read_text() == GAP
    assert "line 7: The directory `notes` does not exist" in done.stdout
    assert "written: new.md" in done.stdout


def test_it_is_written_in_place_with_its_mode_and_its_line_ends(
    smile: Smile, tmp_path: Path
) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_bytes(b"\xef\xbb\xbf" + GAP.replace("\n", "\r\n").encode())
    tutorial.chmod(0o640)

    done = smile("fix", "--apply", *LOCAL)

    assert done.returncode == 0, done.stderr
    assert tutorial.read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert tutorial.stat().st_mode & 0o777 == 0o640
    assert smile("run", *LOCAL).returncode == 0


def test_the_last_report_is_taken_when_it_is_of_this_text(smile: Smile, tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(GAP)
    assert smile("run", *LOCAL).returncode == 1
    report = (tmp_path / "smile-report.json").read_bytes()

    done = smile("fix", *LOCAL)

    assert "the gaps are those of smile-report.json" in done.stderr
    assert done.stderr.count("iteration 1") == 1  # that of the patched text
    assert (tmp_path / "smile-report.json").read_bytes() == report
    assert done.returncode == 0


def test_a_report_of_another_text_or_machine_is_not_taken(smile: Smile, tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(GAP)
    assert smile("run", *LOCAL).returncode == 1
    path = tmp_path / "smile-report.json"
    report = json.loads(path.read_text())
    report["summary"]["sandbox"]["image"] = "another:1"
    path.write_text(json.dumps(report))

    other_machine = smile("fix", *LOCAL)
    tutorial.write_text(GAP.replace("notes", "papers"))
    other_text = smile("fix", *LOCAL)
    path.write_text("no report")
    none = smile("fix", *LOCAL)

    assert "is of another machine (local, another:1)" in other_machine.stderr
    assert "is of another text" in other_text.stderr
    assert "+mkdir -p papers" in other_text.stdout
    assert "can't be read as a report" in none.stderr
    assert [r.returncode for r in (other_machine, other_text, none)] == [0, 0, 0]


def test_what_takes_a_writer_is_told_and_exits_with_1(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "tutorial.md").write_text(BY_HAND)

    done = smile("fix", *LOCAL)

    assert done.returncode == 1
    assert "+mkdir -p notes" in done.stdout
    assert "for you to decide (1), by the lines of the patched text" in done.stderr
    assert "Show the contents of `the-file-that-nobody-shows.csv` before line 12" in done.stderr


def test_nothing_is_written_where_there_is_nothing_to_mend(smile: Smile, tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(FINE)
    before = tutorial.stat()

    shown, applied = smile("fix", *LOCAL), smile("fix", "--apply", *LOCAL)

    assert (shown.returncode, shown.stdout) == (0, "")
    assert "no gaps found" in applied.stdout
    assert tutorial.stat().st_mtime_ns == before.st_mtime_ns


def test_a_fix_that_does_not_help_is_told_and_left_out(smile: Smile, tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(BY_HAND)
    assert smile("run", *LOCAL).returncode == 1
    path = tmp_path / "smile-report.json"
    report = json.loads(path.read_text())
    hopeless = next(gap for gap in report["gaps"] if "nobody" in gap["title"])
    hopeless["edits"] = [{"lineNumber": 11, "endLine": 10, "lines": ["touch another.csv"]}]
    path.write_text(json.dumps(report))

    done = smile("fix", "--apply", *LOCAL)

    assert done.returncode == 1
    assert "verified (1)" in done.stdout
    assert "failed, left out (1)" in done.stdout
    assert "does not exist: the gap is still there with it" in done.stdout
    assert tutorial.read_text() == MENDED + BY_HAND.removeprefix(GAP)


def test_a_fix_that_makes_a_new_gap_is_told_and_left_out(smile: Smile, tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(GAP)
    assert smile("run", *LOCAL).returncode == 1
    path = tmp_path / "smile-report.json"
    report = json.loads(path.read_text())
    worse = ["mkdir -p notes", "ls no-such-file-anywhere"]
    report["gaps"][0]["edits"] = [{"lineNumber": 7, "endLine": 6, "lines": worse}]
    path.write_text(json.dumps(report))

    done = smile("fix", "--apply", *LOCAL)

    assert done.returncode == 1
    assert "it makes a new gap on line 8 of the patched text" in done.stdout
    assert tutorial.read_text() == GAP


def test_a_changed_file_is_left_as_it_is(start: Callable[..., Started], tmp_path: Path) -> None:
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(GAP)

    begun = start("fix", "--apply", *LOCAL)
    begun.wait_for("following the patched text")
    tutorial.write_text("# Another text\n")
    code, _, errors = begun.end()

    assert code == 2
    assert "has changed meanwhile" in errors
    assert tutorial.read_text() == "# Another text\n"
    assert [path.name for path in tmp_path.glob(".tutorial*")] == []


def test_a_link_is_not_written_through(smile: Smile, tmp_path: Path) -> None:
    real = tmp_path / "real.md"
    real.write_text(GAP)
    (tmp_path / "tutorial.md").symlink_to(real)

    done = smile("fix", "--apply", *LOCAL)

    assert done.returncode == 2
    assert "is a symbolic link" in done.stderr
    assert real.read_text() == GAP
    assert "following" not in done.stderr  # told before anything is done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_the_tutorial_as_it_is(
    number: signal.Signals, start: Callable[..., Started], tmp_path: Path
) -> None:
    tutorial = tmp_path / "tutorial.md"
    slow = GAP.replace("cp text", "sleep 1; cp text")
    tutorial.write_text(slow)

    begun = start("fix", "--apply", *LOCAL)
    begun.wait_for("following the patched text")
    begun.send(number)
    code, _, errors = begun.end()

    assert code == 128 + number, errors
    assert tutorial.read_text() == slow


def test_a_copy_onto_the_tutorial_itself_is_refused(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "tutorial.md").write_text(GAP)
    (tmp_path / "same.md").hardlink_to(tmp_path / "tutorial.md")

    done = smile("fix", *LOCAL, "-o", "same.md")

    assert done.returncode == 2
    assert "is the tutorial itself" in done.stderr


def test_bad_input_exits_with_2_and_a_missing_machine_with_3(smile: Smile, tmp_path: Path) -> None:
    assert smile("fix", "nowhere.md").returncode == 2
    (tmp_path / "tutorial.md").write_text(GAP)
    assert smile("fix", "--apply", "-o", "new.md").returncode == 2

    done = smile("fix", *LOCAL, "--image", "/no/such/root/file/system")

    assert done.returncode == 3
    assert done.stdout == ""


def test_pictures_and_files_beside_the_tutorial_are_there_for_the_patched_text(
    smile: Smile, tmp_path: Path
) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img/a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "data.csv").write_text("1,2\n")
    text = "![A](img/a.png) and [data](data.csv)\n\n" + GAP
    (tmp_path / "tutorial.md").write_text(text)

    done = smile("fix", *LOCAL)

    assert done.returncode == 0, done.stderr
    assert "verified (1)" in done.stderr


def test_a_key_in_the_text_stays_there_and_is_not_shown(smile: Smile, tmp_path: Path) -> None:
    key = KEYS["github"]
    text = GAP.replace("cp text", f"export GITHUB_TOKEN={key}\ncp text")
    tutorial = tmp_path / "tutorial.md"
    tutorial.write_text(text)

    shown, applied = smile("fix", *LOCAL), smile("fix", "--apply", *LOCAL)

    assert "the diff lacks the secrets of the text" in shown.stderr
    assert key not in shown.stdout + shown.stderr + applied.stdout + applied.stderr
    assert tutorial.read_text() == text.replace("cp text", "mkdir -p notes\ncp text")
