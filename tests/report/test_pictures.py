"""Pictures that are not there: a gap only when the author keeps pictures at that place."""

from pathlib import Path

import pytest

from smile.report.seen import left_behind, minor_gaps
from smile.tutorial.load import load

TEXT = "# Look\n\n![one](img/one.png)\n\n![two](img/two.png)\n"


def test_a_picture_missing_beside_others_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "one.png").write_bytes(b"\x89PNG")
    (tmp_path / "t.md").write_text(TEXT)
    tutorial = load(tmp_path / "t.md")
    (gap,) = minor_gaps(tutorial, ())
    assert (gap.kind, gap.location.line_number) == ("missing_file", 5)
    assert left_behind(tutorial) == ()


@pytest.mark.parametrize("where", ["img", "/images", "../img", "https://x.example"])
def test_a_text_without_its_pictures_is_told_but_not_blamed(tmp_path: Path, where: str) -> None:
    (tmp_path / "t.md").write_text(TEXT.replace("img/", f"{where}/"))
    tutorial = load(tmp_path / "t.md")
    assert minor_gaps(tutorial, ()) == ()
    told = left_behind(tutorial)
    assert len(told) == (0 if where.startswith("https") else 1)
    assert all("2 pictures" in aside.title for aside in told)
