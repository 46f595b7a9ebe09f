"""``smile check`` from end to end: real files, real exit codes, real pipes."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from .conftest import Smile, environment

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schema/smile-report.schema.json").read_text(encoding="utf-8"))

FINE = "# Fine\n\nRun it:\n\n```bash\necho one > one.txt\ncat one.txt\n```\n"
GAP = "# A gap\n\nRead it:\n\n```bash\ncat notes.txt\n```\n"
MINOR = "# Minor\n\n## Step 1\n\nA.\n\n## Step 3\n\nB.\n"


def write(where: Path, **texts: str) -> None:
    for name, text in texts.items():
        (where / f"{name}.md").write_text(text, encoding="utf-8")


def reports(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    for report in found:
        jsonschema.validate(report, SCHEMA)
    return found


def test_a_gap_is_a_line_that_editors_and_ci_understand(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial=GAP)

    done = smile("check")

    assert done.returncode == 1
    assert done.stdout == (
        "tutorial.md:6: major missing_file: The command on line 6 needs `notes.txt`, which no "
        "earlier step makes.\n"
    )
    assert done.stderr == "1 tutorial checked, 1 gap found; nothing was executed\n"
    assert [path.name for path in tmp_path.iterdir()] == ["tutorial.md"]


def test_a_tutorial_without_a_gap_prints_nothing_and_exits_with_0(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, tutorial=FINE)

    done = smile("check", "tutorial.md")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 tutorial checked, no gap found; nothing was executed\n"


def test_several_tutorials_are_told_apart_and_each_is_checked_once(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, a=GAP, b=FINE, c=MINOR)

    done = smile("check", "a.md", "b.md", "c.md", "a.md")

    heads = [line.split(" ")[:3] for line in done.stdout.splitlines()]
    assert heads == [
        ["a.md:6:", "major", "missing_file:"],
        ["c.md:7:", "minor", "ambiguous_instruction:"],
    ]
    assert done.stderr.startswith("3 tutorials checked, 2 gaps found")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("level", "code"), [("critical", 0), ("major", 0), ("minor", 1), ("never", 0)]
)
def test_the_mildest_gap_that_fails_can_be_chosen(
    smile: Smile, tmp_path: Path, level: str, code: int
) -> None:
    write(tmp_path, tutorial=MINOR)

    done = smile("check", "--fail-on", level, "tutorial.md")

    assert done.returncode == code
    assert "tutorial.md:7: minor" in done.stdout


def test_verbose_shows_what_to_write_and_quiet_says_no_more_than_the_gaps(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, tutorial="# T\n\nDo:\n\n```bash\ntree\n```\n")

    verbose, quiet = smile("check", "-v"), smile("check", "-q")

    assert "    Install `tree` first:\n\n    ```bash\n    apt-get update\n" in verbose.stdout
    assert quiet.stdout == verbose.stdout.splitlines(keepends=True)[0]
    assert quiet.stderr == ""


def test_json_is_one_valid_report_a_line_that_says_that_nothing_was_executed(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, a=GAP, b=FINE)

    done = smile("check", "--json", "a.md", "b.md")

    first, second = reports(done.stdout)
    assert (first["summary"]["status"], first["summary"]["iterations"]) == ("checked", 0)
    assert "nothing was executed" in first["summary"]["note"]
    steps = first["summary"]["steps"]
    assert steps["unobserved"] == steps["total"] > 0
    assert first["auditTrail"] == {"commands": [], "files": [], "llmCalls": [], "requests": []}
    assert [gap["kind"] for gap in first["gaps"]] == ["missing_file"]
    assert first["gaps"][0]["evidence"]["lines"] == []
    assert second["gaps"] == []
    assert "a.md:6: major missing_file" in done.stderr
    assert done.returncode == 1


def test_reports_are_written_only_where_they_are_asked_for(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial=GAP)

    done = smile("check", "-o", "out")

    text = (tmp_path / "out/smile-report.md").read_text(encoding="utf-8")
    reports(json.dumps(json.loads((tmp_path / "out/smile-report.json").read_text("utf-8"))))
    assert "**Checked, not followed:** 1 gap (1 major)." in text
    assert "not executed" in text
    assert "fix: unverified (nothing was executed)" in text
    assert "iteration" not in text.split("## Timeline")[0]
    assert (tmp_path / "out/smile-audit.log").read_text("utf-8") == ""
    assert "out/smile-report.md" in done.stderr


def test_the_reports_of_several_tutorials_do_not_overwrite_each_other(
    smile: Smile, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    write(tmp_path, a=GAP)
    write(tmp_path / "docs", a=MINOR)

    assert smile("check", "-o", "out", "a.md", "docs/a.md").returncode == 1

    kinds = {
        str(path.parent.relative_to(tmp_path / "out")): [
            gap["kind"] for gap in json.loads(path.read_text("utf-8"))["gaps"]
        ]
        for path in (tmp_path / "out").rglob("smile-report.json")
    }
    assert kinds == {"a.md": ["missing_file"], "docs/a.md": ["ambiguous_instruction"]}


def test_a_report_that_cannot_be_written_is_said_and_printed(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial=GAP)
    (tmp_path / "out").write_text("a file", encoding="utf-8")

    done = smile("check", "-o", "out")

    assert done.returncode == 3
    assert "error: can't write the report to out" in done.stderr
    assert "# SMILE report: tutorial.md" in done.stdout


BAD: list[tuple[str, bytes | None]] = [
    ("missing.md", None),
    ("big.md", b"a" * 102_401),
    ("latin.md", "# Caf\u00e9\n".encode("latin-1")),
    ("nul.md", b"# A\0B\n"),
    ("directory", b""),
]


@pytest.mark.parametrize(("name", "content"), BAD, ids=[name for name, _ in BAD])
def test_bad_input_is_refused_with_the_words_and_the_code_of_a_run(
    smile: Smile, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if name == "directory":
        (tmp_path / name).mkdir()
    elif content is not None:
        (tmp_path / name).write_bytes(content)

    # Absolute, for a run names the path as its configuration has it.
    checked, ran = (smile(command, str(tmp_path / name)) for command in ("check", "run"))

    errors = [line for line in ran.stderr.splitlines() if re.match(r"error:|  try:", line)]
    assert errors
    assert checked.stderr.splitlines()[:2] == errors
    assert (checked.returncode, ran.returncode) == (2, 2)
    assert checked.stdout == ""


def test_one_bad_tutorial_does_not_keep_the_others_from_being_checked(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, a=GAP)

    done = smile("check", "missing.md", "a.md")

    assert done.returncode == 2
    assert "There is no tutorial missing.md" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("1 tutorial checked, 1 gap found")
    assert done.stdout.startswith("a.md:6:")


def test_an_empty_tutorial_has_no_gap(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial="")

    assert smile("check").returncode == 0


def test_the_configuration_names_the_tutorial(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    write(tmp_path / "docs", start=GAP)
    (tmp_path / "docs/smile.json").write_text('{"tutorial": "start.md", "odd": 1}', "utf-8")

    done = smile("check", "-c", "docs/smile.json")

    assert done.stdout.startswith("docs/start.md:6: major")
    assert "warning:" in done.stderr
    assert "odd" in done.stderr


def test_a_wrong_configuration_is_an_error_only_where_it_is_needed(
    smile: Smile, tmp_path: Path
) -> None:
    write(tmp_path, tutorial=FINE)
    (tmp_path / "smile.json").write_text('{"tutorial": 1}', encoding="utf-8")

    assert smile("check").returncode == 2
    assert smile("check", "tutorial.md").returncode == 0


def test_secrets_of_the_environment_do_not_come_out_again(smile: Smile, tmp_path: Path) -> None:
    secret = "hunter2-" + "x9Kq" * 5
    write(tmp_path, tutorial=f"# T\n\nDo:\n\n```bash\ntree --token {secret}\n```\n")

    done = smile("check", "-v", "-o", "out", SERVICE_TOKEN=secret)
    json_too = smile("check", "--json", SERVICE_TOKEN=secret)

    written = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    assert done.returncode == 1
    assert secret not in done.stdout + done.stderr + written + json_too.stdout + json_too.stderr


def test_a_tutorial_cannot_steer_the_terminal_or_forge_a_line(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial="# T\n\nDo:\n\n```bash\ncp <na\x1b[2Jme> x\n```\n\n[a](b\u202e.md)\n")

    done = smile("check", "-v")

    assert not re.search("[\x1b\u202e]", done.stdout + done.stderr)
    assert all(line.startswith(("tutorial.md:", "    ")) or not line
               for line in done.stdout.splitlines())  # fmt: skip


def test_what_is_said_of_it_can_be_json_too(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial=GAP)

    done = smile("check", "--log-format", "json", "--log-file", "log")

    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in said] == ["gap", "summary"]
    assert said[-1]["fields"] == {"tutorials": 1, "gaps": 1}
    assert (tmp_path / "log").read_text("utf-8").count('"event": "gap"') == 1


def test_nothing_is_executed(smile: Smile, tmp_path: Path) -> None:
    write(tmp_path, tutorial=f"# T\n\nDo:\n\n```bash\ntouch {tmp_path}/made\n```\n")

    smile("check")

    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "](" * 50_000,
        "<!--" * 25_000,
        "`" * 100_000,
        "## Step 1\n" * 10_000,
        "```bash\n" + "cat a.txt\n" * 10_000 + "```\n",
        "```bash\n" + "cd a\n" * 20_000 + "```\n",
        "```bash\necho " + "$X " * 30_000 + "\n```\n",
        "```bash\ncp <name> " + "[<a " * 20_000 + "\n```\n",
        "Replace <name>. " * 6_000 + "\n\n```bash\ncp <name>\n```\n",
        "[a](b.md) " * 10_000,
        "```bash\n" + "".join(f"cat {n}.txt\n" for n in range(6_000)) + "```\n",
    ],
    ids=lambda text: text[:8].replace("\n", " "),
)
def test_no_text_takes_it_long(smile: Smile, tmp_path: Path, text: str) -> None:
    write(tmp_path, tutorial=text)

    began = time.monotonic()
    done = smile("check", "-q")

    assert done.returncode in {0, 1}
    assert time.monotonic() - began < 60  # a second when nothing else goes on


def test_a_clean_tutorial_is_checked_without_loading_what_only_gaps_need(tmp_path: Path) -> None:
    write(tmp_path, tutorial=FINE)
    code = (
        "import sys; from smile.cli.main import main; code = main(['check', '-q', 'tutorial.md']);"
        "print(code, *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    code, *loaded = done.stdout.split()
    assert code == "0"
    assert {"pydantic", "asyncio", "rich", "starlette", "tomllib"} & set(loaded) == set()


def test_the_hook_for_pre_commit_takes_the_names_of_files(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *words = shlex.split(hook["entry"])
    write(tmp_path, a=GAP, b=FINE)

    done = subprocess.run(
        [sys.executable, "-m", "smile.cli.main", *words, *hook.get("args", []), "a.md", "b.md"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (program, hook["language"], hook["types"]) == ("smile", "python", ["markdown"])
    assert hook.get("pass_filenames", True)
    assert done.returncode == 1
    assert done.stdout.startswith("a.md:6:")
