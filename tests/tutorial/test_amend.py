"""Changes of one place of a file that sentences tell: made when there is one way, else not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smile.tutorial import amend
from smile.tutorial.model import Change, EditFile, Lines, Prose, WriteFile
from smile.tutorial.parse import parse

APP = """\
from flask import Flask

app = Flask(__name__)
PORT = 8000
DEBUG = True
NAME = "demo"


def hello():
    greeting = "hi"
    return greeting
"""


def told(sentence: str, block: str = "") -> list[EditFile]:
    """The changes of a text that has made ``app.py`` before it says this."""
    text = f"# T\n\nCreate `app.py`:\n\n```python\n{APP}```\n\n{sentence}\n"
    if block:
        text += f"\n```python\n{block}\n```\n"
    return [step for step in parse(text) if isinstance(step, EditFile)]


def after(sentence: str, block: str = "") -> str:
    text = APP
    for step in told(sentence, block):
        text = amend.amended(text, step)
    return text


@pytest.mark.parametrize(
    ("sentence", "old", "new"),
    [
        ('Replace `"hi"` with `"hello"` in `app.py`.', '"hi"', '"hello"'),
        ("In `app.py`, change the port from `8000` to `8080`.", "8000", "8080"),
        ("In `app.py`, set `DEBUG` to `False`.", "DEBUG = True", "DEBUG = False"),
        ("Open `app.py` and change `PORT` to `9000`.", "PORT = 8000", "PORT = 9000"),
        ("Change `NAME` to `shop` in `app.py`.", '"demo"', '"shop"'),
        ("Open `app.py`. Then change `DEBUG = True` to `DEBUG = False`.", "True", "False"),
        ("Delete the line `DEBUG = True` from `app.py`.", "DEBUG = True\n", ""),
        (
            "In `app.py`, add `import os` before `from flask import Flask`.",
            "from flask",
            "import os\nfrom flask",
        ),
        (
            'In `app.py`, add `print(greeting)` after `greeting = "hi"`.',
            '"hi"\n',
            '"hi"\n    print(greeting)\n',
        ),
    ],
)
def test_a_sentence_that_tells_it_all_is_done(sentence: str, old: str, new: str) -> None:
    assert after(sentence) == APP.replace(old, new, 1)


@pytest.mark.parametrize(
    ("sentence", "block", "old", "new"),
    [
        (
            "In `app.py`, add the following below `app = Flask(__name__)`:",
            'app.secret = "x"\napp.json = 1',
            "__name__)\n",
            '__name__)\napp.secret = "x"\napp.json = 1\n',
        ),
        (
            "In `app.py`, add this inside the function, right after `def hello():`:",
            "count = 1",
            "hello():\n",
            "hello():\n    count = 1\n",
        ),
        (
            "In `app.py`, replace `return greeting` with:",
            "if greeting:\n    return greeting",
            "    return greeting\n",
            "    if greeting:\n        return greeting\n",
        ),
    ],
)
def test_a_sentence_and_its_block_are_done_together(
    sentence: str, block: str, old: str, new: str
) -> None:
    assert len(told(sentence, block)) == 1
    assert after(sentence, block) == APP.replace(old, new, 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "Replace `greeting` with `word` in `app.py`.",  # there are two
        "Replace `Django` with `Flask` in `app.py`.",  # there is none
        "Add `x = 1` before running `npm start`.",
        "Rename `app.py` to `main.py`.",
        "Delete `app.py`.",
        "Change from `a.py` to `b.py` in the editor.",
        "You may replace `8000` with `8080` in `app.py` if it is taken.",
    ],
)
def test_where_there_is_no_way_or_more_than_one_nothing_is_done(sentence: str) -> None:
    assert told(sentence) == []


def test_a_file_that_is_not_known_yet_is_looked_at_when_its_time_comes() -> None:
    (step,) = parse("# T\n\nIn `settings.py`, set `DEBUG` to `False`.\n")
    assert step == EditFile(Lines(3, 3), "settings.py", Change.SET, "DEBUG", "False", 3)


def test_a_change_by_hand_that_nobody_can_make_is_listed_as_prose() -> None:
    (step,) = parse("# T\n\nIn `settings.py`, update `DEBUG`.\n")
    assert isinstance(step, Prose)


def test_a_block_that_leaves_parts_out_is_never_put_in() -> None:
    steps = parse(
        "# T\n\nIn `a.py`, add this after `x = 1`:\n\n```python\ny = 2\n# ...\nz = 3\n```\n"
    )
    assert not any(isinstance(step, EditFile) for step in steps)


def test_the_block_after_a_change_is_a_version_of_the_changed_file() -> None:
    text = f"Create `app.py`:\n\n```python\n{APP}```\n\nIn `app.py`, set `PORT` to `1`.\n"
    first, second = parse(text)
    assert isinstance(first, WriteFile)
    assert isinstance(second, EditFile)


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ('{\n  "name": "demo",\n  "n": 1\n}\n', "shop", '{\n  "name": "shop",\n  "n": 1\n}\n'),
        ("name: demo\n", "shop", "name: shop\n"),
        ("export name='demo'\n", "shop", "export name='shop'\n"),
        ('name = "demo"\n', '"shop"', 'name = "shop"\n'),
        ('const name = "demo";\n', "null", "const name = null;\n"),
    ],
)
def test_a_value_is_set_in_the_way_of_its_file(text: str, value: str, wanted: str) -> None:
    step = EditFile(Lines(1, 1), "f", Change.SET, "name", value)
    assert amend.amended(text, step) == wanted


@pytest.mark.parametrize("text", ["name = [\n  1,\n]\n", "name = 1\nname = 2\n", 'name = """a\n'])
def test_a_value_of_several_lines_or_places_is_left_alone(text: str) -> None:
    with pytest.raises(amend.SeveralWaysError):
        amend.amended(text, EditFile(Lines(1, 1), "f", Change.SET, "name", "3"))


ROWS = st.lists(st.sampled_from(["a = 1", "b = 2", "  c", "def f():", "    a", "", "x"]))


@given(
    ROWS,
    st.sampled_from(list(Change)),
    st.sampled_from(["a", "b = 2", "f", "c", "def f():"]),
    st.sampled_from(["new", "one\ntwo", ""]),
)
def test_all_other_lines_stay_as_they_are(
    rows: list[str], change: Change, anchor: str, text: str
) -> None:
    before = "\n".join(rows)
    try:
        made = amend.amended(before, EditFile(Lines(1, 1), "f", change, anchor, text))
    except amend.SeveralWaysError:
        return
    old, new = before.split("\n"), made.split("\n")
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    rest = old[head + 1 :] if change is not Change.BEFORE else old[head:]
    assert not rest or new[-len(rest) :] == rest
