from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import file, on, remedy, sh, typed, verdict


@pytest.mark.parametrize(
    ("command", "makes"),
    [
        ("cd ~/lesson", "mkdir -p ~/lesson"),
        ("cd 'two words'", "mkdir -p 'two words'"),
        ("touch src/a.ts", "mkdir -p src"),
        ("echo hi > deep/er/x.txt", "mkdir -p deep/er"),
    ],
)
def test_a_directory_that_nothing_makes_is_made_and_then_the_command_works(
    command: str, makes: str, tmp_path: Path
) -> None:
    code, output = typed(command, tmp_path)

    answer = on(sh(command), cwd=str(tmp_path), home=str(tmp_path)).ask(command, output, code)

    assert verdict(answer) == ("missing_directory", "missing_file", "before", (makes,))
    assert typed(f"{makes}; {command}", tmp_path)[0] == 0


def test_a_file_block_in_a_directory_that_nothing_makes() -> None:
    answer = on("Create `tests/a.js`.").ask(
        line=3,
        path="/root/work/tests/a.js",
        problem="the directory /root/work/tests does not exist",
    )

    assert remedy(answer).commands == ("mkdir -p tests",)


def test_a_script_of_the_tutorial_that_writes_into_a_missing_directory(tmp_path: Path) -> None:
    script = '#!/bin/bash\necho "$*" >> "entries/today.txt"'
    (tmp_path / "note.sh").write_text(script + "\n")
    code, output = typed("bash ./note.sh hello", tmp_path)

    answer = on(file("note.sh", script), sh("bash ./note.sh hello"), cwd=str(tmp_path)).ask(
        "bash ./note.sh hello", output, code
    )

    makes = "mkdir -p entries"
    assert verdict(answer) == ("missing_directory", "missing_file", "before", (makes,))
    assert typed(f"{makes}; bash ./note.sh hello", tmp_path)[0] == 0
