from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import commands, reading, sh

from smile.check.placeholder import check


@pytest.mark.parametrize(
    "command",
    ["git clone <your-repository> app", "cp path/to/file .", "export KEY=YOUR_API_KEY"],
)
def test_a_placeholder_that_no_sentence_explains_is_found(tmp_path: Path, command: str) -> None:
    assert commands(list(check(reading(tmp_path, "Type:", sh(command))))) == [command]


@pytest.mark.parametrize(
    "sentence",
    [
        "Replace `<name>` with the name of your project:",
        "Here `<name>` is the name of the project.",
        "Substitute the text in angle brackets with your own values:",
        "Run this, where `name` stands for what you called it:",
    ],
)
def test_a_placeholder_that_a_sentence_explains_is_none(tmp_path: Path, sentence: str) -> None:
    assert list(check(reading(tmp_path, sentence, sh("tool new <name>")))) == []


def test_each_placeholder_is_told_once(tmp_path: Path) -> None:
    text = sh("tool new <name>", "tool start <name>", "tool stop <other>")

    assert commands(list(check(reading(tmp_path, "Do:", text)))) == [
        "tool new <name>",
        "tool stop <other>",
    ]


@pytest.mark.parametrize(
    "command",
    [
        "tool [--quiet] [<file>...]",  # a form
        "curl https://your-api.example/v1",  # the name of a host says it
        "cat < input.txt > output.txt",
        "grep '<b>bold</b>' page.html",
        "echo plain",
        "sed -i s/CHANGEME/shop/ config.ini",
        "mktemp -d /tmp/app.XXXXXX",
        'echo "<h1>Hello" > index.html',
    ],
)
def test_what_only_looks_like_one_is_left_alone(tmp_path: Path, command: str) -> None:
    assert list(check(reading(tmp_path, "Type:", sh(command)))) == []


def test_a_synopsis_and_a_quotation_ask_nobody_to_type(tmp_path: Path) -> None:
    parts = (
        "## Synopsis",
        sh("tool new <name>"),
        "## Said",
        "> " + sh("a <b>").replace("\n", "\n> "),
    )

    assert list(check(reading(tmp_path, *parts))) == []
