"""What is said while a run goes on."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smile.cli import progress
from smile.cli.talk import Talk
from smile.redaction import Redactor
from smile.wire import (
    CommandOutcome,
    CommandRan,
    JournalEntry,
    JournalEvent,
    Location,
    MentorResult,
    Observation,
    StepBegan,
    StepEnded,
    StepState,
    StudentOutput,
    StudentStatus,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Board:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = ""
        self.closed = False

    def line(self, text: str) -> None:
        self.lines.append(text)

    def live(self, text: str) -> None:
        self.now = text

    def close(self) -> None:
        self.closed = True


def began(iteration: int) -> JournalEntry:
    return JournalEntry(timestamp=NOW, event=JournalEvent.ITERATION_START, iteration=iteration)


def seen(observation: Observation) -> JournalEntry:
    return JournalEntry(
        timestamp=NOW, event=JournalEvent.OBSERVATION, iteration=1, observation=observation
    )


def ran(text: str = "uv sync") -> JournalEntry:
    return seen(
        CommandRan(
            timestamp=NOW, iteration=1, step=0, line=12, end_line=12, text=text, cwd="/",
            outcome=CommandOutcome.EXITED, exit_code=127, seconds=0.25,
        )
    )  # fmt: skip


def stuck(problem: str = "uv: command not found") -> JournalEntry:
    return JournalEntry(
        timestamp=NOW,
        event=JournalEvent.STUDENT_OUTPUT,
        iteration=1,
        student_output=StudentOutput(
            status=StudentStatus.ASK_MENTOR,
            current_step="uv sync",
            attempted_actions=(),
            summary="stuck",
            problem=problem,
            question_for_mentor="What is uv?",
            location=Location(line=12, end_line=12),
        ),
    )


def answered(text: str) -> JournalEntry:
    return JournalEntry(
        timestamp=NOW,
        event=JournalEvent.MENTOR_OUTPUT,
        iteration=1,
        mentor_result=MentorResult(mentor_output=text, timestamp=NOW),
    )


def followed(line: int, end_line: int) -> JournalEntry:
    return seen(
        StepEnded(
            timestamp=NOW, iteration=2, step=0, line=line, end_line=end_line, kind="run",
            state=StepState.FOLLOWED,
        )
    )  # fmt: skip


@pytest.fixture
def board() -> Board:
    return Board()


def watching(board: Board, least: int = logging.INFO) -> progress.Progress:
    return progress.Progress(Talk(Redactor(), board=board, least=least))


def test_a_run_with_one_gap_is_told_line_by_line(board: Board) -> None:
    watcher = watching(board)
    for entry in (began(1), ran(), stuck(), answered("Install uv first:\n\n  pip install uv")):
        watcher.entry(entry)
    for entry in (began(2), followed(1, 3), followed(11, 14), followed(11, 14)):
        watcher.entry(entry)
    assert board.lines == [
        "iteration 1",
        "line 12: stuck: uv: command not found",
        "mentor: Install uv first: pip install uv",
        "iteration 2: a fresh attempt, with what the mentor said",
        "line 12 past with help",
    ]


def test_the_live_line_shows_iteration_line_text_and_how_often_it_was_stuck(board: Board) -> None:
    watcher = watching(board)
    watcher.entry(began(1))
    watcher.entry(stuck())
    watcher.entry(
        seen(
            StepBegan(
                timestamp=NOW, iteration=1, step=1, line=7, end_line=8, kind="run", text="npm i\nx"
            )
        )
    )
    assert board.now == "iteration 1, gaps so far: 1, line 7: npm i x"


def test_verbose_shows_each_command_with_its_end(board: Board) -> None:
    watching(board, logging.DEBUG).entry(ran())
    assert board.lines == ["line 12: $ uv sync (exit 127, 0.2 s)"]


def test_quiet_leaves_out_everything_but_what_was_chosen(board: Board) -> None:
    watcher = watching(board, logging.WARNING)
    for entry in (began(1), ran(), stuck()):
        watcher.entry(entry)
    watcher.address("http://127.0.0.1:1", Path("observer.json"))
    watcher.say("provider literal")
    assert board.lines == ["provider literal"]


def test_what_a_program_printed_can_not_steer_the_terminal(board: Board) -> None:
    watcher = watching(board, logging.DEBUG)
    watcher.entry(ran("printf '\x1b]0;owned\x07\x1b[2J'"))
    watcher.entry(stuck("\x1b[31mred\x1b[0m\rover\nnext"))
    watcher.say("\x1b[1mbold")
    assert not [line for line in board.lines if any(not c.isprintable() for c in line)]


def test_a_long_text_is_cut_to_one_line(board: Board) -> None:
    watching(board).entry(answered("word " * 500))
    (line,) = board.lines
    assert len(line) <= progress.WIDEST
    assert line.endswith("…")


def test_the_live_line_is_taken_away_at_the_end(board: Board) -> None:
    talk = Talk(Redactor(), board=board)
    progress.Progress(talk).entry(began(1))
    assert not board.closed
    talk.close()
    assert board.closed
