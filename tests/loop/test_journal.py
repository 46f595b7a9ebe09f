from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loop.outputs import command
from tests.loop.stories import IDENTITY, Written, entry, stories

from smile.errors import StateError, StorageError
from smile.loop.journal import Journal, JournalWriter, encoded, load, read_journal
from smile.loop.replay import replay
from smile.wire import JournalEntry, JournalEvent, Status

START = entry(JournalEvent.RUN_START, identity=IDENTITY)
OPENED = (
    entry(JournalEvent.ITERATION_START, 1),
    entry(JournalEvent.STATUS, 1, status=Status.STARTING),
)


def seen(text: str, iteration: int = 1) -> JournalEntry:
    return entry(JournalEvent.OBSERVATION, iteration, observation=command(iteration, text))


def texts(entries: tuple[JournalEntry, ...]) -> list[str]:
    found = [each.observation for each in entries]
    return [each.text for each in found if each is not None and each.type == "command"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def written(path: Path, *entries: JournalEntry) -> bytes:
    writer = JournalWriter(path, load(path))
    writer.append(entries)
    writer.close()
    return path.read_bytes()


# --- laws ----------------------------------------------------------------------------------------


def lines(story: list[Written]) -> tuple[bytes, list[int]]:
    """The journal of a story, and its length after each thing that was written at once."""
    content, checksum, ends = b"", 0, []
    for each in story:
        more, checksum = encoded(each.entries, checksum)
        content += more
        ends.append(len(content))
    return content, ends


@settings(deadline=None)
@given(story=stories())
def test_what_is_written_is_read_back(
    story: list[Written], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("whole") / "journal.jsonl"
    for each in story:
        written(path, *each.entries)
    content, _ = lines(story)
    assert path.read_bytes() == content
    journal = load(path)
    assert journal.entries == tuple(e for each in story for e in each.entries)
    assert (journal.size, journal.damaged) == (len(content), 0)


@settings(deadline=None)
@given(story=stories(), data=st.data())
def test_wherever_a_journal_is_torn_it_gives_a_state_that_the_machine_was_in_and_can_be_gone_on_with(
    story: list[Written], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("torn") / "journal.jsonl"
    content, ends = lines(story)
    cut = data.draw(st.integers(0, len(content)))
    garbage = data.draw(st.binary(max_size=20)).replace(b"\n", b"")
    path.write_bytes(content[:cut] + garbage)
    journal = load(path)
    assert journal.damaged == 0
    whole = [each for each, end in zip(story, ends, strict=True) if end <= cut]
    assert replay(journal.entries) == (whole[-1].state if whole else None)
    if whole:
        written(path, seen("after"))
        again = load(path)
        assert (again.damaged, again.entries) == (0, (*journal.entries, seen("after")))


@settings(deadline=None)
@given(story=stories(), data=st.data())
def test_a_byte_that_changed_is_seen_and_nothing_from_its_line_on_is_trusted(
    story: list[Written], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "journal.jsonl"
    content, _ = lines(story)
    place = data.draw(st.integers(0, len(content) - 2))
    flipped = bytearray(content)
    flipped[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(flipped)
    journal = load(path)
    number = content[:place].count(b"\n") + 1
    assert journal.damaged == number
    whole = tuple(e for each in story for e in each.entries)
    assert journal.entries == whole[: len(journal.entries)]
    assert len(journal.entries) < number


@settings(deadline=None)
@given(story=stories(most=15), data=st.data())
def test_a_line_that_is_missing_or_stands_twice_or_elsewhere_is_seen(
    story: list[Written], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("moved") / "journal.jsonl"
    each = lines(story)[0].splitlines(keepends=True)
    place = data.draw(st.integers(0, len(each) - 1))
    moved = data.draw(
        st.sampled_from(
            [
                each[:place] + each[place + 1 :],
                each[: place + 1] + each[place:],
                [*each[:place], *reversed(each[place:])],
            ]
        )
    )
    path.write_bytes(b"".join(moved))
    journal = load(path)
    if moved != each[: len(moved)]:  # the last one missing is like a run that was cut short there
        assert journal.damaged


# --- writing -------------------------------------------------------------------------------------


def test_a_transition_that_is_not_there_to_its_last_line_has_not_happened(path: Path) -> None:
    content = written(path, START, *OPENED)
    for torn in (content[:-5], content[: content.rindex(b'{"timestamp"')]):
        path.write_bytes(torn)
        assert load(path).entries == (START,)


def test_a_write_that_fails_leaves_the_journal_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(path, START, *OPENED)
    pwrite = os.pwrite

    def full(fd: int, content: bytes, offset: int) -> int:
        if offset > len(before):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return pwrite(fd, content[:100], offset)

    writer = JournalWriter(path, load(path))
    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        with pytest.raises(StorageError, match="No space left on device") as raised:
            writer.append([seen("x")])
    assert "goes on from there" in raised.value.hint
    assert raised.value.exit_code == 3
    assert path.read_bytes() == before
    writer.append([seen("y")])
    writer.close()
    assert texts(load(path).entries) == ["y"]


def test_what_a_run_goes_on_from_is_on_the_disk_before_it_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(path, Journal())
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_size))
    ended = entry(JournalEvent.LOOP_COMPLETE, 1, status=Status.BLOCKER)
    for entries in ((START,), OPENED, (seen("x"),), (ended,)):
        writer.append(entries)
        durable = entries[0].event is not JournalEvent.OBSERVATION
        assert (synced[-1:] == [path.stat().st_size]) is durable
    writer.close()


# --- reading -------------------------------------------------------------------------------------


def test_no_journal_is_an_empty_one(path: Path) -> None:
    assert load(path) == Journal()


def test_a_journal_that_can_not_be_read_is_an_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StateError, match="can't read"):
        load(path)


def test_a_journal_of_a_newer_smile_is_refused_and_left_alone(path: Path) -> None:
    newer = IDENTITY.model_copy(update={"version": 3})
    content = written(path, START.model_copy(update={"identity": newer}))
    content = content.replace(b'"sum":"', b'"crc64":"')
    path.write_bytes(content)
    with pytest.raises(StateError, match="newer SMILE") as raised:
        load(path)
    assert "move the file away" in raised.value.hint
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [b"nonsense\n", b"[1]\n", b"{}\n", b"null\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n", b"\n"],
    ids=["text", "a list", "an object", "null", "deep", "no UTF-8", "empty"],
)
def test_what_is_no_journal_is_found_damaged_from_its_first_line(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    assert load(path) == Journal(damaged=1, version=load(path).version)


def test_what_a_crash_cut_short_is_left_out_unless_it_is_asked_for(path: Path) -> None:
    written(path, START, *OPENED, seen("one"))
    second = [each.model_copy(update={"iteration": 2}) for each in OPENED]
    written(path, *second, seen("cut short", 2))
    written(path, entry(JournalEvent.RUN_START, 1))
    assert texts(read_journal(path)) == ["one"], "also before the second try has begun"
    written(path, *second, seen("two", 2))
    assert texts(read_journal(path)) == ["one", "two"]
    assert texts(read_journal(path, abandoned=True)) == ["one", "cut short", "two"]


def test_a_journal_that_is_gone_has_no_entries_for_a_report(path: Path) -> None:
    with pytest.raises(StateError, match="is gone"):
        read_journal(path)


def test_a_damaged_journal_has_no_entries_for_a_report(path: Path) -> None:
    content = written(path, START, *OPENED, seen("one"), seen("two"))
    path.write_bytes(content.replace(b'"text":"one"', b'"text":"0ne"'))
    with pytest.raises(StateError, match="is damaged from line 4 on"):
        read_journal(path)
