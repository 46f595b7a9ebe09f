"""A shown output becomes what was printed, as far as that is not of one machine only."""

from __future__ import annotations

import pytest

from smile.report.outputs import LONGEST, shown_again
from smile.report.patch import apply
from smile.tutorial.model import Expect, Run, Tutorial
from smile.tutorial.parse import parse
from smile.wire import OutputDiffered, now


def printed(text: str, actual: str, *missing: str) -> str:
    """The text after a run in which the first shown output was not printed."""
    steps = parse(text)
    run = next(step for step in steps if isinstance(step, Run))
    command = run.commands[0]
    block = next((step for step in steps if isinstance(step, Expect)), None)
    rows = text.split("\n")
    seen = OutputDiffered(
        timestamp=now(),
        iteration=1,
        step=0,
        line=next(n for n, row in enumerate(rows, 1) if missing[0] in row),
        end_line=1,
        command=command.text,
        expected=command.expected or (block.text if block else ""),
        actual=actual,
        missing=missing,
    )
    return apply(text, shown_again(Tutorial("t", "t.md", text, steps), seen))


CONSOLE = "```console\n$ tool\nTool 1.2 starts\nOld words here\nDone in 3 s\n$ ls\n```\n"
BLOCK = "- Run it:\n\n  ```sh\n  tool\n  ```\n\n  You will see:\n\n  ```text\n  Tool 1.2 starts\n  Old words here\n  Done in 3 s\n  ```\n"


@pytest.mark.parametrize("text", [CONSOLE, BLOCK])
def test_only_the_line_that_differs_changes(text: str) -> None:
    actual = "Tool 1.3 starts\nNew things now\nDone in 5 s\n"

    assert printed(text, actual, "Old words here") == text.replace(
        "Old words here", "New things now"
    )


def test_a_line_that_is_not_printed_any_more_is_left_out() -> None:
    assert printed(CONSOLE, "Tool 1.3 starts\nDone in 5 s\n", "Old words here") == CONSOLE.replace(
        "Old words here\n", ""
    )


def test_what_prints_nothing_shows_nothing() -> None:
    text = "```console\n$ tool\nOld words here\n$ ls\n```\n"

    assert printed(text, "\n", "Old words here") == text.replace("Old words here\n", "")
    assert printed(BLOCK, "", "Old words here") == BLOCK


@pytest.mark.parametrize(
    "actual",
    [
        "wrote /workspace/work/a.txt\n",
        "> work@1.0.0 start\n",
        "".join(f"new line {chr(97 + n) * 3}\n" for n in range(LONGEST + 1)),
    ],
)
def test_what_belongs_to_one_machine_or_is_long_is_left_to_the_writer(actual: str) -> None:
    text = "```console\n$ tool\nOld words here\n```\n"

    assert printed(text, actual, "Old words here") == text
