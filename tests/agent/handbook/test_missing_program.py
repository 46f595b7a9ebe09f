from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import gap, on, remedy, sh, typed, verdict


@pytest.mark.parametrize(
    ("output", "program"),
    [
        ("bash: line 1: tree: command not found", "tree"),
        ("/bin/sh: 1: tree: not found", "tree"),
        ("sh: 1: tree: not found", "tree"),
        ("env: ‘tree’: No such file or directory", "tree"),
        ("/usr/bin/env: 'tree': No such file or directory", "tree"),
        ("make: tree: No such file or directory\nmake: *** [Makefile:2: all] Error 127", "tree"),
        ('exec: "tree": executable file not found in $PATH', "tree"),
        ("Command 'tree' not found, but can be installed with:\napt install tree", "tree"),
        (
            "error: Failed to spawn: `tree`\n  Caused by: No such file or directory (os error 2)",
            "tree",
        ),
        ("error: Failed to spawn: tree\n  cause: No such file or directory (os error 2)", "tree"),
        ("npm error syscall spawn tree\nnpm error Error: spawn tree ENOENT", "tree"),
    ],
)
def test_every_way_of_saying_that_a_program_is_missing_is_understood(
    output: str, program: str
) -> None:
    answer = on(sh("run it")).ask("run it", output, 127)

    assert verdict(answer) == (
        "missing_program", "missing_prerequisite", "before",
        ("apt-get update", f"DEBIAN_FRONTEND=noninteractive apt-get install -y {program}"),
    )  # fmt: skip
    assert gap(answer).title == f"`{program}` is not installed"


def test_what_bash_really_says_is_understood(tmp_path: Path) -> None:
    code, output = typed("PATH=/nonexistent; jq .", tmp_path)

    assert remedy(on(sh("jq .")).ask("jq .", output, code)).commands[-1].endswith("install -y jq")


def test_lists_that_the_tutorial_updated_are_not_updated_again() -> None:
    scene = on(sh("apt-get update", "jq ."))

    answer = scene.ask("jq .", "bash: jq: command not found", 127)

    assert remedy(answer).commands == ("DEBIAN_FRONTEND=noninteractive apt-get install -y jq",)


def test_the_text_to_paste_is_in_the_authors_style() -> None:
    scene = on(sh("$ cd x", "$ jq .", language="console"))

    answer = scene.ask("jq .", "bash: jq: command not found", 127)

    assert gap(answer).suggested_fix == (
        "Install `jq` first:\n\n```console\n$ apt-get update\n$ apt-get install -y jq\n```"
    )


def test_an_ordinary_user_needs_sudo() -> None:
    answer = on(sh("jq ."), uid=1000).ask("jq .", "bash: jq: command not found", 127)

    assert remedy(answer).commands == (
        "sudo apt-get update",
        "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y jq",
    )


def test_pip_and_what_it_brings_go_into_a_virtual_environment() -> None:
    answer = on(sh("pip install x")).ask("pip install x", "bash: pip: command not found", 127)

    assert remedy(answer).commands[-2:] == ("python3 -m venv ~/.venv", ". ~/.venv/bin/activate")
    assert "python3-venv" in remedy(answer).commands[1]


def test_a_python_tool_needs_only_pip_where_an_environment_is_active() -> None:
    scene = on(sh("mkdocs new x"), variables={"VIRTUAL_ENV": "/root/work/.venv"})

    answer = scene.ask("mkdocs new x", "bash: mkdocs: command not found", 127)

    assert remedy(answer).commands == ("pip install mkdocs",)


def test_a_project_of_uv_gets_its_tools_from_uv() -> None:
    scene = on(sh("uv init shop", "uv run ruff check"))

    answer = scene.ask(
        "uv run ruff check",
        "error: Failed to spawn: `ruff`\n  Caused by: No such file or directory (os error 2)",
        2,
    )

    assert remedy(answer).commands == ("uv add ruff",)


def test_node_is_as_new_as_the_text_demands() -> None:
    new = on("You need Node.js v20 or newer.", sh("npm ci"))
    old = on("You need Node.js.", sh("npm ci"))

    said = "bash: npm: command not found"
    assert remedy(new.ask("npm ci", said, 127)).commands[-2:] == (
        "npm install -g node@22",
        "hash -r",
    )
    assert remedy(old.ask("npm ci", said, 127)).commands[-1].endswith("nodejs npm")


def test_what_an_npm_script_misses_belongs_into_the_project() -> None:
    answer = on(sh("npm run build")).ask("npm run build", "sh: 1: tsc: not found", 127)

    assert remedy(answer).commands == ("npm install --save-dev typescript",)


def test_other_distributions_have_their_own_package_manager() -> None:
    alpine = on(sh("gcc x.c"), distribution="alpine", tools={"apk": "/sbin/apk"})

    answer = alpine.ask("gcc x.c", "sh: gcc: not found", 127)

    assert remedy(answer).commands == ("apk add gcc musl-dev",)


def test_a_program_that_nobody_knows_is_still_named() -> None:
    answer = on(sh("zanzibarctl up")).ask(
        "zanzibarctl up", "bash: zanzibarctl: command not found", 127
    )

    assert gap(answer).kind == "missing_prerequisite"
    assert gap(answer).title == "`zanzibarctl` is not installed"
    assert not answer.resolvable


def test_uv_is_not_installed_with_uv() -> None:
    answer = on(sh("uv add httpx"), sh("uv run app.py")).ask(
        "uv add httpx", "bash: uv: command not found", 127
    )

    assert remedy(answer).commands[-1] == "pip install uv"


@pytest.mark.parametrize(
    ("sentence", "program"),
    [
        ("Now that you’ve installed Rust, it's time to write a program.", "rustc"),
        ("Once Git is configured, we can start using it.", "git"),
        (
            "This tutorial assumes that you have installed a recent Node.js (v20.0.0+) version.",
            "npm",
        ),
        ("You need Python 3.10 or newer.", "python3"),
        ("Make sure you have `jq` installed.", "jq"),
        ("Prerequisites: Docker and GNU Make.", "make"),
    ],
)
def test_what_the_text_takes_for_granted_is_missing_there(sentence: str, program: str) -> None:
    scene = on(sentence, *["Some more words."] * 5, sh(f"{program} --version"))

    answer = scene.ask(f"{program} --version", f"bash: {program}: command not found", 127)

    assert gap(answer).location.line == 3
    assert gap(answer).location.quote == sentence
    assert remedy(answer).line == 16


def test_right_below_a_sentence_the_command_itself_is_the_place() -> None:
    scene = on("You need `jq`.", sh("jq ."))

    answer = scene.ask("jq .", "bash: jq: command not found", 127)

    assert gap(answer).location.quote == "jq ."


@pytest.mark.parametrize(
    "sentence",
    [
        "Go on once you have read this.",
        "Make sure you have time.",
        "You need Go.js, a library for the browser.",
        "First, install Go.",
        "We need a go-between.",
        "What this file requires is told by Make's own rules.",
    ],
)
def test_a_sentence_about_something_else_takes_no_program_for_granted(sentence: str) -> None:
    program = "make" if "Make" in sentence else "go"
    scene = on(sentence, *["Some more words."] * 5, sh(f"{program} x"))

    answer = scene.ask(f"{program} x", f"bash: {program}: command not found", 127)

    assert gap(answer).location.line == 14 + 2
