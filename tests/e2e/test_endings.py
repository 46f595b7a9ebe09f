"""Every exit code of ``smile run``, reached by the real command line; nothing is left after any."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smile.cli import arguments
from smile.errors import SmileError

from .driver import REPORTS, Ended, Smile, bash, wait_until

FINE = bash("echo one > one.txt", "cat one.txt")
MAJOR = bash("echo text > text.txt", "cp text.txt notes/text.txt")
MINOR = FINE + "![a picture](none.png)\n"
BLOCKED = bash("no-such-program-anywhere")
LONG = bash("touch begun", "sleep 100")


def said(ended: Ended) -> str:
    """The error on stderr."""
    return next(line for line in ended.stderr.splitlines() if line.startswith("error: "))


# --- 0 and 1: evidence ---------------------------------------------------------------------------


@pytest.mark.namespaces
@pytest.mark.parametrize(
    ("tutorial", "worst", "status", "codes"),
    [
        (FINE, None, "completed", {"minor": 0}),
        (MINOR, "minor", "completed", {"minor": 1, "major": 0}),
        (MAJOR, "major", "completed", {"major": 1, "critical": 0}),
        (BLOCKED, "critical", "blocker", {"critical": 1, "never": 0}),
    ],
    ids=["no gap", "a minor gap", "a major gap", "no way on"],
)
def test_the_worst_gap_and_the_threshold_decide_on_0_or_1(
    smile: Smile, tutorial: str, worst: str | None, status: str, codes: dict[str, int]
) -> None:
    for threshold, code in codes.items():
        ended = smile.follow(tutorial, "--fail-on", threshold, "--fresh", iterations=3)
        assert ended.status == status
        assert {gap["severity"] for gap in ended.report["gaps"]} == ({worst} if worst else set())
        assert ended.code == code
        assert (smile.where / ".smile/state.json").exists() == (status != "completed")


@pytest.mark.namespaces
def test_json_puts_exactly_one_document_on_stdout(smile: Smile) -> None:
    ended = smile.follow(MAJOR, "--json")
    assert ended.code == 1
    assert json.loads(ended.stdout) == ended.report
    assert "line 5" in ended.stderr


# --- 2: what was asked for is wrong --------------------------------------------------------------


@pytest.mark.namespaces
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('{"maxIterations": 0}', ("smile.json", "maxIterations", "1")),
        ('{"llmProvider": "gpt"}', ("smile.json", "llmProvider", "literal")),
        ('{\n  "timeout": 5,,\n}', ("smile.json", "line 2")),
        ('{"studentBehavior": {"patienceLevel": 3}}', ("studentBehavior.patienceLevel", "low")),
    ],
    ids=["too small", "unknown value", "bad JSON", "wrong type"],
)
def test_a_config_that_is_wrong_exits_with_2_and_names_file_and_field(
    smile: Smile, settings: str, told: tuple[str, ...]
) -> None:
    smile.write(FINE)
    (smile.where / "smile.json").write_text(settings, encoding="utf-8")
    args = [] if "llmProvider" in settings else ["--provider", "literal"]
    ended = smile.end(smile.start(*args, "--max-iterations", "1"), time.monotonic())
    assert ended.code == 2
    for word in told:
        assert word in ended.stderr


@pytest.mark.namespaces
@pytest.mark.parametrize(
    "args",
    [("--no-such-option",), ("--timeout", "0"), ("--fail-on", "sometimes"), ("a.md", "b.md")],
)
def test_a_command_line_that_is_wrong_exits_with_2(smile: Smile, args: tuple[str, ...]) -> None:
    ended = smile.run(*args)
    assert ended.code == 2
    assert "--help" in ended.stderr


@pytest.mark.namespaces
def test_a_tutorial_that_is_not_there_exits_with_2(smile: Smile) -> None:
    ended = smile.run()
    assert ended.code == 2
    assert "There is no tutorial" in said(ended)


# --- 3: nothing could be observed ----------------------------------------------------------------


@pytest.mark.namespaces
@pytest.mark.parametrize("provider", ["claude", "codex", "gemini"])
def test_a_provider_that_was_named_and_can_not_run_exits_with_3_and_says_what_is_missing(
    smile: Smile, provider: str
) -> None:
    smile.write(FINE)
    ended = smile.run("--provider", provider)
    assert ended.code == 3
    assert provider in said(ended)
    assert "_API_KEY" in ended.stderr
    assert not ended.report


@pytest.mark.namespaces
@pytest.mark.parametrize("host", ["unix:///nowhere.sock", "tcp://127.0.0.1:1"])
def test_docker_that_was_asked_for_and_is_not_there_exits_with_3(smile: Smile, host: str) -> None:
    smile.write(FINE)
    ended = smile.run("--sandbox", "docker", DOCKER_HOST=host)
    assert ended.code == 3
    assert "Docker is required but not available" in said(ended)
    assert "smile doctor" in ended.stderr
    assert not ended.report


@pytest.mark.namespaces
def test_time_that_is_over_before_anything_was_seen_exits_with_3_and_blames_nobody(
    smile: Smile,
) -> None:
    smile.program = ("-c", SILENT)
    ended = smile.follow(FINE, "--timeout", "4")
    assert (ended.code, ended.status, ended.gaps) == (3, "timeout", [])
    assert ended.report["summary"]["underWay"] is None


@pytest.mark.namespaces
def test_a_wrapper_that_is_stopped_is_a_fault_of_ours_and_not_the_command_that_took_so_long(
    smile: Smile,
) -> None:
    ended = smile.follow(bash("echo before", "kill -STOP -1"), "--timeout", "30", timeoutSeconds=90)
    assert (ended.code, ended.status, ended.gaps) == (3, "error", [])
    assert re.search(
        r"nothing was heard of the student's wrapper in \d+ s (?:at|after) line", said(ended)
    )
    assert "stops every process" in ended.stderr


@pytest.mark.namespaces
def test_time_that_is_over_while_a_command_works_exits_with_1_and_keeps_what_was_seen(
    smile: Smile,
) -> None:
    ended = smile.follow(LONG, "--timeout", "6", timeoutSeconds=60)
    assert (ended.code, ended.status) == (1, "timeout")
    assert ended.commands["touch begun"]["exitCode"] == 0
    assert "the time for the whole run was over" in ended.stdout
    assert 6 <= ended.report["summary"]["durationSeconds"] < 9
    assert_that_all_tell_what_was_under_way(smile, ended)


@pytest.mark.namespaces
def test_a_tutorial_whose_only_command_hangs_was_observed_to_hang(smile: Smile) -> None:
    ended = smile.follow(bash("sleep 100"), "--timeout", "6", timeoutSeconds=60)
    assert (ended.code, ended.status, ended.gaps) == (1, "timeout", [])
    assert ended.report["summary"]["underWay"]["text"] == "sleep 100"


def assert_that_all_tell_what_was_under_way(smile: Smile, ended: Ended) -> None:
    summary = ended.report["summary"]
    under_way = summary["underWay"]
    told = f"`sleep 100` (line 5) was still running after {under_way['seconds']:.1f} s"
    assert under_way["told"] == told
    assert (under_way["lineNumber"], under_way["kind"]) == (5, "command")
    assert (summary["steps"]["unfinished"], summary["steps"]["unobserved"]) == (1, 0)
    assert ended.commands["sleep 100"]["outcome"] == "stopped"
    assert told in ended.stdout
    assert told in (smile.where / REPORTS[0]).read_text(encoding="utf-8")
    audit = (smile.where / REPORTS[2]).read_text(encoding="utf-8")
    assert re.search(r"line 5  \$ sleep 100  -> under way when the run ended", audit)


# --- 70: a bug of ours ---------------------------------------------------------------------------


SILENT = """
import sys
from smile.sandbox.local import LocalSandbox
LocalSandbox.agent = ("/bin/sh", "-c", "sleep 60")
from smile.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""A wrapper that never calls."""
BROKEN = """
import sys
from smile.cli.progress import Progress
def broken(self, ran):
    if ran.text == "touch begun": raise ZeroDivisionError("what nobody thought of")
Progress._ran = broken
from smile.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""A bug in the midst of a run: the loop tells of a command, and that fails."""
BROKEN_AT_THE_END = """
import sys
from smile.report import build
def broken(record): raise ZeroDivisionError("what nobody thought of")
build.recommend = broken
from smile.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def crashed(smile: Smile, ended: Ended) -> str:
    """The traceback that it left, after a look at what it said."""
    told = "error: SMILE failed, not your tutorial: ZeroDivisionError: what nobody thought of"
    assert told in ended.stderr.splitlines()
    kept = smile.where / ".smile/crash.txt"
    assert f"the traceback is in {kept}; `smile bug-report` " in ended.stderr
    return kept.read_text(encoding="utf-8")


@pytest.mark.namespaces
def test_a_bug_in_the_midst_of_a_run_closes_the_sandbox_and_leaves_what_was_seen(
    smile: Smile,
) -> None:
    smile.program = ("-c", BROKEN)
    ended = smile.follow(bash("echo before", "touch begun", "sleep 100"), timeoutSeconds=60)
    assert (ended.code, ended.status, ended.gaps) == (70, "error", [])
    assert ended.commands["echo before"]["output"] == "before\n"
    trace = crashed(smile, ended)
    assert "in broken" in trace
    assert '"event": "iteration_start"' in trace
    assert "ZeroDivisionError" in ended.report["summary"]["errorMessage"]
    assert "echo before" in (smile.where / ".smile/journal.jsonl").read_text(encoding="utf-8")


@pytest.mark.namespaces
def test_a_bug_while_the_report_is_made_leaves_the_journal(smile: Smile) -> None:
    smile.program = ("-c", BROKEN_AT_THE_END)
    smile.write(FINE)
    ended = smile.run()
    assert (ended.code, ended.report) == (70, {})
    assert "in broken" in crashed(smile, ended)
    assert "cat one.txt" in (smile.where / ".smile/journal.jsonl").read_text(encoding="utf-8")


@pytest.mark.namespaces
@pytest.mark.parametrize("files", [8, 18, 24])
def test_a_machine_that_has_nothing_left_is_no_bug(smile: Smile, files: int) -> None:
    smile.write(FINE)
    few = f"import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))"
    smile.program = ("-c", f"{few}; from smile.cli.main import main; sys.exit(main(sys.argv[1:]))")
    ended = smile.run()
    assert ended.code in {0, 2, 3}, ended.stderr
    assert ended.code == 0 or "  try: " in ended.stderr


# --- 130 and 143: somebody ends it ---------------------------------------------------------------


def begun(smile: Smile, *args: str) -> subprocess.Popen[str]:
    """A run whose long command works."""
    smile.write(LONG, timeoutSeconds=60)
    process = smile.start(*args)
    journal = smile.where / ".smile/journal.jsonl"
    ran = re.compile(r'"type":"typed","text":"sleep 100"')
    wait_until(lambda: journal.exists() and bool(ran.search(journal.read_text("utf-8"))))
    return process


@pytest.mark.namespaces
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_a_signal_ends_the_run_at_once_with_a_partial_report(
    smile: Smile, number: signal.Signals, code: int
) -> None:
    process = begun(smile)
    sent = time.monotonic()
    process.send_signal(number)
    ended = smile.end(process, sent)
    assert (ended.code, ended.status) == (code, "stopped")
    assert ended.seconds < 9
    assert ended.commands["touch begun"]["exitCode"] == 0
    assert_that_all_tell_what_was_under_way(smile, ended)
    assert not (smile.where / ".smile/state.json").exists()


@pytest.mark.namespaces
def test_a_second_run_in_the_same_place_is_refused_and_does_not_harm_the_first(
    smile: Smile,
) -> None:
    first = begun(smile)
    second = smile.start()
    _, told = second.communicate(timeout=60)
    first.send_signal(signal.SIGINT)
    ended = smile.end(first, time.monotonic())
    assert second.returncode == 2
    assert f"already running (pid {first.pid})" in told
    assert (ended.code, ended.status) == (130, "stopped")


@pytest.mark.namespaces
def test_a_run_that_is_killed_leaves_nothing_but_what_it_needs_to_go_on(smile: Smile) -> None:
    process = begun(smile)
    process.kill()
    ended = smile.end(process, time.monotonic())
    assert ended.code == -signal.SIGKILL
    assert (smile.where / ".smile/state.json").exists()


# --- all of them ---------------------------------------------------------------------------------


def gaps(smile: Smile) -> int:
    return smile.follow(MAJOR).code


def nothing_wrong(smile: Smile) -> int:
    return smile.follow(FINE).code


def no_tutorial(smile: Smile) -> int:
    return smile.run().code


def no_engine(smile: Smile) -> int:
    smile.write(FINE)
    return smile.run("--sandbox", "docker", DOCKER_HOST="unix:///nowhere.sock").code


def a_bug(smile: Smile) -> int:
    smile.program = ("-c", BROKEN)
    return smile.follow(LONG, timeoutSeconds=60).code


def ended_by(number: signal.Signals) -> Callable[[Smile], int]:
    def end(smile: Smile) -> int:
        process = begun(smile)
        process.send_signal(number)
        return smile.end(process, time.monotonic()).code

    return end


def reader_gone(smile: Smile) -> int:
    smile.write(FINE)
    process = smile.start("--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    return smile.end(process, time.monotonic()).code


ENDINGS: dict[int, Callable[[Smile], int]] = {
    0: nothing_wrong,
    1: gaps,
    2: no_tutorial,
    3: no_engine,
    70: a_bug,
    130: ended_by(signal.SIGINT),
    143: ended_by(signal.SIGTERM),
    141: reader_gone,
}
"""Each code, and how the real command line comes to it."""


@pytest.mark.namespaces
@pytest.mark.parametrize(("code", "way"), ENDINGS.items(), ids=map(str, ENDINGS))
def test_every_exit_code_is_reached(smile: Smile, code: int, way: Callable[[Smile], int]) -> None:
    assert way(smile) == code


def test_no_exit_code_is_told_that_is_not_reached() -> None:
    told = {int(code) for code in re.findall(r"\b\d+\b", arguments.EXIT_CODES)}
    page = Path(__file__).parents[2] / "docs/running.md"
    told |= {
        int(code) for code in re.findall(r"^\| (\d+) \|", page.read_text("utf-8"), re.MULTILINE)
    }
    codes = {code for kind in every_error() for code in [kind.exit_code]}
    assert told | codes == set(ENDINGS)


def every_error(kind: type[SmileError] = SmileError) -> Iterator[type[SmileError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from every_error(each)


# --- the port ------------------------------------------------------------------------------------


@pytest.mark.namespaces
def test_a_port_that_is_taken_gives_way_to_a_free_one(smile: Smile) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = smile.follow(FINE, "-v", "--port", str(port))
    assert ended.code == 0, ended.stderr
    assert f"port {port} is taken" in ended.stderr
    found = {int(at) for at in re.findall(r"http://127\.0\.0\.1:(\d+)", ended.stderr)}
    assert len(found) == 1
    assert port not in found
