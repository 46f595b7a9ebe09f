"""``smile run``, killed anywhere, goes on, and ends with the report of a run that was left alone."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smile.loop.store import Store
from smile.wire import JournalEntry, JournalEvent, MachineSeen, RunIdentity, now

from .driver import REPORTS, ROOT, Ended, Smile, bash, wait_until

pytestmark = pytest.mark.namespaces

TUTORIAL = """\
# A notebook

Keep a note:

```bash
echo text > notes/text.txt
```

Run the script:

```bash
echo 'echo hello' > hello.sh
./hello.sh
```
"""

CRASH = """
import os, runpy, signal, sys
from smile.loop import journal

moment, append = sys.argv.pop(1), journal.JournalWriter.append

def crashing(writer, entries):
    entries = tuple(entries)
    append(writer, entries)
    if f"{entries[-1].iteration} {entries[-1].status or entries[-1].event}" == moment:
        os.kill(os.getpid(), signal.SIGKILL)

journal.JournalWriter.append = crashing
runpy.run_module("smile.cli.main", run_name="__main__")
"""
"""Dies as soon as this transition is in the journal, before anything comes of it."""


def normalised(where: Path) -> dict[str, str]:
    """The reports without times and ids."""
    texts = {name: (where / name).read_text(encoding="utf-8") for name in REPORTS[:2]}
    report = json.loads(texts[REPORTS[1]])
    run_id = report["summary"]["runId"]
    texts[REPORTS[1]] = json.dumps(_without_times(report), indent=1)
    for name, text in texts.items():
        plain = text.replace(run_id, "RUN").replace(str(where), "WHERE")
        texts[name] = re.sub(
            r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?|\b\d\d:\d\d:\d\d\b|\d+\.\d+ s\b", "TIME", plain
        )
    return texts


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        times = {"timestamp", "startedAt", "endedAt", "seconds", "durationSeconds"}
        return {key: _without_times(each) for key, each in value.items() if key not in times}
    return [_without_times(each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happened to."""

    reports: dict[str, str]
    moments: list[str]
    seconds: float


@pytest.fixture
def undisturbed(smile: Smile) -> Undisturbed:
    """What it comes to; nothing of it is there any more, but the tutorial."""
    smile.write(TUTORIAL, iterations=5)
    ended = smile.run()
    assert ended.code == 1, ended.stderr
    state = smile.where / ".smile"
    entries = [json.loads(line) for line in (state / "journal.jsonl").read_text().splitlines()]
    moments = [f"{e['iteration']} {e['status']}" for e in entries if e.get("status")]
    reports = normalised(smile.where)
    shutil.rmtree(state)
    for name in REPORTS:
        (smile.where / name).unlink()
    return Undisturbed(reports, moments, ended.seconds)


def die(smile: Smile, process: subprocess.Popen[str]) -> Ended:
    """See it die, and nothing left of it but its files."""
    ended = smile.end(process, time.monotonic())
    assert ended.code == -signal.SIGKILL, ended.stderr
    return ended


def test_killed_at_every_transition_in_turn_it_ends_with_the_same_report(
    smile: Smile, undisturbed: Undisturbed
) -> None:
    assert len(undisturbed.moments) == 5 + 5 + 4
    finished = 0
    for moment in undisturbed.moments:
        ended = die(smile, smile.start(program=("-c", CRASH, moment)))
        assert ("resuming run" in ended.stderr) is (moment != undisturbed.moments[0])
        assert f"after iteration {finished}" in ended.stderr or not finished
        iteration, status = moment.split()
        if status == "starting":
            finished = int(iteration) - 1
    assert not (smile.where / REPORTS[0]).exists()
    ended = smile.run()
    assert (ended.code, ended.status) == (1, "completed")
    assert "had come to its end, but not to its report" in ended.stderr
    assert "iteration 3:" not in ended.stderr, "what was done is not done again"
    assert normalised(smile.where) == undisturbed.reports
    assert not (smile.where / ".smile/state.json").exists()


def test_killed_at_any_moment_it_ends_with_the_same_report(
    smile: Smile, undisturbed: Undisturbed
) -> None:
    chance = random.Random(20_300_101)
    for _ in range(6):
        process = smile.start()
        time.sleep(chance.uniform(0, undisturbed.seconds))
        process.kill()
        smile.end(process, time.monotonic())
    ended = smile.run()
    assert (ended.code, ended.status) == (1, "completed")
    assert normalised(smile.where) == undisturbed.reports


def journal(smile: Smile) -> list[dict[str, Any]]:
    """Its whole lines."""
    path = smile.where / ".smile/journal.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def test_the_clock_goes_on_where_it_was(smile: Smile) -> None:
    smile.write(bash("sleep 1", "sleep 100"), timeoutSeconds=60)
    process = smile.start()
    wait_until(lambda: "command" in [e.get("observation", {}).get("type") for e in journal(smile)])
    process.kill()
    die(smile, process)
    used = journal(smile)[-1]["secondsUsed"]
    assert used > 1
    process = smile.start()
    wait_until(lambda: [e["event"] for e in journal(smile)].count("iteration_start") == 2)
    process.send_signal(signal.SIGINT)
    assert smile.end(process, time.monotonic()).code == 130
    again = [e["secondsUsed"] for e in journal(smile) if e["event"] == "machine"][-1]
    assert used <= again < used + 1


def test_a_run_that_version_1_left_is_gone_on_with(smile: Smile) -> None:
    left = ROOT / "tests/data/version-1"
    (smile.where / ".smile").mkdir()
    for name in ("tutorial.md", "smile.json"):
        shutil.copy(left / name, smile.where)
    for name in ("state.json", "journal.jsonl"):
        shutil.copy(left / name, smile.where / ".smile")
    no_certificates = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "")
    ended = smile.run(**no_certificates)
    run_id = json.loads((left / "state.json").read_text("utf-8"))["runId"]
    assert f"resuming run {run_id} after iteration 2" in ended.stderr
    assert (ended.status, ended.report["summary"]["runId"]) == ("completed", run_id)
    assert [entry["iteration"] for entry in journal(smile) if entry["event"] == "run_end"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "tutorial.md changed"),
        (("--max-iterations", "3"), "maxIterations changed from 5 to 3"),
    ],
)
def test_what_changed_since_is_named_and_fresh_begins_anew(
    smile: Smile, args: tuple[str, ...], told: str
) -> None:
    smile.write(TUTORIAL, iterations=5)
    die(smile, smile.start(program=("-c", CRASH, "1 running_mentor")))
    if not args:
        smile.write(bash("echo another"), iterations=5)
    refused = smile.run(*args)
    assert refused.code == 2
    assert f"was cut short in iteration 1, {told}\n" in refused.stderr
    assert "use --fresh" in refused.stderr
    ended = smile.run(*args, "--fresh")
    assert ended.status == "completed"
    assert "resuming" not in ended.stderr


def test_what_a_dead_run_may_have_left_on_an_engine_that_does_not_answer_is_said(
    smile: Smile,
) -> None:
    smile.write(bash("true"))
    identity = RunIdentity(run_id="dead", tutorial_digest="t", config_digest="c")
    machine = MachineSeen(engine="docker", image="an-image", distribution="Debian")
    with Store(smile.where / ".smile/state.json") as store:
        store.begin(identity, now())
        store.append(
            JournalEntry(timestamp=now(), event=JournalEvent.MACHINE, iteration=0, machine=machine)
        )
    ended = smile.run("--sandbox", "local", DOCKER_HOST="unix:///nowhere.sock")
    assert ended.code == 0
    assert "the sandbox of run dead may still be there: No Docker engine" in ended.stderr


@pytest.mark.docker
def test_a_resumed_run_stays_on_the_engine_that_it_began_on(docker_host: str, smile: Smile) -> None:
    smile.write(bash("sleep 1", "echo done"))
    process = smile.start("--sandbox", "auto", DOCKER_HOST="unix:///nowhere.sock")
    wait_until(lambda: "begin" in [e.get("observation", {}).get("type") for e in journal(smile)])
    process.kill()
    die(smile, process)
    ended = smile.run("--sandbox", "auto", DOCKER_HOST=docker_host)
    assert ended.code == 0
    assert "resuming run" in ended.stderr
    assert ended.report["summary"]["sandbox"]["engine"] == "local"
