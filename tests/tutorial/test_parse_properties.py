"""Laws of parsing: it never fails, it is fast, and what it says lies in the file."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smile.tutorial.model import Run, Tutorial
from smile.tutorial.parse import parse

PIECES = st.sampled_from(
    [
        "# Title", "## Install", "### On Windows", "## Optional: more", "Run `npm test`.", "Create `app.py`:", "Or, with yarn:",
        "You will see:", "Visit http://localhost:8000 in your browser.", "Press Ctrl+C.", "```bash", '```python title="a.py"', "```json",
        "```", "~~~", "````md", "```diff", "    $ ls", "    code", "$ npm i", "> quote", "> ```sh", "> ls", "> ```", "- item", "  - nested",
        "    ```bash", "1. one", "   ```sh", '=== "Linux"', '=== "Windows"', "!!! note", '??? tip "x"', "::: code-group", ":::", ":::: challenge",
        "::::", "<Tabs>", '<TabItem value="npm">', "</TabItem>", "</Tabs>", "<details>", "<summary>Or use <code>x</code></summary>", "</details>",
        "<!-- smile:skip -->", "<!--", "-->", "<div", ">", "{% tab %}", '{{< tab "x" >}}', "cat <<EOF", "EOF", "if x; then", "fi", 'echo "a',
        "\\", "a \\", ">>> x = 1", "...", "// ...", "{", "}", '"a": 1,', "", "", "\t", "\x00", "é😀", "`", "``", "**app.py**", "|a|b|", "|-|-|", "---",
        "[a]: http://x", "![i](a.png)", "Add this to the end of `a.py`:", "In another terminal:", "\x0b", "\x0c", "\x1c", "\x85", "\u2028",
    ]
)  # fmt: skip
MARKDOWN = st.lists(st.one_of(PIECES, PIECES, st.text(max_size=20)), max_size=60).map("\n".join)


def check(source: str) -> None:
    steps = parse(source)
    count = source.count("\n") + 1
    assert [s.lines.first for s in steps] == sorted(s.lines.first for s in steps)
    for step in steps:
        assert 1 <= step.lines.first <= step.lines.last <= count
        for command in step.commands if isinstance(step, Run) else ():
            assert step.lines.first <= command.lines.first <= command.lines.last <= step.lines.last
            assert command.text.strip()
            if command.expected_lines:
                assert command.expected
                assert command.lines.last < command.expected_lines.first
                assert (
                    command.expected_lines.first <= command.expected_lines.last <= step.lines.last
                )


@given(MARKDOWN)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_step_lies_in_the_file(source: str) -> None:
    check(source)


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_text_makes_it_fail(source: str) -> None:
    check(source)


@given(MARKDOWN)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_windows_line_ends_change_no_step(source: str) -> None:
    source = source.replace("\r", "")
    assert parse(source.replace("\n", "\r\n")) == parse(source)


@given(MARKDOWN)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_paragraph_above_only_moves_the_steps(source: str) -> None:
    def shape(text: str, shift: int) -> list[tuple[str, int]]:
        return [(type(s).__name__, s.lines.first - shift) for s in parse(text)]

    if not source.lstrip("\ufeff").startswith(("---", "+++")):
        assert shape("Hello there.\n\n# Title\n\n" + source, 4) == shape("# Title\n\n" + source, 2)


HOSTILE = {
    "headings": "# a\n" * 10_000,
    "unclosed fence": "```bash\n" + "echo hi\n" * 11_000,
    "unclosed comment": "<!-- x\n" * 12_000,
    "backticks": "`" * 100_000,
    "uneven backticks": "` `` ``` " * 10_000,
    "quotes": "> " * 50_000,
    "deep quotes": (">" * 300 + " a\n") * 300,
    "deep lists": "".join(" " * (2 * i) + "- a\n" for i in range(300)),
    "markers": "- " * 50_000,
    "brackets": "[" * 100_000,
    "links": "[a](" * 25_000,
    "tags": "<div\n" * 15_000,
    "tabs": '=== "a"\n' * 12_000,
    "containers": "::: a\n" * 15_000,
    "sentences": "Run the `x y`. " * 6_000,
    "apostrophes": "```bash\n" + "echo it's\n" * 9_000 + "```\n",
    "here-documents": "```bash\n" + "cat <<EOF\n" * 9_000 + "```\n",
    "json": "Create `a.json`:\n\n```json\n" + "[" * 90_000 + "\n```\n",
    "foreign installers": "# a\n```sh\nbrew x\n```\n" * 4_500,
    "stars": "*" * 100_000,
    "blank lines": "\n" * 100_000,
    "spaces": " " * 100_000,
    "one word": "a" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_parsed_in_time(name: str) -> None:
    began = time.process_time()
    check(HOSTILE[name])
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["headings", "unclosed fence"])
def test_time_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        parse(text)
        return time.process_time() - began

    text = HOSTILE[name]
    parse(text[:1000])
    # An eighth would take a 64th of the time of the whole if time grew with the square.
    eighth, whole = seconds(text[: len(text) // 8]), seconds(text)
    assert whole < 24 * eighth + 0.2


def test_a_quote_counts_lines_as_the_parser_does() -> None:
    text = "a\x0cb\x85c\u2028d\r\n```sh\r\nls\r\n```\r\n"
    (step,) = parse(text)
    tutorial = Tutorial("t.md", "t.md", text, (step,))
    assert (step.lines.first, step.lines.last) == (2, 4)
    assert tutorial.quote(step.lines) == "```sh\nls\n```"


def test_parsing_twice_gives_the_same() -> None:
    source = "Create `a.py`:\n\n```python\nx = 1\n```\n"
    assert parse(source) == parse(source)


@pytest.mark.parametrize(
    "source", ["", "\n", "\ufeff# Title", "\x00", "---", "```", "===", "Just prose."]
)
def test_a_text_without_instructions_has_no_runs(source: str) -> None:
    assert not [s for s in parse(source) if isinstance(s, Run)]
