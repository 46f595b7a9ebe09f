"""``smile run`` from end to end: real commands in a real sandbox, and every exit code."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from smile.plain import plain
from smile.wiring import engines

from .conftest import Smile, Started, command, environment


@cache
def why_not() -> str:
    return asyncio.run(engines.local().why_not("host"))


@pytest.fixture(autouse=True)
def _a_sandbox() -> None:
    if why_not():
        pytest.skip(f"no local sandbox: {why_not()}")


pytestmark = pytest.mark.namespaces

FINE = """\
# Fine

Run it:

```bash
echo one > one.txt
cat one.txt
```
"""

GAP = """\
# A gap

Copy the file:

```bash
echo text > text.txt
cp text.txt notes/text.txt
```
"""

LONG = """\
# Long

Wait for it:

```bash
touch begun
sleep 300
```
"""


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "tutorial.md").write_text(text, encoding="utf-8")


def test_a_tutorial_without_a_gap_exits_with_0_and_says_where_the_report_is(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, FINE)
    done = smile("run", "--sandbox", "local")
    assert done.returncode == 0, done.stderr
    assert "completed (1 iteration" in done.stdout
    assert "no gaps found" in done.stdout
    assert "report: smile-report.md" in done.stdout
    assert done.stderr.startswith("provider literal: ")
    for name in ("smile-report.md", "smile-report.json", "smile-audit.log"):
        assert (tmp_path / name).stat().st_size


def test_a_gap_exits_with_1_and_stands_in_the_summary_with_its_line(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, GAP)
    done = smile("run", "--sandbox", "local", "-o", "out")
    assert done.returncode == 1, done.stderr
    assert "line 7" in done.stdout
    assert "to write a fix into the text and try it: smile fix" in done.stdout
    assert "line 7: stuck: " in done.stderr
    assert "mentor: " in done.stderr
    assert "iteration 2" in done.stderr
    assert "line 7 past with help" in done.stderr
    report = json.loads((tmp_path / "out/smile-report.json").read_text(encoding="utf-8"))
    assert [gap["location"]["lineNumber"] for gap in report["gaps"]] == [7]


def test_a_gap_milder_than_fail_on_exits_with_0(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, GAP)
    done = smile("run", "--sandbox", "local", "--fail-on", "critical")
    assert "line 7" in done.stdout
    assert done.returncode == 0


def test_the_last_iteration_exits_with_1_unless_gaps_never_fail(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, GAP)
    limit = ("run", "--sandbox", "local", "--max-iterations", "1", "--fresh")
    assert smile(*limit).returncode == 1
    assert smile(*limit, "--fail-on", "never").returncode == 0


def test_json_puts_the_report_and_nothing_else_on_stdout(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, FINE)
    done = smile("run", "--sandbox", "local", "--json")
    report = json.loads(done.stdout)
    assert report["summary"]["status"] == "completed"
    assert report["summary"]["provider"] == "literal"
    assert "no gaps found" in done.stderr


def test_quiet_says_no_more_than_what_was_chosen(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, FINE)
    done = smile("run", "--sandbox", "local", "-q")
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["provider", "sandbox"]


def test_as_json_every_line_of_a_run_is_an_object(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, GAP)
    (tmp_path / "smile.json").write_text('{"colour": "red"}', encoding="utf-8")
    done = smile("run", "--sandbox", "local", "-v", "--log-format", "json", "--log-file", "log")
    assert done.returncode == 1, done.stderr
    assert "line 7" in done.stdout
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert (tmp_path / "log").read_text("ascii") == done.stderr
    events = [value["event"] for value in said]
    assert events[:4] == ["warning", "provider", "address", "sandbox"]
    assert events[-1] == "summary"
    assert {"iteration_start", "command", "student_output", "mentor_output"} <= set(events)
    assert said[2]["fields"]["file"].endswith(".smile/observer.json")
    stuck = next(value for value in said if value["fields"].get("status") == "ask_mentor")
    assert (stuck["fields"]["line"], stuck["fields"]["iteration"]) == (7, 1)
    summary = said[-1]["fields"]
    assert summary["status"] == "completed"
    assert summary["gaps"] == {"critical": 0, "major": 1, "minor": 0}
    assert summary["report"] == str(tmp_path / "smile-report.md")


def test_on_a_terminal_a_live_line_stands_below_those_that_stay(tmp_path: Path) -> None:
    write(tmp_path, GAP)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        command("run", "--sandbox", "local", "--max-iterations", "1"),
        cwd=tmp_path,
        env=environment(TERM="xterm", COLUMNS="60"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # EIO: nobody has the other end open any more
        while block := os.read(ours, 65536):
            shown += block
    os.close(ours)
    assert process.wait(timeout=60) == 1
    text = plain(shown.decode())
    assert re.search(r"iteration 1, line [57]: (?:echo|cp) text", text)  # drawn 4 times a second
    longest = "provider literal: no key of a model is set, and literal needs none"
    assert longest in text.splitlines()
    assert b"\x1b[?25h" in shown.rpartition(b"\x1b[?25l")[2]  # the cursor is there again


def test_verbose_shows_each_command(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, FINE)
    assert "line 7: $ cat one.txt (exit 0" in smile("run", "--sandbox", "local", "-v").stderr


def test_without_docker_auto_takes_the_local_sandbox_and_says_why(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, FINE)
    done = smile("run", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert done.returncode == 0
    assert "sandbox local: Docker can't be used: " in done.stderr


def test_a_key_that_is_not_used_is_named_in_the_first_line(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, FINE)
    done = smile("run", "--sandbox", "local", ANTHROPIC_API_KEY="sk-ant-secret")
    first = done.stderr.splitlines()[0]
    assert "provider literal" in first
    assert "ANTHROPIC_API_KEY is not used" in first
    written = (tmp_path / "smile-report.json").read_text(encoding="utf-8")
    assert "ANTHROPIC_API_KEY is not used" in written
    assert "sk-ant-secret" not in written + done.stderr + done.stdout


def test_the_author_s_environment_does_not_enter_the_sandbox(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, "# T\n\n```bash\nenv\n```\n")
    smile("run", "--sandbox", "local", ANTHROPIC_API_KEY="sk-ant-secret", MINE="only-mine")
    written = (tmp_path / "smile-report.json").read_text(encoding="utf-8")
    assert "HOME=" in written
    assert "only-mine" not in written


def test_only_what_the_tutorial_links_to_is_there(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, "# T\n\nSee [the data](data.csv).\n\n```bash\nls /workspace/tutorial\n```\n")
    for name in ("data.csv", "secret.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    report = json.loads(smile("run", "--sandbox", "local", "--json").stdout)
    (ran,) = report["auditTrail"]["commands"]
    assert ran["output"].split() == ["data.csv", "tutorial.md"]


def test_a_report_that_can_not_be_written_goes_to_stdout_and_exits_with_3(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, FINE)
    (tmp_path / "out").touch()
    done = smile("run", "--sandbox", "local", "-o", "out")
    assert done.returncode == 3
    assert "## Summary" in done.stdout
    assert "error: can't write the report" in done.stderr


def test_time_that_is_over_exits_with_1_when_something_was_seen(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, LONG)
    done = smile("run", "--sandbox", "local", "--timeout", "5")
    assert "the time for the whole run was over" in done.stdout
    assert done.returncode == 1, done.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_a_signal_ends_the_run_with_a_partial_report(
    start: Callable[..., Started], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    write(tmp_path, LONG)
    started = start("run", "--sandbox", "local")
    started.wait_for("iteration 1")
    time.sleep(2)
    started.send(number)
    returncode, stdout, stderr = started.end()
    assert returncode == code, stderr
    assert "tutorial.md: stopped (1 iteration" in stdout
    assert "Traceback" not in stderr
    report = json.loads((tmp_path / "smile-report.json").read_text(encoding="utf-8"))
    assert report["summary"]["status"] == "stopped"
    assert not (tmp_path / ".smile/state.json").exists()


def test_a_second_run_beside_the_first_is_refused(
    start: Callable[..., Started], smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, LONG)
    started = start("run", "--sandbox", "local")
    started.wait_for("iteration 1")
    second = smile("run", "--sandbox", "local")
    started.send(signal.SIGINT)
    started.end()
    assert second.returncode == 2
    assert f"already running (pid {started.process.pid})" in second.stderr


def test_a_run_that_was_killed_is_resumed_and_a_changed_tutorial_asks_for_fresh(
    start: Callable[..., Started], smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, LONG)
    started = start("run", "--sandbox", "local", "-v")
    started.wait_for("$ touch begun")
    started.process.kill()
    started.end()
    write(tmp_path, FINE)
    refused = smile("run", "--sandbox", "local")
    assert refused.returncode == 2
    assert "in iteration 1, tutorial.md changed" in refused.stderr
    assert "--fresh" in refused.stderr
    write(tmp_path, LONG)
    again = start("run", "--sandbox", "local")
    again.wait_for("resuming run")
    again.process.kill()
    again.end()
    write(tmp_path, FINE)
    assert smile("run", "--sandbox", "local", "--fresh").returncode == 0


def test_an_example_is_copied_and_followed(smile: Smile, tmp_path: Path) -> None:
    done = smile("run", "--example", "shell-journal", "--sandbox", "local")
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "smile-example-shell-journal/tutorial.md").exists()
    assert (tmp_path / "smile-report.md").exists()


def test_a_run_of_ten_commands_takes_little_of_the_processor(smile: Smile, tmp_path: Path) -> None:
    lines = "\n".join(f"echo {number}" for number in range(10))
    write(tmp_path, f"# Ten\n\n```bash\n{lines}\n```\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert smile("run", "--sandbox", "local").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Seconds of the processor: those of the clock depend on what else the machine does. Half of
    # it is SMILE, half the wrapper inside; both mostly load what they need.
    assert after.ru_utime - before.ru_utime < 4


def test_a_signal_before_the_sandbox_is_open_ends_the_run_without_a_report(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    write(tmp_path, LONG)
    started = start("run", "--sandbox", "local")
    started.wait_for("provider literal")
    started.send(signal.SIGINT)
    returncode, stdout, stderr = started.end()
    assert (returncode, stdout) == (130, "")
    assert "stopped before the first attempt had begun" in stderr
    assert not (tmp_path / "smile-report.md").exists()


def test_a_second_signal_ends_at_once(start: Callable[..., Started], tmp_path: Path) -> None:
    write(tmp_path, LONG)
    started = start("run", "--sandbox", "local", "-v")
    started.wait_for("$ touch begun")
    started.send(signal.SIGINT)
    started.wait_for("stopping")
    started.send(signal.SIGTERM)
    returncode, _, stderr = started.end()
    assert returncode in {143, 130}, stderr


def test_doctor_says_that_a_run_is_possible_and_how_to_get_what_is_missing(
    smile: Smile, tmp_path: Path
) -> None:
    done = smile("doctor", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert done.returncode == 0, done.stdout
    marks = {line[9:].partition(":")[0]: line[:9].strip() for line in done.stdout.splitlines()}
    assert marks["local sandbox"] == "ok"
    assert marks["Docker"] == "missing"
    assert "apt install docker.io" in done.stdout
    assert marks["provider literal"] == "ok"
    assert marks["provider claude"] == "-"


def test_doctor_exits_with_3_where_no_sandbox_can_be_opened(smile: Smile, tmp_path: Path) -> None:
    socket = f"unix://{tmp_path}/no.sock"
    done = smile("doctor", "--image", "an-image-that-nobody-has", DOCKER_HOST=socket)
    assert done.returncode == 3
    assert "no run is possible" in done.stdout
