from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed


@pytest.mark.parametrize(
    "command",
    ["cat data.txt", "python3 data.txt", "cp data.txt x", "mv data.txt x", "chmod +x data.txt",
     "source data.txt", "sort < data.txt", "ls data.txt", "grep x data.txt", "make data.txt",
     "gcc data.txt"],
)  # fmt: skip
def test_every_way_of_missing_a_file_is_understood(command: str, tmp_path: Path) -> None:
    code, output = typed(command, tmp_path)

    answer = on(sh(command), cwd=str(tmp_path)).ask(command, output, code)

    assert gap(answer).kind == "missing_file", output
    assert gap(answer).title == "`data.txt` does not exist"
    assert not answer.resolvable
    assert remedy(answer).action == "skip"


def test_flask_is_told_where_the_application_is() -> None:
    scene = on(file("shop.py", "from flask import Flask\napp = Flask(__name__)"), sh("flask run"))

    answer = scene.ask(
        "flask run", "Error: Could not locate a Flask application. Use the 'flask --app' option"
    )

    assert remedy(answer).commands == ("flask --app shop run",)


def test_where_a_block_names_the_file_is_told() -> None:
    makefile = "isles.dat : books/isles.txt\n\tcount books/isles.txt > isles.dat"
    scene = on(file("Makefile", makefile), sh("make"), sh("touch books/isles.txt"))

    answer = scene.ask(
        "make", "make: *** No rule to make target 'books/isles.txt', needed by 'isles.dat'.", 2
    )

    assert gap(answer).kind == "missing_file"
    assert gap(answer).location.quote == "make"
    assert gap(answer).problem.endswith("It is named on line 4.")
