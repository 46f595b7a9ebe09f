"""Output on its way from a program to the journal: no part of a secret is left by a cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loop.outputs import asking, at
from tests.loop.stories import entry
from tests.redaction.keys import KEYS, PEM_LINES, pem

from smile.agent.literal.screen import Capture
from smile.agent.literal.screen import cut as told_by_the_agent
from smile.loop.state import initial
from smile.loop.trim import FIRST, LAST, TITLE, trimmed, trimmed_state
from smile.redaction import Redactor, redacted
from smile.wire import (
    CommandOutcome,
    CommandRan,
    Failure,
    HistoryEntry,
    JournalEvent,
    OutputDiffered,
    StepBegan,
)

PASSWORD = "tulip7battery"
redact = Redactor.of({"DB_PASSWORD": PASSWORD, "DEPLOY_KEY": pem()})
PLACE = {"timestamp": at(0), "iteration": 1, "step": 0, "line": 1, "end_line": 1}


def journaled(printed: str) -> str:
    """What the journal holds of this output."""
    capture = Capture()
    for start in range(0, len(printed), 1000):
        capture.feed(printed[start : start + 1000].encode())
    ran = CommandRan.model_validate(
        PLACE
        | {
            "text": "x", "cwd": "/", "outcome": CommandOutcome.EXITED,
            "output": told_by_the_agent(capture.text),
        }
    )  # fmt: skip
    seen = trimmed(redacted(entry(JournalEvent.OBSERVATION, observation=ran), redact)).observation
    assert isinstance(seen, CommandRan)
    return seen.output


CUTS = (FIRST, 8_000, Capture.HEAD)
"""Where something is cut, from the beginning on."""


@pytest.mark.parametrize("filler", ["x", "word ", "line\n", '{"a":1},'])
@pytest.mark.parametrize(
    "secret", [PASSWORD, KEYS["anthropic"], KEYS["jwt"], pem()], ids=["word", "key", "jwt", "pem"]
)
@pytest.mark.parametrize("size", [20_000, 40_000, 200_000])
@given(st.tuples(st.sampled_from(CUTS), st.integers(0, 200), st.booleans()))
@settings(deadline=None, max_examples=15)
def test_a_secret_that_crosses_a_cut_leaves_no_part_of_itself(
    filler: str, secret: str, size: int, where: tuple[int, int, bool]
) -> None:
    place, back, at_the_end = where
    fill = filler * (size // len(filler) + 1)
    if at_the_end:
        place = {FIRST: LAST, 8_000: 24_000}.get(place, Capture.TAIL)
        start = max(0, size - place - back)
    else:
        start = max(0, place - back)
    told = journaled(f"{fill[:start]}\n{secret}\n{fill[start:size]}")
    parts = PEM_LINES[:2] if "\n" in secret else (secret,)
    for part in parts:
        for begin in range(0, len(part) - 5, 5):
            piece = part[begin : begin + 6]
            assert piece not in told or set(piece) <= set("A")
    assert len(told) <= FIRST + LAST + 60


def test_long_texts_are_cut_in_everything_that_is_told_and_titles_are_short() -> None:
    long = "line\n" * 10_000
    differed = OutputDiffered.model_validate(
        PLACE | {"command": "x", "expected": long, "actual": long}
    )
    begins = StepBegan.model_validate(PLACE | {"kind": "run", "text": "word " * 100})
    output = asking().model_copy(update={"failure": Failure(command="x", output=long)})
    seen = trimmed(entry(JournalEvent.OBSERVATION, observation=differed)).observation
    assert isinstance(seen, OutputDiffered)
    title = trimmed(entry(JournalEvent.OBSERVATION, observation=begins)).observation
    assert isinstance(title, StepBegan)
    assert len(title.text) <= TITLE
    said = trimmed(entry(JournalEvent.STUDENT_OUTPUT, student_output=output)).student_output
    past = HistoryEntry(iteration=1, student_output=output, started_at=at(0))
    loop = initial("run", at(0)).model_copy(update={"history": (past,)})
    kept = trimmed_state(loop).history[0].student_output
    for each in (said, kept):
        assert each is not None
        assert each.failure is not None
        assert len(each.failure.output) <= FIRST + LAST + 60
    assert max(len(seen.expected), len(seen.actual)) <= FIRST + LAST + 60
