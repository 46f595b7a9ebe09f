"""The examples of the README, run as a user runs them: real programs in a real sandbox."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engine import MACHINE

ROOT = Path(__file__).parents[2]
EXPECTED = json.loads((ROOT / "tests/examples/expected.json").read_text())
NEAR = 2
LOCAL = ("--sandbox", "local")
NEWCOMER = ("--sandbox", "docker", "--image", MACHINE.tag)
"""One that has nothing of what the tutorials ask for but Python."""

Done = subprocess.CompletedProcess[str]
Report = dict[str, Any]

pytestmark = pytest.mark.namespaces


def _smile(where: Path, *args: str, machine: tuple[str, ...] = LOCAL) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "smile.cli.main", *args, *machine],
        cwd=where,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def _run(name: str, where: Path, *options: str, machine: tuple[str, ...] = LOCAL) -> Report:
    """`smile run --example NAME` in an empty directory; the report as written."""
    args = ("run", "--example", name, "--provider", "literal", *options)
    done = _smile(where, *args, machine=machine)
    assert done.returncode in {0, 1}, done.stderr[-3000:]
    report = json.loads((where / "smile-report.json").read_text())
    assert isinstance(report, dict)
    return report


@pytest.mark.parametrize("name", ["shell-journal", "hello-fastapi", "counter-cli"])
def test_the_gaps_of_an_example_are_found_at_their_lines(name: str, tmp_path: Path) -> None:
    _shows(_run(name, tmp_path), name, [gap for gap in EXPECTED[name] if gap["everywhere"]])


@pytest.mark.docker
@pytest.mark.parametrize("name", ["sales-sql", "first-container"])
def test_what_only_a_bare_machine_shows_of_an_example_is_found_there(
    name: str, tmp_path: Path, docker_host: str
) -> None:
    assert docker_host
    assert not all(gap["everywhere"] for gap in EXPECTED[name])
    _shows(_run(name, tmp_path, machine=NEWCOMER), name, EXPECTED[name])


@pytest.mark.docker
def test_a_bare_machine_shows_first_that_npm_is_missing(tmp_path: Path, docker_host: str) -> None:
    assert docker_host
    report = _run("counter-cli", tmp_path, "--max-iterations", "1", machine=NEWCOMER)
    first, *_ = EXPECTED["counter-cli"]
    assert not first["everywhere"]
    _shows(report, "counter-cli", [first])


def _shows(report: Report, name: str, gaps: list[dict[str, Any]]) -> None:
    """The report has these gaps, and no other than those of the example."""
    found = [(gap["kind"], gap["location"]["lineNumber"]) for gap in report["gaps"]]
    for gap in gaps:
        near = [kind for kind, line in found if abs(line - gap["line"]) <= NEAR]
        assert gap["kind"] in near, (gap, found)
    wanted = [gap["line"] for gap in EXPECTED[name]]
    false = [g for g in found if not any(abs(g[1] - line) <= NEAR for line in wanted)]
    assert false == []


def test_the_report_of_an_example_is_one_to_act_on(tmp_path: Path) -> None:
    _run("shell-journal", tmp_path)
    text = (tmp_path / "smile-report.md").read_text()
    assert "chmod +x ./note.sh" in text
    assert "mkdir" in text
    assert "verified" in text
    assert './note.sh "Started a journal"' in text


@pytest.mark.parametrize("name", ["shell-journal", "sales-sql", "hello-fastapi"])
def test_an_example_runs_clean_when_its_fixes_are_written_into_it(
    name: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "examples" / name / "tutorial.md", tmp_path)

    done = _smile(tmp_path, "fix", "--apply")

    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "left out" not in done.stdout
    report = json.loads((tmp_path / "smile-report.json").read_text())
    assert f"verified ({len(report['gaps'])})" in done.stdout
