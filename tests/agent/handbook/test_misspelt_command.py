from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import gap, on, remedy, sh, typed, verdict


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("apt-gte update", "apt-get update"),
        ("pyhton3 --version", "python3 --version"),
        ("ap-tget update", "apt-get update"),
        ("gti status", "git status"),
        ("mkdri x", "mkdir x"),
        ("crul -s http://localhost", "curl -s http://localhost"),
        ("sphinx-biuld docs out", "sphinx-build docs out"),
        ("FOO=1 npx; ehco hi", "FOO=1 npx; echo hi"),
    ],
)
def test_a_slip_in_a_programs_name_is_corrected(wrong: str, right: str, tmp_path: Path) -> None:
    name = next(w for w in wrong.replace(";", " ").split() if w not in right.replace(";", " "))
    code, output = typed(name, tmp_path)

    answer = on(sh("ls", wrong)).ask(wrong, output, code)

    assert verdict(answer) == ("misspelt_command", "broken_command", "replace", (right,))
    assert right in gap(answer).suggested_fix


def test_a_program_of_the_tutorial_comes_before_one_of_the_tables() -> None:
    scene = on(sh("pip install frobtool", "frobtol --init"))

    answer = scene.ask("frobtol --init", "bash: frobtol: command not found", 127)

    assert remedy(answer).commands == ("frobtool --init",)


@pytest.mark.parametrize(
    "real", ["pnpm install", "npx serve", "uv add x", "ng new app", "go run ."]
)
def test_a_real_program_is_never_taken_for_a_slip(real: str) -> None:
    name = real.split(maxsplit=1)[0]

    answer = on(sh("npm install", real)).ask(real, f"bash: line 3: {name}: command not found", 127)

    assert gap(answer).rule == "missing_program"


def test_what_the_tutorial_installs_itself_is_no_slip_of_something_else() -> None:
    scene = on(sh("pip install pipr", "pipr run"))

    answer = scene.ask("pipr run", "bash: pipr: command not found", 127)

    assert gap(answer).rule != "misspelt_command"
