from __future__ import annotations

import pytest
from tests.agent.handbook.scene import on, sh, verdict


@pytest.mark.parametrize(
    ("command", "output", "makes"),
    [
        ("uv add rich", "error: No `pyproject.toml` found in current directory or any parent directory", "uv init --bare"),
        ("npm pkg get name", "npm error enoent Could not read package.json", "npm init -y"),
        ("git status", "fatal: not a git repository (or any of the parent directories): .git", "git init"),
        ("cargo build", "error: could not find `Cargo.toml` in `/root/work` or any parent directory", "cargo init"),
    ],
)  # fmt: skip
def test_a_project_that_was_never_made_is_made_first(command: str, output: str, makes: str) -> None:
    answer = on(sh(command)).ask(command, output)

    assert verdict(answer) == ("missing_project", "missing_prerequisite", "before", (makes,))
