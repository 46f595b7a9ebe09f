from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import commands, reading, sh

from smile.check.environment import check

MAKE = "python3 -m venv .venv"


def test_pip_below_an_environment_that_nothing_activates_is_told(tmp_path: Path) -> None:
    (found,) = check(reading(tmp_path, "Do:", sh(MAKE, "pip install flask", "pip list")))

    assert found.command.text == "pip install flask"
    assert found.found == (("pip", ("/workspace/work/.venv/bin/pip",)),)


def test_a_program_installed_by_path_into_an_environment_that_is_not_active_is_told(
    tmp_path: Path,
) -> None:
    text = sh("python3 -m venv ~/.tools", "~/.tools/bin/pip install uv", "cd app", "uv sync")

    assert commands(list(check(reading(tmp_path, "Do:", text)))) == ["uv sync"]


@pytest.mark.parametrize(
    "between",
    [
        "source .venv/bin/activate",
        ". .venv/bin/activate",
        'export PATH="$PWD/.venv/bin:$PATH"',
        "cd elsewhere",
        "conda activate app",
    ],
)
def test_what_makes_it_active_or_leads_elsewhere_ends_the_search(
    tmp_path: Path, between: str
) -> None:
    assert list(check(reading(tmp_path, "Do:", sh(MAKE, between, "pip install flask")))) == []


def test_prose_that_tells_to_activate_it_is_enough(tmp_path: Path) -> None:
    parts = (sh(MAKE), "Activate it as your shell wants it, then:", sh("pip install flask"))

    assert list(check(reading(tmp_path, "Do:", *parts))) == []


def test_pip_by_its_path_or_without_an_environment_is_fine(tmp_path: Path) -> None:
    assert list(check(reading(tmp_path, "Do:", sh(MAKE, ".venv/bin/pip install flask")))) == []
    assert list(check(reading(tmp_path, "Do:", sh("pip install flask")))) == []
