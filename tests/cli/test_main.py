"""The edge: help, versions, errors and their exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import smile as package

from .conftest import Smile, command, environment


def test_the_version_is_told_on_stdout(smile: Smile) -> None:
    done = smile("--version")
    assert (done.returncode, done.stdout) == (0, f"smile {package.__version__}\n")


def test_the_version_is_told_in_a_moment() -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command("--version"), check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.15


@pytest.mark.parametrize("name", ["run", "watch", "stop", "doctor", "init", "image"])
def test_each_command_explains_itself_with_examples(smile: Smile, name: str) -> None:
    done = smile(name, "--help")
    assert done.returncode == 0
    assert f"  smile {name}" in done.stdout.partition("examples:")[2]


def test_help_of_run_lists_every_exit_code(smile: Smile) -> None:
    codes = smile("run", "--help").stdout.partition("exit codes:")[2]
    assert [int(code) for code in re.findall(r"\b\d+\b", codes)] == [0, 1, 2, 3, 70, 130, 143]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["run", "--timeout", "0"],
        ["run", "--timeout", "soon"],
        ["run", "--sandbox", "moon"],
        ["run", "--provider", "moon"],
        ["run", "--port", "70000"],
        ["run", "--example", "moon"],
        ["run", "--example", "shell-journal", "other.md"],
        ["image"],
    ],
)
def test_a_wrong_command_line_exits_with_2_and_says_what_to_try(
    smile: Smile, arguments: list[str]
) -> None:
    done = smile(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.search(r"^error: .+\n  try: .+", done.stderr, re.MULTILINE), done.stderr


def test_a_wrong_smile_json_exits_with_2_and_names_its_line(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "smile.json").write_text('{\n  "timeout": "soon"\n}', encoding="utf-8")
    done = smile("run")
    assert done.returncode == 2
    assert done.stderr.startswith("error: smile.json:2: timeout must be an integer")
    assert "  try: " in done.stderr


def test_an_unknown_field_gives_one_warning(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "smile.json").write_text('{"colour": "red"}', encoding="utf-8")
    assert smile("run").stderr.count('warning: smile.json:1: unknown field "colour"') == 1


def test_a_tutorial_that_is_missing_exits_with_2(smile: Smile) -> None:
    done = smile("run", "nowhere.md")
    assert done.returncode == 2
    assert "nowhere.md" in done.stderr


def test_a_tutorial_that_is_binary_exits_with_2(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "t.md").write_bytes(bytes(range(256)))
    done = smile("run", "t.md")
    assert done.returncode == 2
    assert "not a valid Markdown file" in done.stderr


def test_a_provider_that_this_version_lacks_exits_with_3_and_names_what_is_missing(
    smile: Smile, tmp_path: Path
) -> None:
    (tmp_path / "tutorial.md").write_text("# T\n", encoding="utf-8")
    done = smile("run", "--provider", "claude")
    assert done.returncode == 3
    assert "this version of SMILE has only the provider literal" in done.stderr
    assert "ANTHROPIC_API_KEY" in done.stderr


def test_without_docker_a_run_that_asks_for_it_exits_with_3_and_says_what_to_install(
    smile: Smile, tmp_path: Path
) -> None:
    (tmp_path / "tutorial.md").write_text("# T\n", encoding="utf-8")
    done = smile("run", "--sandbox", "docker", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert done.returncode == 3
    assert "error: Docker is required but not available: " in done.stderr
    assert "apt install docker.io" in done.stderr


def test_certificates_that_do_not_exist_exit_with_2(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "tutorial.md").write_text("# T\n", encoding="utf-8")
    done = smile("run", SSL_CERT_FILE="/nowhere.pem")
    assert done.returncode == 2
    assert "/nowhere.pem" in done.stderr


BUG = """
import sys, smile.cli.init
def broken(args): raise ZeroDivisionError("what nobody thought of")
smile.cli.init.main = broken
from smile.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def failing(tmp_path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUG, "init", *args],
        env=environment(TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bug_exits_with_70_without_a_traceback_but_says_where_it_is(tmp_path: Path) -> None:
    done = failing(tmp_path)
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "SMILE failed, not your tutorial: ZeroDivisionError" in done.stderr
    (kept,) = tmp_path.glob("smile-crash-*.txt")
    assert str(kept) in done.stderr
    assert "what nobody thought of" in kept.read_text(encoding="utf-8")


def test_a_bug_shows_its_traceback_when_asked_for(tmp_path: Path) -> None:
    assert "Traceback" in failing(tmp_path, "-vv").stderr


FLOOD = """
import sys, smile.cli.init
def flood(args): print("x" * 1_000_000)
smile.cli.init.main = flood
from smile.cli.main import main
sys.exit(main(["init"]))
"""


def test_a_reader_that_goes_away_is_no_bug() -> None:
    shell = '"$0" -c "$1" | true; echo ${PIPESTATUS[0]}'
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable, FLOOD], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_init_writes_a_file_that_run_accepts(smile: Smile, tmp_path: Path) -> None:
    assert smile("init").returncode == 0
    written = json.loads((tmp_path / "smile.json").read_text(encoding="utf-8"))
    assert written["tutorial"] == "tutorial.md"
    done = smile("run")
    assert "tutorial.md" in done.stderr
    assert "smile.json" not in done.stderr


def test_init_names_the_only_tutorial_that_is_there(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    (tmp_path / "install.md").touch()
    smile("init")
    written = json.loads((tmp_path / "smile.json").read_text(encoding="utf-8"))
    assert written["tutorial"] == "install.md"


def test_init_never_overwrites(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "smile.json").write_text("mine", encoding="utf-8")
    done = smile("init")
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert (tmp_path / "smile.json").read_text(encoding="utf-8") == "mine"


def test_init_into_a_directory_that_is_missing_exits_with_2(smile: Smile) -> None:
    assert smile("init", "nowhere").returncode == 2


def test_the_examples_are_listed_on_stdout(smile: Smile) -> None:
    done = smile("run", "--example", "list")
    assert done.returncode == 0
    assert "shell-journal" in done.stdout.split()
