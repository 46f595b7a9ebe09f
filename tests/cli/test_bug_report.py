"""``smile bug-report``: what is in the file, and what never is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from tests.redaction.keys import KEYS, PEM_LINES, pem

from smile.cli import bug_report
from smile.cli.private import Private

from .conftest import Smile
from .test_main import failing

KEY = KEYS["anthropic"]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {
            name.removeprefix("smile-bug-report/"): archive.read(name).decode("utf-8")
            for name in archive.namelist()
        }


def made(smile: Smile, tmp_path: Path, *args: str, **variables: str) -> dict[str, str]:
    done = smile("bug-report", "-o", "report.zip", *args, **variables)
    assert done.returncode == 0, done.stderr
    return parts(tmp_path / "report.zip")


def test_it_lists_what_it_holds_writes_it_and_says_that_nothing_is_sent(
    smile: Smile, tmp_path: Path
) -> None:
    done = smile("bug-report")
    assert (done.returncode, done.stderr) == (0, "")
    (written,) = tmp_path.glob("smile-bug-report-*.zip")
    held = parts(written)
    listed, _, after = done.stdout.partition(f"wrote {written.name}\n")
    assert listed.startswith("The report will hold:\n")
    for name, text in held.items():
        assert f"  {name} " in listed
        assert f"{len(text.encode()):,} bytes" in listed
    assert "nothing was sent anywhere" in after
    assert "Nothing was sent anywhere" in held["README.txt"].replace("\n", " ")


def test_of_a_place_without_a_run_it_tells_versions_configuration_and_the_doctor_s_findings(
    smile: Smile, tmp_path: Path
) -> None:
    held = made(smile, tmp_path)
    assert set(held) == {"README.txt", "versions.txt", "config.txt", "doctor.txt", "state.txt"}
    versions = held["versions.txt"].splitlines()
    assert versions[0].startswith("smile ")
    names = {line.split()[0] for line in versions if line}
    assert names >= {"aiodocker", "aiohttp", "pydantic-core", "uvicorn", "websockets"}
    assert '"max_iterations": 10' in held["config.txt"]
    assert "local sandbox" in held["doctor.txt"]
    assert "there is no " in held["state.txt"]


def test_of_a_run_and_of_a_crash_it_has_state_journal_and_traceback(
    smile: Smile, tmp_path: Path
) -> None:
    failing(tmp_path)
    (tmp_path / ".smile/state.json").write_text('{"status": "error"}\n', encoding="utf-8")
    lines = [json.dumps({"number": number, "pad": "x" * 1000}) for number in range(2000)]
    (tmp_path / ".smile/journal.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    held = made(smile, tmp_path)
    assert json.loads(held["state.json"]) == {"status": "error"}
    *_, last = held["journal.jsonl"].splitlines()
    assert json.loads(last)["number"] == 1999
    assert len(held["journal.jsonl"]) <= bug_report.LARGEST
    assert "ZeroDivisionError: what nobody thought of" in held["crash.txt"]
    assert "journal.jsonl" in held["state.txt"]


def test_a_state_file_elsewhere_is_found(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/mine.json").write_text("{}", encoding="utf-8")
    (tmp_path / "my.json").write_text('{"stateFile": "other/mine.json"}', encoding="utf-8")
    assert "state.json" in made(smile, tmp_path, "-c", "my.json")


@pytest.mark.parametrize(
    ("settings", "told"),
    [('{"timeout": "soon"}', "timeout must be an integer"), ("{", "not valid JSON")],
)
def test_a_configuration_that_is_wrong_is_told_in_its_place(
    smile: Smile, tmp_path: Path, settings: str, told: str
) -> None:
    (tmp_path / "smile.json").write_text(settings, encoding="utf-8")
    held = made(smile, tmp_path)
    assert told in held["config.txt"]
    assert settings in held["config.txt"]
    assert told in held["doctor.txt"]


def test_a_file_that_exists_is_left_as_it_is(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / "report.zip").write_text("mine", encoding="utf-8")
    done = smile("bug-report", "-o", "report.zip")
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert (tmp_path / "report.zip").read_text(encoding="utf-8") == "mine"


def test_a_place_that_can_not_be_written_exits_with_3_and_leaves_nothing(
    smile: Smile, tmp_path: Path
) -> None:
    done = smile("bug-report", "-o", "nowhere/report.zip")
    assert done.returncode == 3
    assert "error: can't write nowhere/report.zip: No such file" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_never_holds_keys_homes_or_values_of_other_variables(
    smile: Smile, tmp_path: Path
) -> None:
    home = tmp_path / "home/annika"
    home.mkdir(parents=True)
    planted = {f"A{number}_TOKEN": key for number, key in enumerate(KEYS.values())}
    ordinary = {"FAVOURITE_WHALE": "blue-whale-4711", "EDITOR": "/opt/annikas-editor/bin/edit"}
    proxy = "http://annika:secret@proxy.test:3128"
    everything = [*KEYS.values(), *ordinary.values(), "tulip7battery", str(home)]
    text = "\n".join([*everything, pem(), f"/home/berta/x /Users/berta/y annika@here {proxy}"])
    state = tmp_path / ".smile"
    state.mkdir()
    (state / "state.json").write_text(json.dumps({"a": [text]}), encoding="utf-8")
    (state / "journal.jsonl").write_text(f"torn {text}\n{json.dumps(text)}\n", encoding="utf-8")
    (state / "crash.txt").write_text(text, encoding="utf-8")
    settings = {"network": {"proxy": proxy}, "outputDir": str(home), "tutorial": KEY}
    (tmp_path / "smile.json").write_text(json.dumps(settings), encoding="utf-8")
    variables = {"HOME": str(home), "USER": "annika", "LOGNAME": "annika", "LANG": "C.UTF-8"}
    held = made(smile, tmp_path, **variables, **planted, **ordinary, MY_PASSWORD="tulip7battery")
    assert set(held) == set(bug_report.WHAT)
    for name, part in held.items():
        for secret in (*everything, *PEM_LINES[:2], "annika", "berta"):
            assert secret not in part, name
        if name in {"state.json", "journal.jsonl", "crash.txt"}:
            assert "[redacted]" in part
            assert "[FAVOURITE_WHALE]" in part
            assert "~" in part
    assert "LANG=C.UTF-8" in held["versions.txt"]
    assert "FAVOURITE" not in held["versions.txt"]
    assert json.loads(held["state.json"])["a"]


def test_a_value_that_stands_in_any_text_and_a_name_of_everybody_stay() -> None:
    private = Private(str, {"A": "C.UTF-8", "B": ""}, home=Path("/"), user="root", host="localhost")
    text = "root@localhost / C.UTF-8 ~ /usr/lib"
    assert private(text) == text


def test_a_part_that_can_not_be_made_says_why(smile: Smile, tmp_path: Path) -> None:
    (tmp_path / ".smile/state.json").mkdir(parents=True)
    held = made(smile, tmp_path)
    assert held["state.json"].startswith("IsADirectoryError: ")


def test_the_variables_that_are_told_are_none_that_hold_a_secret() -> None:
    assert not [
        name
        for name in bug_report.SHOWN
        if any(w in name for w in ("KEY", "TOKEN", "PASS", "PROXY"))
    ]
    assert not set(bug_report.SHOWN) & set(bug_report.NAMED)
