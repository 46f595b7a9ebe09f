from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.texts import reading, said

from smile.check.links import check


def test_a_link_to_a_file_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    (found,) = check(reading(tmp_path, "First.", "See [the guide](guide.md#start) for more."))

    assert (found.lines.first, found.kind, found.doubt) == (5, "missing_file", "")
    assert "`guide.md`" in found.title


def test_a_link_to_a_file_that_is_there_is_fine(tmp_path: Path) -> None:
    (tmp_path / "my guide.md").touch()

    assert (
        list(check(reading(tmp_path, "See [it](my%20guide.md), [again](<my%20guide.md>)."))) == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://example.org/a.md) [b](#part) [c](/docs/a.md) [d](mailto:a@b.md)",
        "[site](other.html) [page](other) [dir](docs/)",
        "`[a](b.md)` and\n\n```md\n[a](b.md)\n```",
        "<!-- [a](b.md) -->",
        "[a]({{ site.url }}/b.md) [b]($url/b.md)",
        "![a picture](missing.png)",
        "[up](../other.md)",
        "[deep](nowhere/other.md)",
        "[^1]: note.md is one",
    ],
)
def test_what_is_no_link_to_a_file_beside_the_text_is_left_alone(tmp_path: Path, text: str) -> None:
    assert [said(f) for f in check(reading(tmp_path, text))] == []


def test_a_definition_counts_as_a_link(tmp_path: Path) -> None:
    found = check(reading(tmp_path, "See [it][1].", "[1]: other.md"))

    assert [said(f) for f in found] == ["The link to `other.md` leads nowhere (5)"]


def test_a_text_that_stands_alone_tells_nothing_of_its_links(tmp_path: Path) -> None:
    found = list(check(reading(tmp_path, "[a](a.md) and [b](b.md)")))

    assert [bool(f.doubt) for f in found] == [True, True]


def test_one_file_that_is_there_shows_that_the_text_does_not_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "c.md").touch()
    found = list(check(reading(tmp_path, "[a](a.md), [b](b.md) and [c](c.md)")))

    assert [(said(f), f.doubt) for f in found] == [
        ("The link to `a.md` leads nowhere (3)", ""),
        ("The link to `b.md` leads nowhere (3)", ""),
    ]


def test_in_a_repository_every_link_counts_also_one_that_leads_up(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "up.md").touch()
    found = check(reading(tmp_path / "docs", "[a](../up.md) [b](../down.md) [c](x/y.md)"))

    assert [(f.title.split("`")[1], f.doubt) for f in found] == [("../down.md", ""), ("x/y.md", "")]


@given(text=st.text(alphabet="[]()`<!->\n ab.m#", max_size=200))
def test_no_text_is_too_odd(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    for found in check(reading(tmp_path_factory.getbasetemp() / "odd", text)):
        assert 1 <= found.lines.first <= text.count("\n") + 4
