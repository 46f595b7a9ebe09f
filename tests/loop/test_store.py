from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.loop.outputs import answer, asking, at, completed
from tests.loop.stories import entry, transition

from smile.errors import StateError, StorageError
from smile.loop.events import (
    Begin,
    Event,
    MentorDone,
    MentorStarted,
    SandboxReady,
    Stopped,
    StudentDone,
    StudentStarted,
    WholeTimeout,
)
from smile.loop.journal import JournalWriter, load
from smile.loop.state import State, initial
from smile.loop.store import Beginning, Store, read_journal
from smile.wire import (
    STATE_VERSION,
    JournalEvent,
    LoopState,
    MachineSeen,
    RunIdentity,
    Status,
)

VERSION_1 = Path(__file__).parents[1] / "data" / "version-1"

OLD = RunIdentity(
    run_id="old",
    tutorial_digest="t",
    config_digest="c",
    files={"tutorial.md": "1", "a.sh": "1"},
    settings={"maxIterations": "10", "timeout": "1800"},
)
NEW = OLD.model_copy(update={"run_id": "new"})

ONE_ITERATION: list[Event] = [
    Begin(at(1)),
    SandboxReady(at(2)),
    StudentStarted(at(3)),
    StudentDone(at(4), asking()),
    MentorStarted(at(5)),
    MentorDone(at(6), answer()),
]
TWO_BEGUN = [*ONE_ITERATION, SandboxReady(at(7)), StudentStarted(at(8))]


def leave(path: Path, *events: Event, machine: bool = True) -> LoopState:
    """Run so far and no further, as if killed; the last state."""
    with Store(path) as store:
        state = State(store.begin(OLD, at(0)).state, 3)
        if machine:
            seen = MachineSeen(engine="docker", image="i", distribution="d")
            store.append(entry(JournalEvent.MACHINE, machine=seen))
        for event in events:
            state, entries = transition(state, event)
            store.append(*(each.model_copy(update={"seconds_used": 42.0}) for each in entries))
            (store.finish if state.loop.status.ended else store.save)(state.loop)
    return state.loop


def begin(path: Path, identity: RunIdentity = NEW, *, fresh: bool = False) -> Beginning:
    with Store(path) as store:
        return store.begin(identity, at(50), fresh=fresh)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def journal_of(path: Path) -> Path:
    return path.with_name("journal.jsonl")


# --- a new run -----------------------------------------------------------------------------------


def test_a_new_run_begins_with_iteration_nought_and_is_in_the_journal_at_once(path: Path) -> None:
    assert begin(path) == Beginning(initial("new", at(50), tutorial="t", config="c"))
    (only,) = read_journal(journal_of(path))
    assert (only.event, only.identity) == (JournalEvent.RUN_START, NEW)


def test_a_saved_state_is_read_back_whole_and_leaves_no_other_file(path: Path) -> None:
    state = leave(path, *TWO_BEGUN)
    assert LoopState.model_validate_json(path.read_bytes()) == state
    assert names(path) == ["journal.jsonl", "state.json"]


@pytest.mark.parametrize("event", [StudentDone(at(6), completed()), Stopped(at(6), "enough")])
def test_success_and_stop_delete_the_state_and_what_a_crash_left_beside_it(
    path: Path, event: Event
) -> None:
    path.with_name("state.json.tmp").touch()
    assert leave(path, *ONE_ITERATION[:3], event).status in {Status.COMPLETED, Status.STOPPED}
    assert names(path) == ["journal.jsonl"]


@pytest.mark.parametrize("machine", [False, True])
def test_a_run_that_had_not_begun_an_iteration_is_forgotten_but_for_its_sandbox(
    path: Path, machine: bool
) -> None:
    leave(path, machine=machine)
    beginning = begin(path, NEW.model_copy(update={"tutorial_digest": "other"}))
    assert (beginning.resumed, beginning.state.run_id) == (False, "new")
    assert (beginning.dead_run, beginning.dead_engine) == ("old", "docker" if machine else "")


# --- resume --------------------------------------------------------------------------------------


def test_a_run_that_was_cut_short_is_resumed_with_its_notes_and_its_clock(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    beginning = begin(path)
    state = beginning.state
    assert (beginning.resumed, beginning.over, state.run_id) == (True, False, "old")
    assert (beginning.dead_run, beginning.dead_engine) == ("old", "docker")
    assert (state.status, state.iteration, state.seconds_used) == (Status.STARTING, 1, 42.0)
    assert [note.answer for note in state.mentor_notes] == ["install make"]
    assert state.started_at == at(0)
    assert beginning.messages == ("resuming run old after iteration 1",)
    last = read_journal(journal_of(path))[-1]
    assert (last.event, last.message) == (JournalEvent.RUN_START, "resumed after iteration 1")


@pytest.mark.parametrize("snapshot", [None, b"", b"{", b"\0\0\0", b'{"a": 1}', b"[]"])
def test_the_journal_is_enough_whatever_became_of_the_state_file(
    path: Path, snapshot: bytes | None
) -> None:
    leave(path, *TWO_BEGUN)
    path.unlink()
    if snapshot is not None:
        path.write_bytes(snapshot)
    beginning = begin(path)
    assert (beginning.resumed, beginning.state.iteration) == (True, 1)
    if snapshot is not None:
        assert "set aside as state.json.broken-1" in beginning.messages[0]
        assert path.with_name("state.json.broken-1").read_bytes() == snapshot


def test_a_state_file_of_another_run_is_set_aside(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    other = initial("other", at(0)).to_json()
    path.write_text(other)
    beginning = begin(path)
    assert beginning.resumed
    assert beginning.messages[0] == f"{path} is another run's: set aside as state.json.broken-1"
    assert path.with_name("state.json.broken-1").read_text() == other


def test_a_run_can_be_cut_short_again_and_again(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    for _ in range(3):
        assert begin(path).state.iteration == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"files": {"tutorial.md": "2", "a.sh": "1"}}, "tutorial.md changed"),
        ({"files": {"tutorial.md": "1"}}, "a.sh was removed"),
        (
            {"files": {"tutorial.md": "1", "a.sh": "2", "b.sh": "1"}},
            "a.sh changed, b.sh was added",
        ),
        (
            {"settings": {"maxIterations": "3", "timeout": "1800"}},
            "maxIterations changed from 10 to 3",
        ),
        ({"settings": OLD.settings}, "the configuration changed"),
        (
            {"files": {**OLD.files, **{str(n): "1" for n in range(9)}}},
            "0 was added, 1 was added, 2 was added, 3 was added, 4 was added and 4 more",
        ),
    ],
)
def test_what_changed_is_named_and_refused_and_nothing_is_touched(
    path: Path, changes: dict[str, dict[str, str]], told: str
) -> None:
    leave(path, *TWO_BEGUN)
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    digest = "tutorial_digest" if "files" in changes else "config_digest"
    with pytest.raises(StateError) as raised:
        begin(path, NEW.model_copy(update={**changes, digest: "other"}))
    assert raised.value.message == f"since run old was cut short in iteration 2, {told}"
    assert "--fresh" in raised.value.hint
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before


def test_fresh_discards_a_run_that_was_cut_short_but_names_it(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    other = NEW.model_copy(update={"tutorial_digest": "other"})
    beginning = begin(path, other, fresh=True)
    assert (beginning.resumed, beginning.dead_run, beginning.dead_engine) == (
        False,
        "old",
        "docker",
    )
    assert beginning.state.run_id == "new"
    assert len(read_journal(journal_of(path))) == 1
    assert not path.exists()


# --- a run that came to its end --------------------------------------------------------------------

ENDS: dict[Status, tuple[Event, ...]] = {
    Status.TIMEOUT: (*TWO_BEGUN, WholeTimeout(at(9))),
    Status.MAX_ITERATIONS: (*ONE_ITERATION, *ONE_ITERATION[1:], *ONE_ITERATION[1:]),
    Status.STOPPED: (*TWO_BEGUN, Stopped(at(9), "enough")),
}


@pytest.mark.parametrize("status", ENDS)
def test_after_a_run_that_has_its_report_the_next_one_is_new(path: Path, status: Status) -> None:
    assert leave(path, *ENDS[status]).status is status
    writer = JournalWriter(journal_of(path), load(journal_of(path)))
    writer.append([entry(JournalEvent.RUN_END)])
    writer.close()
    beginning = begin(path, NEW.model_copy(update={"tutorial_digest": "other"}))
    assert (beginning.resumed, beginning.over, beginning.dead_run) == (False, False, "")
    assert beginning.state.run_id == "new"


@pytest.mark.parametrize("status", [Status.TIMEOUT, Status.MAX_ITERATIONS])
def test_a_run_that_was_killed_before_its_report_is_over_and_only_the_report_is_missing(
    path: Path, status: Status
) -> None:
    last = leave(path, *ENDS[status])
    path.write_text(initial("old", at(0)).to_json())  # as if killed before it was saved
    beginning = begin(path)
    assert (beginning.over, beginning.resumed) == (True, False)
    assert (beginning.dead_run, beginning.dead_engine) == ("old", "docker")
    assert beginning.state == last.model_copy(update={"seconds_used": 42.0})
    assert LoopState.model_validate_json(path.read_bytes()) == beginning.state
    assert "but not to its report" in beginning.messages[0]


def test_a_run_that_was_stopped_begins_anew_also_without_a_report(path: Path) -> None:
    leave(path, *ENDS[Status.STOPPED])
    beginning = begin(path, NEW.model_copy(update={"tutorial_digest": "other"}))
    assert (beginning.over, beginning.dead_run, beginning.state.run_id) == (False, "old", "new")


# --- what is not ours, torn or damaged -------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b'{"timestamp": "2030-01-', b"\0\0\0"])
def test_a_torn_tail_is_cut_off_and_the_run_goes_on(path: Path, content: bytes) -> None:
    leave(path, *TWO_BEGUN)
    journal = journal_of(path)
    before = journal.read_bytes()
    journal.write_bytes(before + content)
    assert begin(path).resumed
    assert journal.read_bytes().startswith(before + b'{"timestamp"')
    assert names(path) == ["journal.jsonl", "state.json"]


def test_damage_in_the_middle_keeps_the_files_and_goes_on_from_what_stands_before(
    path: Path,
) -> None:
    leave(path, *TWO_BEGUN, StudentDone(at(9), asking()), MentorStarted(at(10)), ONE_ITERATION[5])
    journal = journal_of(path)
    whole = journal.read_bytes()
    place = whole.index(b"waiting_for_student", whole.index(b'"iteration":2'))
    damaged = whole[:place] + b"W" + whole[place + 1 :]
    journal.write_bytes(damaged)
    snapshot = path.read_bytes()
    beginning = begin(path)
    assert (beginning.resumed, beginning.state.iteration, beginning.dead_run) == (True, 1, "old")
    (told, resumed) = beginning.messages
    number = whole[:place].count(b"\n") + 1
    assert f"is damaged from line {number} on" in told
    assert "kept as journal.jsonl.broken-1 and state.json.broken-1" in told
    assert "after iteration 1" in resumed
    assert path.with_name("journal.jsonl.broken-1").read_bytes() == damaged
    assert path.with_name("state.json.broken-1").read_bytes() == snapshot
    assert begin(path).messages == ("resuming run old after iteration 1",)


def test_what_is_damaged_is_not_kept_again_and_again_while_the_run_is_refused(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    content = journal_of(path).read_bytes() + b"damage\n"
    journal_of(path).write_bytes(content)
    with pytest.raises(StateError):
        begin(path, NEW.model_copy(update={"tutorial_digest": "other"}))
    assert names(path) == ["journal.jsonl", "state.json"]
    assert "kept as journal.jsonl.broken-1" in begin(path).messages[0]


def test_what_is_no_journal_is_set_aside_and_never_written_over(path: Path) -> None:
    for number, content in enumerate((b"nonsense\n", b"torn"), 1):
        leave(path, *TWO_BEGUN)
        journal_of(path).write_bytes(content)
        beginning = begin(path)
        assert (beginning.resumed, beginning.dead_run) == (False, "old")
        aside = f"journal.jsonl.broken-{number} and state.json.broken-{number}"
        assert beginning.messages == (
            f"{journal_of(path)} is torn or not ours: set aside as {aside}",
        )
        assert path.with_name(f"journal.jsonl.broken-{number}").read_bytes() == content
        journal_of(path).unlink()


def test_a_state_file_without_its_journal_is_set_aside(path: Path) -> None:
    leave(path, *TWO_BEGUN)
    journal_of(path).unlink()
    snapshot = path.read_bytes()
    beginning = begin(path)
    assert (beginning.resumed, beginning.dead_run) == (False, "old")
    assert beginning.messages == (
        f"{path} has no journal beside it: set aside as state.json.broken-1",
    )
    assert path.with_name("state.json.broken-1").read_bytes() == snapshot


def test_a_foreign_file_in_the_place_of_the_state_is_set_aside(path: Path) -> None:
    path.write_text('{"mine": true}')
    beginning = begin(path)
    assert beginning.state.run_id == "new"
    assert beginning.messages == (f"{path} is torn or not ours: set aside as state.json.broken-1",)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_directory_in_the_place_of_the_state_or_the_journal_is_set_aside(
    path: Path, fresh: bool
) -> None:
    for number, place in enumerate((path, journal_of(path)), 1):
        for old in (path, journal_of(path)):
            old.unlink(missing_ok=True)
        (place / "of somebody").mkdir(parents=True)
        beginning = begin(path, fresh=fresh)
        assert beginning.state.run_id == "new"
        aside = f"{place.name}.broken-{number}"
        assert beginning.messages == (f"{place} is a directory: set aside as {aside}",)
        assert place.with_name(aside).joinpath("of somebody").is_dir()


@pytest.mark.parametrize("fresh", [False, True])
def test_a_directory_beside_a_journal_that_goes_on_is_set_aside(path: Path, fresh: bool) -> None:
    leave(path, *TWO_BEGUN)
    path.unlink()
    path.mkdir()
    beginning = begin(path, fresh=fresh)
    assert beginning.resumed is not fresh
    told = f"{path} is a directory: set aside as state.json.broken-1"
    assert beginning.messages[0] == told


@pytest.mark.parametrize("fresh", [False, True])
def test_a_state_file_of_a_newer_smile_is_refused_and_left_alone(path: Path, fresh: bool) -> None:
    state = leave(path, *TWO_BEGUN).model_copy(update={"version": STATE_VERSION + 1})
    path.write_text(state.to_json())
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(StateError, match="written by a newer SMILE") as raised:
        begin(path, fresh=fresh)
    assert "move the file away" in raised.value.hint
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before


# --- version 1 -------------------------------------------------------------------------------------


def version_1(path: Path) -> RunIdentity:
    """A run that was killed in iteration 3, as version 1 left it."""
    for name in ("state.json", "journal.jsonl"):
        shutil.copy(VERSION_1 / name, path.with_name(name))
    state = LoopState.model_validate_json(path.read_bytes())
    assert state.version == 1
    return NEW.model_copy(
        update={
            "tutorial_digest": state.tutorial_digest,
            "config_digest": state.config_digest,
        }
    )


def test_a_run_of_version_1_is_resumed_and_its_journal_is_one_of_today_from_then_on(
    path: Path,
) -> None:
    identity = version_1(path)
    left = LoopState.model_validate_json(path.read_bytes())
    before = read_journal(journal_of(path))
    for _ in range(2):
        state = begin(path, identity).state
        assert (state.run_id, state.version) == (left.run_id, STATE_VERSION)
        assert (state.iteration, state.status) == (2, Status.STARTING)
        assert state.seconds_used == left.seconds_used
        assert state.history == left.history[:2]
        assert state.started_at == left.started_at
        assert state.mentor_notes == left.mentor_notes
    after = read_journal(journal_of(path), abandoned=True)
    assert [each.observation for each in after if each.observation] == [
        each.observation for each in before if each.observation
    ]
    assert names(path) == ["journal.jsonl", "state.json"]


def test_what_changed_since_version_1_is_refused(path: Path) -> None:
    identity = version_1(path)
    for field, told in (
        ("tutorial_digest", "the tutorial"),
        ("config_digest", "the configuration"),
    ):
        with pytest.raises(StateError, match=f"{told} changed"):
            begin(path, identity.model_copy(update={field: "other"}))


def test_a_journal_of_version_1_does_not_say_whose_it_is_without_its_state(path: Path) -> None:
    identity = version_1(path)
    path.unlink()
    beginning = begin(path, identity)
    assert not beginning.resumed
    assert "no state file beside it that says whose it is" in beginning.messages[0]
    aside = path.with_name("journal.jsonl.broken-1")
    assert aside.read_bytes() == (VERSION_1 / "journal.jsonl").read_bytes()


def test_a_run_of_version_1_that_had_ended_is_over(path: Path) -> None:
    identity = version_1(path)
    ended = LoopState.model_validate_json(path.read_bytes()).model_copy(
        update={"status": Status.BLOCKER}
    )
    path.write_text(ended.to_json())
    beginning = begin(path, identity)
    assert (beginning.resumed, beginning.over, beginning.messages) == (False, False, ())


def test_a_journal_of_version_1_that_contradicts_itself_is_set_aside(path: Path) -> None:
    identity = version_1(path)
    content = journal_of(path).read_bytes()
    journal_of(path).write_bytes(content + content)
    beginning = begin(path, identity)
    assert not beginning.resumed
    assert "is damaged: the journal has" in beginning.messages[0]


# --- the lock --------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("name", ["ftruncate", "pwrite"])
def test_a_disk_that_is_full_is_no_fault_of_the_author(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, name, full)
        with pytest.raises(StorageError, match="No space left on device") as raised:
            Store(path).__enter__()
    assert raised.value.exit_code == 3
    assert names(path) == []
    with Store(path):
        pass
