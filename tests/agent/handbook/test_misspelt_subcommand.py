from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import file, gap, on, sh, typed, verdict

REFUSALS = [
    ("apt-get instal -y jq", "install", "E: Invalid operation instal", 100),
    ("npm intsall", "install", 'Unknown command: "intsall"\n\nDid you mean this?\n  npm install', 1),
    ("cargo biuld", "build", "error: no such command: `biuld`\n\nhelp: a command with a similar name exists: `build`", 101),
    ("python manage.py migrat", "migrate", "Unknown command: 'migrat'. Did you mean migrate?", 1),
    ("uv sycn", "sync", "error: unrecognized subcommand 'sycn'\n\n  tip: a similar subcommand exists: 'sync'", 2),
    ("pip instal x", "install", 'ERROR: unknown command "instal" - maybe you meant "install"', 1),
    ("mkdocs biuld", "build", "Error: No such command 'biuld'.", 2),
]  # fmt: skip


@pytest.mark.parametrize(("command", "right", "output", "code"), REFUSALS)
def test_a_slip_in_a_subcommand_is_corrected(
    command: str, right: str, output: str, code: int
) -> None:
    answer = on(sh(command)).ask(command, output, code)

    wrong = next(w for w in command.split() if w in output and w not in {"x", "pip", "npm"})
    assert verdict(answer) == (
        "misspelt_subcommand", "broken_command", "replace", (command.replace(wrong, right),),
    )  # fmt: skip


def test_what_git_really_says_is_understood(tmp_path: Path) -> None:
    code, output = typed("git comit -m x", tmp_path)

    answer = on(sh("git comit -m x")).ask("git comit -m x", output, code)

    assert verdict(answer)[3] == ("git commit -m x",)


def test_a_target_of_make_is_compared_with_the_targets_of_the_block() -> None:
    scene = on(
        file("Makefile", "report:\n\ttouch report\n\nclean:\n\trm -f report"), sh("make claen")
    )

    answer = scene.ask("make claen", "make: *** No rule to make target 'claen'.  Stop.", 2)

    assert verdict(answer) == ("misspelt_subcommand", "broken_command", "replace", ("make clean",))


def test_an_unknown_subcommand_that_resembles_nothing_is_left_open() -> None:
    answer = on(sh("git frobnicate")).ask(
        "git frobnicate", "git: 'frobnicate' is not a git command. See 'git --help'."
    )

    assert gap(answer).rule == "unexplained"
