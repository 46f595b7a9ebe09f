"""Output as its author demands it."""

from __future__ import annotations

import pytest

from smile.agent.literal.compare import differs
from smile.tutorial.model import Check, Match


@pytest.mark.parametrize(
    ("check", "expected", "actual"),
    [
        (Check(Match.EXACT), "a 1\nb", "a 1\nb\n"),
        (Check(Match.CONTAINS), "b", "a\nb\nc"),
        (Check(Match.REGEX, pattern=r"^v\d+$"), "v1", "x\nv23\n"),
        (Check(Match.RATIO, ratio=0.8), '{"id": "abc", "n": 1}', '{"id": "abd", "n": 1}'),
        (Check(Match.MARKED), "*.txt (glob)\nb", "a.txt\nb"),
        (Check(Match.MARKED), r"\d+ files (regex)", "12 files"),
        (Check(Match.MARKED), r"\d+ files (re)", "12 files"),
        (Check(Match.MARKED), r"a\tb (esc)", "a\tb"),
        (Check(Match.MARKED), "end (no-eol)", "end"),
    ],
)
def test_what_is_as_demanded_is_no_difference(check: Check, expected: str, actual: str) -> None:
    assert differs(expected, actual, check=check) == ()


@pytest.mark.parametrize(
    ("check", "expected", "actual"),
    [
        (Check(Match.EXACT), "a 1", "a 2"),
        (Check(Match.CONTAINS), "b 1", "a\nb 2"),
        (Check(Match.REGEX, pattern=r"^v\d+$"), "v1", "version 1"),
        (Check(Match.REGEX, pattern="("), "v1", "v1"),
        (Check(Match.RATIO, ratio=0.9), "all is well here", "nothing of that kind"),
        (Check(Match.MARKED), "*.txt (glob)", "a.md"),
        (Check(Match.MARKED), "a 1", "a 2"),
    ],
)
def test_what_is_not_as_demanded_differs(check: Check, expected: str, actual: str) -> None:
    assert differs(expected, actual, check=check)
