"""Shown output against real output."""

import pytest

from smile.agent.literal.compare import accounts_for, differs


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("Built in 0.22 seconds", "Built in 1.7 seconds"),
        ("Serving on http://127.0.0.1:8000/", "Serving on http://127.0.0.1:8001/"),
        ("main  main.rs", "main\nmain.rs\n"),
        ("added 5 packages\n...\ndone", "added 57 packages\nsomething\ndone"),
        ("12:03:11 starting up", "09:00:00 starting up"),
        ("Created /home/ann/site/index.html", "Created /root/site/index.html"),
    ],
)
def test_what_varies_from_run_to_run_is_no_difference(expected: str, actual: str) -> None:
    assert differs(expected, actual) == ()


@pytest.mark.parametrize(
    ("expected", "actual", "missing"),
    [
        ("Goodbye, world!", "Hello, world!", "Goodbye, world!"),
        ("one apple\ntwo pears", "one apple\n", "two pears"),
        ("./shop/models.py\n./shop/sppa.py", "./shop/models.py\n./shop/apps.py", "./shop/sppa.py"),
        ("Sserp CTRL+C to quit", "Press CTRL+C to quit", "Sserp CTRL+C to quit"),
    ],
)
def test_a_line_that_nothing_resembles_is_told(expected: str, actual: str, missing: str) -> None:
    assert missing in differs(expected, actual)


def test_a_shown_error_accounts_for_the_failure() -> None:
    shown = "error TS2345: Argument of type 'number[]' is not assignable"
    real = "greet.ts(7,30): error TS2345: Argument of type 'number[]' is not assignable to x"
    assert accounts_for(shown, real)
    assert not accounts_for(shown, "bash: tsc: command not found")
    assert not accounts_for("", "anything")


def test_one_shown_error_line_that_was_printed_accounts_for_the_failure() -> None:
    shown = "F401 `os` imported but unused\nFound 1 error.\n1 fixable with the --fix option"
    real = "I001 Import block is unsorted\nF401 `os` imported but unused\nFound 3 errors."
    assert accounts_for(shown, real)
    assert not accounts_for("Building\nAll done here", "Building\nerror: no such file")


def test_a_frame_that_is_not_compared_accounts_for_nothing() -> None:
    shown = "Usage: tool run [OPTIONS] NAME\n╭─ Error ─────────╮\n│ Missing argument │\n╰─────────────────╯"
    assert accounts_for(shown, "Usage: tool run [OPTIONS] NAME\nMissing argument")
    assert not accounts_for(shown, "bash: tool: command not found")


def test_help_that_was_asked_for_accounts_for_no_failure() -> None:
    shown = "Usage: main.py hello [OPTIONS] {name}\n--help  Show this message and exit."
    assert not accounts_for(shown, "Usage: main.py hello [OPTIONS] {name}\nNo such option: --hepl")


def test_a_line_that_left_a_servers_log_is_no_difference() -> None:
    shown = "Building the site\nCleaning the folder\nWatching for changes\nServing on http://x:1"
    real = "Building the site\nCleaning the folder\nServing on http://x:2"
    assert differs(shown, real) == ("Watching for changes",)
    assert differs(shown, real, log=True) == ()
    assert differs("Loading it\nHome is here", "Started elsewhere", log=True) != ()


def test_all_that_was_printed_and_nothing_else_accounts_for_the_failure() -> None:
    assert accounts_for("usage: ./calc A B", "usage: ./calc A B\n")
    assert not accounts_for("usage: ./calc A B", "usage: ./calc A B\nSegmentation fault\n")
