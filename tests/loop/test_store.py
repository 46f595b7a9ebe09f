from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loop.outputs import at, command

from smile.errors import StateError
from smile.loop.state import initial
from smile.loop.store import Beginning, Store, read_journal
from smile.wire import HistoryEntry, JournalEntry, JournalEvent, LoopState, MentorNote, Status


def begin(
    store: Store, tutorial: str = "t", config: str = "c", *, fresh: bool = False
) -> Beginning:
    return store.begin(
        run_id="new", at=at(50), tutorial_digest=tutorial, config_digest=config, fresh=fresh
    )


def interrupted() -> LoopState:
    """Crashed in iteration 2, while the Student worked."""
    note = MentorNote(iteration=1, question="q", answer="a", timestamp=at(5))
    return initial("old", at(0), tutorial="t", config="c").model_copy(
        update={
            "status": Status.WAITING_FOR_STUDENT,
            "iteration": 2,
            "mentor_notes": (note,),
            "history": (
                HistoryEntry(iteration=1, started_at=at(0), ended_at=at(5), mentor_output="a"),
                HistoryEntry(iteration=2, started_at=at(5)),
            ),
            "seconds_used": 42.0,
        }
    )


def leave(directory: Path, state: LoopState | None = None) -> Path:
    path = directory / "state.json"
    with Store(path) as store:
        store.append(entry(JournalEvent.ITERATION_START, 1))
        store.save(state or interrupted())
    return path


def entry(event: JournalEvent, iteration: int, text: str = "") -> JournalEntry:
    seen = command(iteration, text) if text else None
    return JournalEntry(timestamp=at(0), event=event, iteration=iteration, observation=seen)


def test_a_new_run_begins_with_iteration_nought(tmp_path: Path) -> None:
    with Store(tmp_path / ".smile" / "state.json") as store:
        beginning = begin(store)
    assert beginning == Beginning(initial("new", at(50), tutorial="t", config="c"))


def test_a_saved_state_is_read_back_whole_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = leave(tmp_path)
    assert LoopState.model_validate_json(path.read_bytes()) == interrupted()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["journal.jsonl", "state.json"]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.STOPPED])
def test_success_and_stop_delete_the_state(tmp_path: Path, status: Status) -> None:
    path = leave(tmp_path)
    with Store(path) as store:
        store.finish(interrupted().model_copy(update={"status": status}))
    assert not path.exists()


@pytest.mark.parametrize("status", [Status.BLOCKER, Status.ERROR, Status.TIMEOUT])
def test_other_ends_keep_the_state_and_the_next_run_is_a_new_one(
    tmp_path: Path, status: Status
) -> None:
    path = leave(tmp_path)
    with Store(path) as store:
        store.finish(interrupted().model_copy(update={"status": status}))
    assert path.exists()
    with Store(path) as store:
        beginning = begin(store, tutorial="changed since")
    assert (beginning.resumed, beginning.state.run_id, beginning.dead_run) == (False, "new", "")


def test_an_interrupted_run_is_resumed_with_its_notes_and_its_clock(tmp_path: Path) -> None:
    with Store(leave(tmp_path)) as store:
        beginning = begin(store)
        store.append(entry(JournalEvent.ITERATION_START, 2))
    state = beginning.state
    assert (beginning.resumed, beginning.dead_run, state.run_id) == (True, "old", "old")
    assert (state.status, state.iteration, state.seconds_used) == (Status.STARTING, 1, 42.0)
    assert [note.answer for note in state.mentor_notes] == ["a"]
    assert len(read_journal(tmp_path / "journal.jsonl")) == 2
    assert beginning.messages == ("resuming run old after iteration 1",)


@pytest.mark.parametrize(
    ("tutorial", "config", "said"),
    [
        ("other", "c", "the tutorial changed"),
        ("t", "other", "the configuration changed"),
        ("other", "other", "the tutorial and the configuration changed"),
    ],
)
def test_what_changed_since_is_named_and_fresh_is_asked_for(
    tmp_path: Path, tutorial: str, config: str, said: str
) -> None:
    path = leave(tmp_path)
    with Store(path) as store, pytest.raises(StateError) as raised:
        begin(store, tutorial, config)
    assert said in raised.value.message
    assert "--fresh" in raised.value.hint
    assert path.exists()


def test_fresh_discards_the_interrupted_run_but_names_it(tmp_path: Path) -> None:
    with Store(leave(tmp_path)) as store:
        beginning = begin(store, "other", fresh=True)
        assert not store.journal_path.exists()
    assert (beginning.resumed, beginning.dead_run) == (False, "old")
    assert beginning.state.run_id == "new"


def test_an_interrupted_run_without_its_journal_starts_over(tmp_path: Path) -> None:
    path = leave(tmp_path)
    (tmp_path / "journal.jsonl").unlink()
    with Store(path) as store:
        beginning = begin(store)
    assert not beginning.resumed
    assert "is missing: starting over" in beginning.messages[0]


CONTRADICTION = interrupted().model_copy(update={"iteration": 7}).to_json()


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"a": 1}', "\0\0", interrupted().to_json()[:80], CONTRADICTION,
     interrupted().model_copy(update={"version": 9}).to_json()],
)  # fmt: skip
def test_a_file_that_is_no_state_of_ours_is_set_aside_and_never_overwritten(
    tmp_path: Path, content: str
) -> None:
    path = leave(tmp_path)
    for number in (1, 2):
        path.write_text(content)
        with Store(path) as store:
            beginning = begin(store)
        assert beginning.state.run_id == "new"
        assert f"set aside as state.json.broken-{number}" in beginning.messages[0]
        assert (tmp_path / f"state.json.broken-{number}").read_text() == content
    assert (tmp_path / "journal.jsonl.broken-1").exists()


def test_a_second_run_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with Store(path), pytest.raises(StateError, match=rf"already running \(pid {os.getpid()}\)"):
        Store(path).__enter__()
    with Store(path):
        assert (tmp_path / "state.lock").read_text() == f"{os.getpid()}\n"
    assert not (tmp_path / "state.lock").exists()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    program = (
        "import sys, time; from pathlib import Path; from smile.loop.store import Store\n"
        "with Store(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StateError, match=rf"already running \(pid {holder.pid}\)"):
            Store(path).__enter__()
        holder.kill()
        holder.wait()
    assert path.with_name("state.lock").exists()
    with Store(path):
        assert path.with_name("state.lock").read_text() == f"{os.getpid()}\n"


def test_a_state_file_of_another_name_has_its_own_lock_and_journal(tmp_path: Path) -> None:
    with Store(tmp_path / "state.json"), Store(tmp_path / "other.json") as store:
        assert store.journal_path.name == "other.journal.jsonl"
        assert (tmp_path / "other.lock").exists()


def test_a_place_that_can_not_be_written_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="can't write") as raised:
        Store(tmp_path / "file" / "state.json").__enter__()
    assert "SMILE_STATE_DIR" in raised.value.hint


def test_a_torn_last_line_is_tolerated_and_cut_before_the_next_entry(tmp_path: Path) -> None:
    path = leave(tmp_path)
    journal = tmp_path / "journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"timestamp": "2030-01-')
    assert len(read_journal(journal)) == 1
    with Store(path) as store:
        store.append(entry(JournalEvent.STATUS, 1))
    assert [each.event for each in read_journal(journal)] == [
        JournalEvent.ITERATION_START,
        JournalEvent.STATUS,
    ]


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    leave(tmp_path)
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b"nonsense\n" + journal.read_bytes())
    with pytest.raises(StateError, match="line 2"):
        read_journal(journal)


def test_a_first_try_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    start, seen = JournalEvent.ITERATION_START, JournalEvent.OBSERVATION
    with Store(path) as store:
        store.append(entry(JournalEvent.RUN_START, 0), entry(start, 1), entry(seen, 1, "one"))
        store.append(entry(start, 2), entry(seen, 2, "cut short"))
        store.append(entry(JournalEvent.RUN_START, 1), entry(start, 2), entry(seen, 2, "two"))
    entries = read_journal(store.journal_path)
    said = [each.observation for each in entries if each.observation]
    assert [each.text for each in said if each.type == "command"] == ["one", "two"]
    assert len(entries) == 6
    assert len(read_journal(store.journal_path, abandoned=True)) == 8


@given(cut=st.integers(0, 400))
def test_wherever_a_journal_is_torn_every_whole_line_is_read(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "state.json"
    with Store(path) as store:
        store.append(*(entry(JournalEvent.STATUS, n) for n in range(5)))
    whole = store.journal_path.read_bytes()
    torn = whole[: min(cut, len(whole))]
    store.journal_path.write_bytes(torn)
    assert len(read_journal(store.journal_path)) == torn.count(b"\n")
    with Store(path) as again:
        again.append(entry(JournalEvent.ERROR, 9))
    assert read_journal(store.journal_path)[-1].event is JournalEvent.ERROR
