from __future__ import annotations

from pathlib import Path

import pytest

from smile.errors import OutputError, TutorialError
from smile.tutorial import save
from smile.tutorial.load import load


def test_the_text_is_replaced_and_mode_and_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf# A\r\n")
    path.chmod(0o604)

    save.replace(load(path), "# B\r\n")

    assert path.read_bytes() == b"\xef\xbb\xbf# B\r\n"
    assert path.stat().st_mode & 0o777 == 0o604
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_is_newer_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# A\n")
    tutorial = load(path)
    path.write_text("# B\n")

    with pytest.raises(TutorialError, match="changed meanwhile"):
        save.replace(tutorial, "# C\n")

    assert path.read_text() == "# B\n"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.md", tmp_path / "b.md"
    path.write_text("# A\n")
    link.symlink_to(path)

    with pytest.raises(TutorialError, match="symbolic link"):
        save.replace(load(link), "# C\n")
    with pytest.raises(TutorialError, match="no regular file"):
        save.copy(load(path), "# C\n", link)

    assert path.read_text() == "# A\n"


def test_a_copy_is_written_elsewhere_only(tmp_path: Path) -> None:
    path, other, twin = tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md"
    path.write_text("# A\n")
    twin.hardlink_to(path)

    save.copy(load(path), "# B\n", other)

    assert other.read_text() == "# B\n"
    for same in (path, twin):
        with pytest.raises(TutorialError, match="the tutorial itself"):
            save.copy(load(path), "# B\n", same)
    with pytest.raises(TutorialError, match="no regular file"):
        save.copy(load(path), "# B\n", tmp_path)
    assert path.read_text() == "# A\n"


def test_a_place_that_takes_nothing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# A\n")

    with pytest.raises(OutputError, match="can't write"):
        save.copy(load(path), "# B\n", tmp_path / "no such directory" / "b.md")
