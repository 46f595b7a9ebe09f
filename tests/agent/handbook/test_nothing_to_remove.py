from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import on, sh, typed, verdict


def test_files_that_later_steps_make_are_removed_too_early(tmp_path: Path) -> None:
    code, output = typed("rm *.dat", tmp_path)

    answer = on(sh("rm *.dat", "sort a > isles.dat")).ask("rm *.dat", output, code)

    assert verdict(answer) == ("nothing_to_remove", "wrong_order", "accept", ())


def test_files_that_nothing_makes_are_missing(tmp_path: Path) -> None:
    code, output = typed("rm old.txt", tmp_path)

    assert verdict(on(sh("rm old.txt")).ask("rm old.txt", output, code))[1:3] == (
        "missing_file",
        "accept",
    )
