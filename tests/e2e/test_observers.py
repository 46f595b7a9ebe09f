"""A run is watched and stopped from other processes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from .driver import REPORTS, Smile, bash, wait_until

pytestmark = pytest.mark.namespaces

LONG = bash("touch begun", "sleep 100")
STUCK = bash("sleep 5", "echo 'echo hello' > hello.sh", "./hello.sh")


def other(smile: Smile, *args: str, **variables: str) -> subprocess.Popen[str]:
    """Another command of ``smile`` in the same directory."""
    kept = {name: value for name, value in os.environ.items() if "SMILE_" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "smile.cli.main", *args],
        cwd=smile.where,
        env=kept | {"NO_COLOR": "1"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heeds_interrupts,  # noqa: PLW1509 - no thread of this process holds a lock
    )


def _heeds_interrupts() -> None:
    """As in a terminal: what a shell starts in the background inherits that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def address(smile: Smile) -> dict[str, str]:
    """The file that tells where the run is, as soon as it is there."""
    file = smile.where / ".smile/observer.json"
    wait_until(file.exists)
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def begun(smile: Smile) -> subprocess.Popen[str]:
    """A run whose long command works."""
    smile.write(LONG, timeoutSeconds=90)
    process = smile.start()
    journal = smile.where / ".smile/journal.jsonl"
    ran = '"type":"command","text":"touch begun"'  # not only announced
    wait_until(lambda: journal.exists() and ran in journal.read_text(encoding="utf-8"))
    return process


def post_stop(smile: Smile) -> tuple[dict[str, Any], float]:
    """What the API answers to a stop, and after how many seconds."""
    found = address(smile)
    connection = http.client.HTTPConnection(urlsplit(found["url"]).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {found['token']}", "Content-Type": "application/json"}
    began = time.monotonic()
    connection.request("POST", "/api/stop", json.dumps({"reason": "enough seen"}), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer, time.monotonic() - began


def watching(process: subprocess.Popen[str]) -> list[str]:
    """What a watch says until it shows the first iteration."""
    assert process.stderr is not None
    said: list[str] = []
    while "iteration 1" not in said:
        line = process.stderr.readline()
        assert line, f"it ended: {said}"
        said.append(line.rstrip("\n"))
    return said


def test_the_api_stops_a_run_which_leaves_a_partial_report(smile: Smile) -> None:
    process = begun(smile)
    began = time.monotonic()
    answer, seconds = post_stop(smile)
    ended = smile.end(process, began)
    assert answer["stopped"] is True
    assert answer["finalState"]["status"] == "stopped"
    assert answer["finalState"]["stopReason"] == "enough seen"
    assert seconds < 9, "2 s, and more for a busy machine"
    assert (ended.code, ended.status) == (130, "stopped")
    assert ended.commands["touch begun"]["exitCode"] == 0
    for name in REPORTS:
        assert (smile.where / name).stat().st_size


def test_a_run_is_stopped_before_its_first_attempt_has_begun(smile: Smile) -> None:
    smile.write(LONG)
    began = time.monotonic()
    process = smile.start()
    while not (smile.where / ".smile/observer.json").exists():
        time.sleep(0.001)
    answer, _ = post_stop(smile)
    ended = smile.end(process, began)
    assert answer["stopped"] is True
    assert ended.code == 130


def test_only_the_author_can_read_where_a_run_is_and_how_to_get_in(smile: Smile) -> None:
    process = begun(smile)
    file = smile.where / ".smile/observer.json"
    found = address(smile)
    assert file.stat().st_mode & 0o777 == 0o600
    process.send_signal(signal.SIGINT)
    ended = smile.end(process, time.monotonic())
    assert not file.exists()
    assert found["token"] not in ended.written


def test_a_watch_shows_the_lines_of_the_run_and_ends_with_its_outcome(smile: Smile) -> None:
    smile.write(STUCK, timeoutSeconds=60)
    began = time.monotonic()
    run = smile.start("-v")
    where = address(smile)
    watch = other(smile, "watch", "-v")
    raw = other(smile, "watch", "--json", where["url"], SMILE_TOKEN=where["token"])
    first, *early = watching(watch)
    out, rest = watch.communicate(timeout=90)
    events = [json.loads(line) for line in raw.communicate(timeout=90)[0].splitlines()]
    ended = smile.end(run, began)

    said = ended.stderr[ended.stderr.index("iteration 1\n") :]
    assert "stuck" in said
    assert "past with help" in said
    assert "\n".join(early) + "\n" + rest == said
    assert first.startswith("watching run ")
    assert out.startswith("completed (")
    assert (ended.status, watch.returncode, raw.returncode) == ("completed", 0, 0)
    assert events[0]["event"] == "connected"
    assert events[-1]["event"] == "loop_complete"


def test_who_stops_watching_leaves_the_run_alone_and_who_stops_the_run_ends_it(
    smile: Smile,
) -> None:
    run = begun(smile)
    watch, staying = other(smile, "watch"), other(smile, "watch")
    for each in (watch, staying):
        watching(each)
    watch.send_signal(signal.SIGINT)
    _, said = watch.communicate(timeout=30)
    assert watch.returncode == 130
    assert "the run goes on" in said
    assert "Traceback" not in said
    assert run.poll() is None

    began = time.monotonic()
    stop = other(smile, "stop")
    told, _ = stop.communicate(timeout=30)
    ended = smile.end(run, began)
    assert (stop.returncode, ended.code, ended.status) == (0, 130, "stopped")
    assert "stopped" in told
    out, _ = staying.communicate(timeout=30)
    assert staying.returncode == 130
    assert out.splitlines()[:2] == ["stopped (1 iteration)", "smile stop"]
    for line in out.splitlines()[2:]:  # unless the stop came before it was told of
        assert re.fullmatch(r"`sleep \d+` \(line 5\) was still running after .*", line)


def test_a_watch_ends_when_its_run_was_killed_and_the_next_knows_that_it_is_dead(
    smile: Smile,
) -> None:
    run = begun(smile)
    watch = other(smile, "watch")
    watching(watch)
    run.kill()
    _, said = watch.communicate(timeout=60)
    assert watch.returncode == 3
    assert "error: the run at http://127.0.0.1:" in said
    assert "is gone without a word" in said
    smile.end(run, time.monotonic())
    late = other(smile, "watch")
    _, said = late.communicate(timeout=30)
    assert late.returncode == 3
    assert "no run is going on here" in said
    assert "of a dead one" in said
