"""One sink: for people or as JSON, with a file beside it, and without secrets."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.redaction.keys import KEYS

from smile.cli.logs import _Bridge, talking
from smile.cli.talk import About, Talk
from smile.errors import OutputError, SandboxError, UsageError
from smile.redaction import Redactor

KEY = KEYS["github"]


class Board:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = ""

    def line(self, text: str) -> None:
        self.lines.append(text)

    def live(self, text: str) -> None:
        self.now = text

    def close(self) -> None:
        self.now = ""

    @property
    def values(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def board() -> Board:
    return Board()


def talk(board: Board, **options: Any) -> Talk:
    return Talk(Redactor(), board=board, **options)


# --- for people and for programs --------------------------------------------------------------------


def test_for_people_a_line_is_what_was_said_and_an_error_has_its_hint(board: Board) -> None:
    told = talk(board)
    told.tell("iteration 1", About.ITERATION)
    told.warn("unknown field")
    told.fail(SandboxError("the machine died", "start it\nand run again"))
    assert board.lines == [
        "iteration 1",
        "warning: unknown field",
        "error: the machine died\n  try: start it\n       and run again",
    ]


def test_as_json_each_line_is_one_object(board: Board) -> None:
    told = talk(board, as_json=True)
    told.tell("line 7: stuck: é", About.STUDENT, fields={"line": 7, "trigger": None})
    told.warn("two\nlines")
    told.fail(SandboxError("the machine died", "start it"))
    assert all(line.isascii() and "\n" not in line for line in board.lines)
    assert [set(value) for value in board.values] == [
        {"time", "level", "event", "message", "fields"}
    ] * 3
    stuck, warning, error = board.values
    assert stuck["time"].endswith("Z")
    assert (stuck["level"], stuck["event"]) == ("info", "student_output")
    assert stuck["message"] == "line 7: stuck: é"
    assert stuck["fields"] == {"line": 7, "trigger": None}
    assert (warning["level"], warning["event"]) == ("warning", "warning")
    assert (error["level"], error["event"]) == ("error", "error")
    assert error["fields"] == {"hint": "start it", "kind": "SandboxError", "exitCode": 3}


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (logging.DEBUG, ["command", "step", "chosen", "error: no"]),
        (logging.INFO, ["step", "chosen", "error: no"]),
        (logging.WARNING, ["chosen", "error: no"]),
    ],
)
def test_how_much_is_said_is_a_matter_of_levels_but_a_file_gets_all(
    board: Board, tmp_path: Path, least: int, said: list[str]
) -> None:
    told = talk(board, least=least)
    told.begin(str(tmp_path / "log"))
    told.tell("command", level=logging.DEBUG)
    told.tell("step")
    told.tell("chosen", always=True)
    told.fail(UsageError("no"))
    told.close()
    assert board.lines == said
    kept = (tmp_path / "log").read_text("ascii").splitlines()
    assert [json.loads(line)["message"] for line in kept] == ["command", "step", "chosen", "no"]


def test_what_people_learn_in_another_way_is_for_programs_only(board: Board) -> None:
    talk(board).tell("summary", to_people=False)
    assert board.lines == []
    talk(board, as_json=True).tell("summary", to_people=False)
    assert board.values[0]["message"] == "summary"


def test_nothing_that_is_said_can_steer_a_terminal(board: Board) -> None:
    for as_json in (False, True):
        told = talk(board, as_json=as_json)
        told.tell("\x1b]0;owned\x07\x1b[2Jred")
        told.fail(SandboxError("\x1b[31mdied\u202e", "\x9bhint"))
    assert not [line for line in board.lines if any(c < " " and c != "\n" for c in line)]
    assert "\u202e" not in "".join(board.lines)


# --- secrets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_json", [False, True])
def test_no_line_holds_a_secret_whoever_says_it(
    board: Board, tmp_path: Path, *, as_json: bool
) -> None:
    told = talk(board, as_json=as_json, debug=True)
    told.begin(str(tmp_path / "log"))
    told.tell(f"say {KEY}", fields={"deep": [{"key": KEY}]})
    told.live(f"now {KEY}")
    told.warn(f"warn {KEY}")
    told.fail(SandboxError(f"fail {KEY}", f"use {KEY}"))
    told.tell("boom", level=logging.ERROR, trace=f"Traceback: {KEY}")
    told.close()
    everything = [*board.lines, board.now, (tmp_path / "log").read_text("ascii"), *told.recent]
    assert KEY not in "".join(everything)
    assert "".join(everything).count("[redacted]") > 10


# --- where lines go ---------------------------------------------------------------------------------


def test_a_log_file_that_can_not_be_written_is_refused(tmp_path: Path, board: Board) -> None:
    with pytest.raises(UsageError, match="can't write the log file") as caught:
        talk(board).begin(str(tmp_path))
    assert caught.value.hint


def test_a_log_file_on_a_full_disk_ends_with_a_warning_and_nothing_else_does(board: Board) -> None:
    told = talk(board)
    told.begin("/dev/full")
    told.tell("one")
    told.tell("two")
    told.close()
    assert board.lines == ["warning: the log file ends here: No space left on device", "one", "two"]


def test_a_reader_of_talk_that_goes_away_ends_no_run() -> None:
    class Gone(Board):
        def line(self, text: str) -> None:
            raise BrokenPipeError

    told = talk(Gone())
    told.tell("one")
    told.tell("two")
    assert len(told.recent) == 2


def test_a_stdout_that_takes_nothing_is_an_error_of_ours(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="ascii") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OutputError, match="can't write to stdout: No space left on device"):
            talk(board).result("text")
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.close()


# --- libraries --------------------------------------------------------------------------------------


@pytest.fixture
def options() -> argparse.Namespace:
    return argparse.Namespace(verbose=0, quiet=False, log_format="json", log_file=None)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_what_libraries_log_is_talk(
    options: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with talking(options):
        for name in ("uvicorn.error", "asyncio", "aiohttp.client", "websockets"):
            logging.getLogger(name).error("it %s", f"failed with {KEY}")
        logging.getLogger("asyncio").info("not of interest")
        failed = ZeroDivisionError(KEY)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=failed)
    first, *_, trace = said = lines(capsys)
    assert len(said) == 5
    assert (first["event"], first["level"]) == ("log", "error")
    assert first["message"] == "uvicorn.error: it failed with [redacted]"
    assert first["fields"] == {"logger": "uvicorn.error"}
    assert "ZeroDivisionError: [redacted]" in trace["fields"]["traceback"]


def test_a_library_that_calls_its_logger_wrongly_is_heard_all_the_same(board: Board) -> None:
    values = {"name": "lib", "msg": "%d of %d", "args": ("one",), "levelno": logging.ERROR}
    _Bridge(talk(board)).handle(logging.makeLogRecord(values))
    assert board.lines == ["error: lib: %d of %d"]


@pytest.mark.filterwarnings("default")
def test_what_python_warns_of_and_what_nobody_can_catch_is_talk(
    options: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    class Fails:
        def __del__(self) -> None:
            raise ZeroDivisionError(KEY)

    with talking(options):
        warnings.warn(f"old {KEY}", UserWarning, stacklevel=1)
        Fails()
    warning, error = lines(capsys)
    assert (warning["event"], warning["level"]) == ("log", "warning")
    assert "UserWarning: old [redacted]" in warning["message"]
    assert "ZeroDivisionError: [redacted]" in error["fields"]["traceback"]


def test_after_a_command_nothing_of_it_is_left_in_the_process(options: argparse.Namespace) -> None:
    root, hook = logging.getLogger(), sys.unraisablehook
    before = (root.level, [*root.handlers])
    with talking(options):
        assert (root.level, [*root.handlers]) != before
    assert (root.level, [*root.handlers]) == before
    assert sys.unraisablehook is hook


def test_people_see_a_library_s_trouble_on_one_line_and_its_traceback_when_they_ask(
    options: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    for verbose in (0, 2):
        options.log_format, options.verbose = "human", verbose
        with talking(options):
            failed = ZeroDivisionError()
            logging.getLogger("uvicorn.error").error("two\nlines", exc_info=failed)
        told = capsys.readouterr().err.splitlines()
        assert told[-1] == "error: uvicorn.error: two lines"
        assert ("ZeroDivisionError" in told) == (verbose == 2)
