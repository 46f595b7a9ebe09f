from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import reading, said

from smile.check.numbering import check


def heads(*titles: str, level: int = 2) -> list[str]:
    return [f"{'#' * level} {title}" for title in titles]


def test_a_missing_step_is_told_where_the_next_one_stands(tmp_path: Path) -> None:
    (found,) = check(reading(tmp_path, *heads("Step 1: Begin", "Step 3: End")))

    assert found.title == "After “Step 1” comes “Step 3”"
    assert found.lines.first == 5
    assert "step 2" in found.problem


def test_a_number_that_stands_there_twice_is_told(tmp_path: Path) -> None:
    found = check(reading(tmp_path, *heads("1. Begin", "2. Go on", "2. End")))

    assert [said(f) for f in found] == ["“2” is there twice (7)"]


def test_a_number_out_of_order_is_told_once(tmp_path: Path) -> None:
    found = check(reading(tmp_path, *heads("Step 1", "Step 3", "Step 2", "Step 4")))

    assert [said(f) for f in found] == ["“Step 3” is out of order (5)"]


@pytest.mark.parametrize(
    "titles",
    [
        ("Step 1", "Step 2", "Step 3"),
        ("Step 0", "Step 1"),
        ("Step 3", "Step 4"),  # goes on from another page
        ("Step 1", "Step 2 on Linux", "Step 2 on macOS", "Step 3"),
        ("Step 1", "Step 2", "Step 1", "Step 2"),  # another series
        ("Step 1", "Step 2a", "Step 2b", "Step 3"),
        ("1.0 Release", "1.2 Release", "2.0 Release"),
        ("3 things to know", "5 ways to go on"),
        ("2019", "2021"),
        ("Python 2", "Python 4"),
        ("Step 1",),
    ],
)
def test_what_counts_on_or_is_no_series_is_left_alone(
    tmp_path: Path, titles: tuple[str, ...]
) -> None:
    assert [said(f) for f in check(reading(tmp_path, *heads(*titles)))] == []


def test_a_number_of_another_level_is_not_missing(tmp_path: Path) -> None:
    parts = [*heads("Step 1"), *heads("Step 2", level=3), *heads("Step 3")]

    assert list(check(reading(tmp_path, *parts))) == []


def test_each_section_counts_for_itself(tmp_path: Path) -> None:
    parts = [
        *heads("One"), *heads("Step 1", "Step 2", level=3),
        *heads("Two"), *heads("Step 1", "Step 2", level=3),
    ]  # fmt: skip

    assert list(check(reading(tmp_path, *parts))) == []
