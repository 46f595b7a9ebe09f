"""Where a long text is cut, and what is said of what is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smile.cuts import MARK, beginning, cut, ending

TEXTS = st.text(st.sampled_from("ab \n"), max_size=200)
SIZES = st.integers(2, 60)


@given(TEXTS, SIZES, SIZES)
def test_a_cut_text_is_its_beginning_a_mark_that_counts_and_its_end(
    text: str, first: int, last: int
) -> None:
    told = cut(text, first, last)
    found = MARK.search(told)
    if found is None:
        assert told == text
        assert len(text) <= first + last
        return
    head, tail = told[: found.start()], told[found.end() :]
    assert text.startswith(head)
    assert text.endswith(tail)
    assert (len(head) <= first, len(tail) <= last) == (True, True)
    assert int(found[1]) == len(text) - len(head) - len(tail)


@given(TEXTS, SIZES)
def test_no_word_is_cut_that_is_shorter_than_half_of_what_is_kept(text: str, most: int) -> None:
    head, tail = beginning(text, most), ending(text, most)
    assert text.startswith(head)
    assert text.endswith(tail)
    if len(text) > most:
        after, before = text[len(head)], text[-len(tail) - 1]
        assert after.isspace() or not set(head[most // 2 + 2 :]) & set(" \n")
        assert before.isspace() or not set(tail[: max(0, most // 2 - 2)]) & set(" \n")


def test_what_was_cut_before_counts_as_missing_still() -> None:
    once = cut("a\n" * 10_000, 4_000, 12_000)
    assert "[… 4,0" in once
    twice = cut(once, 100, 100)
    found = MARK.search(twice)
    assert found is not None
    assert abs(int(found[1].replace(",", "")) - 19_800) < 60
