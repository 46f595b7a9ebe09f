"""The edge: help, versions, errors and their exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smile as package

from .conftest import Smile, command, environment


def test_the_version_is_told_on_stdout(smile: Smile) -> None:
    done = smile("--version")
    assert (done.returncode, done.stdout) == (0, f"smile {package.__version__}\n")


def test_the_version_is_told_without_loading_what_takes_long() -> None:
    python, *rest = command("--version")
    told = subprocess.run(
        [python, "-X", "importtime", *rest], check=True, capture_output=True, text=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "smile.cli.arguments" in loaded
    assert not loaded & {"asyncio", "pydantic", "starlette", "uvicorn", "rich", "markdown_it"}


@pytest.mark.parametrize(
    "name", ["run", "watch", "stop", "doctor", "init", "image", "clean", "bug-report"]
)
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
        ["image", "build", "moon"],
        ["image", "build", "runtime", "--from", "node:22"],
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
def broken(args): raise ZeroDivisionError("what nobody thought of: ghp_" + "a1B2" * 9)
smile.cli.init.main = broken
from smile.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def failing(tmp_path: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUG, "init", *args],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bug_exits_with_70_and_says_where_its_traceback_is_and_how_to_report_it(
    tmp_path: Path,
) -> None:
    done = failing(tmp_path)
    assert (done.returncode, done.stdout) == (70, "")
    error, hint = done.stderr.splitlines()
    assert error.startswith(
        "error: SMILE failed, not your tutorial: ZeroDivisionError: what nobody"
    )
    kept = tmp_path / ".smile/crash.txt"
    assert f"  try: the traceback is in {kept}; `smile bug-report` puts it into a file" in hint
    text = kept.read_text(encoding="utf-8")
    assert "in broken" in text
    assert "what nobody thought of: [redacted]" in text
    assert "ghp_" not in text + done.stderr


def test_a_bug_has_its_traceback_where_smile_state_dir_says(tmp_path: Path) -> None:
    failing(tmp_path, SMILE_STATE_DIR=str(tmp_path / "state"))
    assert (tmp_path / "state/crash.txt").exists()
    assert not (tmp_path / ".smile").exists()


def test_a_bug_where_the_state_can_not_be_written_has_its_traceback_elsewhere(
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    full = tmp_path / "file"
    full.touch()
    done = failing(tmp_path, SMILE_STATE_DIR=str(full), TMPDIR=str(elsewhere))
    (kept,) = elsewhere.glob("smile-crash-*.txt")
    assert f"the traceback is in {kept}: attach it to an issue" in done.stderr


@pytest.mark.parametrize(
    ("args", "variables", "shown"),
    [
        (("-vv",), {}, True),
        ((), {"SMILE_DEBUG": "1"}, True),
        (("-v",), {}, False),
        ((), {"SMILE_DEBUG": "0"}, False),
        ((), {"SMILE_DEBUG": ""}, False),
    ],
)
def test_who_asks_for_it_sees_the_traceback_of_a_bug_and_of_an_error_of_ours(
    smile: Smile, tmp_path: Path, args: tuple[str, ...], variables: dict[str, str], *, shown: bool
) -> None:
    bug = failing(tmp_path, *args, **variables)
    wrong = smile("run", "nowhere.md", *args, **variables)
    assert (bug.returncode, wrong.returncode) == (70, 2)
    assert ("Traceback" in bug.stderr) is shown
    assert ("Traceback" in wrong.stderr) is shown
    assert wrong.stderr.splitlines()[-2].startswith("error: There is no tutorial ")
    assert "ghp_" not in bug.stderr


def test_a_bug_beside_an_error_of_ours_is_still_a_bug(tmp_path: Path) -> None:
    code = """
import sys, smile.cli.init
from smile.errors import SandboxError, UsageError
def broken(args): raise ExceptionGroup("two", [SandboxError("gone"), ZeroDivisionError()])
def ours(args): raise ExceptionGroup("two", [SandboxError("gone"), UsageError("no")])
smile.cli.init.main = globals()[sys.argv[1]]
from smile.cli.main import main
sys.exit(main(["init"]))
"""
    codes = [
        subprocess.run(
            [sys.executable, "-c", code, which], cwd=tmp_path, capture_output=True, check=False
        ).returncode
        for which in ("broken", "ours")
    ]
    assert codes == [70, 3]


# --- as JSON ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "kind"),
    [
        (("walk", "--log-format", "json"), 2, "UsageError"),
        (("run", "--log-format=json", "--timeout", "0"), 2, "UsageError"),
        (("run", "nowhere.md", "--log-format", "json"), 2, "TutorialError"),
        (("run", "--provider", "claude", "--log-format", "json"), 3, "ProviderError"),
        (("init", "nowhere", "--log-format", "json"), 2, "ConfigError"),
    ],
)
def test_every_line_of_stderr_is_a_json_object_also_of_an_error(
    smile: Smile, args: tuple[str, ...], code: int, kind: str
) -> None:
    done = smile(*args)
    assert done.returncode == code
    *_, last = [json.loads(line) for line in done.stderr.splitlines()]
    assert (last["event"], last["level"]) == ("error", "error")
    assert (last["fields"]["kind"], last["fields"]["exitCode"]) == (kind, code)
    assert last["fields"]["hint"]


def test_a_bug_as_json_is_one_object_with_its_traceback(tmp_path: Path) -> None:
    done = failing(tmp_path, "--log-format", "json", "--log-file", "log")
    (value,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert (value["event"], value["level"]) == ("crash", "critical")
    assert (value["fields"]["kind"], value["fields"]["exitCode"]) == ("ZeroDivisionError", 70)
    assert "in broken" in value["fields"]["traceback"]
    assert (tmp_path / "log").read_text("ascii") == done.stderr


def test_a_wrong_log_format_is_told_for_people(smile: Smile) -> None:
    for args in (("run", "--log-format"), ("run", "--log-format", "xml")):
        done = smile(*args)
        assert done.returncode == 2
        assert done.stderr.startswith("error: argument --log-format: ")


def test_a_log_file_that_can_not_be_opened_exits_with_2(smile: Smile, tmp_path: Path) -> None:
    done = smile("init", "--log-file", str(tmp_path))
    assert done.returncode == 2
    assert "error: can't write the log file" in done.stderr
    assert not (tmp_path / "smile.json").exists()


# --- where words go -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redirection", "code", "told"),
    [
        (">/dev/full", 3, "error: can't write to stdout: No space left on device"),
        (">&-", 0, ""),
        ("2>/dev/full", 0, ""),
        ("2>&-", 0, ""),
        (">&- 2>&-", 0, ""),
    ],
)
def test_a_stdout_or_stderr_that_is_full_or_closed_is_no_bug(
    redirection: str, code: int, told: str
) -> None:
    shell = f'"$@" {redirection}'
    done = subprocess.run(
        ["bash", "-c", shell, "bash", *command("run", "--example", "list")],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == code
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_terminal_that_knows_few_letters_gets_the_others_written_out(
    smile: Smile, tmp_path: Path, encoding: str
) -> None:
    place = tmp_path / "caf\u00e9 \u65e5\u672c"
    place.mkdir()
    done = smile("init", str(place), PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wrote ")


FLOOD = """
import sys, smile.cli.init
def flood(args): args.talk.result("x" * 1_000_000)
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
