from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from smile.errors import StateError, StorageError
from smile.server.address import Address, beside, published, read

HERE = Address("http://127.0.0.1:1234", "secret")


def test_the_file_is_there_for_its_owner_only_while_the_run_lives(tmp_path: Path) -> None:
    file = tmp_path / "new" / "observer.json"
    before = os.umask(0)
    try:
        with published(file, HERE):
            assert file.stat().st_mode & 0o777 == 0o600
            assert json.loads(file.read_text()) == {"url": HERE.url, "token": "secret"}
            assert read(file) == HERE
    finally:
        os.umask(before)
    assert list(file.parent.iterdir()) == []
    assert read(file) is None


def test_the_file_of_a_killed_run_is_known_for_what_it_is_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "observer.json"
    code = (
        "import sys, time; from pathlib import Path; from smile.server import address as a\n"
        "with a.published(Path(sys.argv[1]), a.Address('http://127.0.0.1:1', 'old')):\n"
        "    print('there', flush=True); time.sleep(100)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "there\n"
    assert read(file) == Address("http://127.0.0.1:1", "old")
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert file.exists()
    assert read(file) is None
    with published(file, HERE):
        assert read(file) == HERE


def test_looking_at_it_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "observer.json"
    with published(file, HERE):
        assert [read(file) for _ in range(3)] == [HERE] * 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}', '{"url": "", "token": "", "x": 1}'])
def test_what_is_no_address_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "observer.json"
    with published(file, HERE):
        file.write_text(text)
        with pytest.raises(StateError, match="not the address of a run"):
            read(file)


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StorageError, match="can't write"),
        published(tmp_path / "file" / "observer.json", HERE),
    ):
        pass


@pytest.mark.parametrize(
    ("state", "file"), [("state.json", "observer.json"), ("other.json", "other.observer.json")]
)
def test_it_lies_beside_the_state_file(state: str, file: str) -> None:
    assert beside(Path("/a") / state) == Path("/a") / file


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(HERE)
