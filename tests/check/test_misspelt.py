from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import commands, reading, sh

from smile.check.misspelt import check


def test_a_slip_of_a_program_that_the_text_names_elsewhere_is_told(tmp_path: Path) -> None:
    text = sh("apt-get update", "atp-get install -y git", "mkdri app")

    assert commands(list(check(reading(tmp_path, "Then mkdir:", text)))) == [
        "atp-get install -y git",
        "mkdri app",
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ("Kind finds a node:", sh("kind create cluster", "find . -name a")),  # spoken of
        ("Do:", sh("gitt status", "gitt log", "git log")),  # typed twice: a tool of its own
        ("Do:", sh("mkdri app")),  # nothing in the text is near
        ("Do:", sh("node app.js", "nodemon app.js")),
        ("Do:", sh("python3 a.py", "python a.py")),
        ("Do:", sh("./mkdirs", "mkdir a")),
    ],
)
def test_a_name_that_may_be_a_tool_is_left_alone(tmp_path: Path, parts: tuple[str, ...]) -> None:
    assert list(check(reading(tmp_path, *parts))) == []
