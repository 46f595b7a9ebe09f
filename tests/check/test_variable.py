from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import reading, said, sh

from smile.check.variable import check


def test_a_variable_that_nothing_sets_is_found_where_it_is_first_used(tmp_path: Path) -> None:
    found = list(check(reading(tmp_path, "Do:", sh("echo hi", 'cd "$APP_DIR"', "ls $APP_DIR"))))

    assert [(f.command.text, f.problem) for f in found] == [
        ('cd "$APP_DIR"', "$APP_DIR is not set")
    ]


@pytest.mark.parametrize(
    "above",
    [
        "export APP_DIR=~/app",
        "APP_DIR=/srv",
        "read -p 'Where? ' APP_DIR",
        "source settings.sh",
        'eval "$(tool env)"',
        "for APP_DIR in a b; do echo $APP_DIR; done",
    ],
)
def test_a_variable_that_a_command_above_sets_or_may_set_is_none(
    tmp_path: Path, above: str
) -> None:
    assert list(check(reading(tmp_path, "Do:", sh(above, 'cd "$APP_DIR"')))) == []


@pytest.mark.parametrize(
    "command",
    [
        "cd $HOME",
        "echo $JAVA_HOME",
        "echo ${APP_DIR:-/srv}",
        "echo ${APP_DIR-/srv}",
        "echo '$APP_DIR'",
        "echo \\$APP_DIR",
        "APP_DIR=x tool $APP_DIR",
        "awk '{print $NF}' data.txt",
        "$env:APP_DIR = 'x'",
    ],
)
def test_what_the_system_sets_or_the_shell_does_not_expand_is_left_alone(
    tmp_path: Path, command: str
) -> None:
    assert [said(f) for f in check(reading(tmp_path, "Do:", sh(command)))] == []


def test_a_variable_that_the_prose_speaks_of_may_be_set_by_hand(tmp_path: Path) -> None:
    text = ("Set the variable `API_KEY` to the key of your account.", sh('tool --key "$API_KEY"'))

    assert list(check(reading(tmp_path, *text))) == []


def test_a_file_of_settings_sets_variables(tmp_path: Path) -> None:
    env = "Put this into `.env`:\n\n```\nAPI_KEY=secret\n```\n"

    assert list(check(reading(tmp_path, env, "Then:", sh('tool "$API_KEY"')))) == []
