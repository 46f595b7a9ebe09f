"""A suggested fix is written as the author writes, and asks for nothing else than it says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tutorial.test_parse_properties import MARKDOWN

from smile.report.edits import edits_of
from smile.report.page import page_of
from smile.report.patch import apply
from smile.tutorial.model import Run, WriteFile
from smile.tutorial.parse import parse
from smile.wire import Change, ChangeAction

BEFORE, REPLACE = ChangeAction.BEFORE, ChangeAction.REPLACE


def line_of(text: str, part: str) -> int:
    return next(n for n, row in enumerate(text.split("\n"), 1) if part in row)


def patched(text: str, *changes: Change) -> str:
    edits = edits_of(changes, text)
    assert edits, "no way to write it"
    return apply(text, edits)


def before(text: str, part: str, *commands: str, say: str = "Do this first:") -> str:
    change = Change(action=BEFORE, line=line_of(text, part), commands=commands, say=say)
    return patched(text, change)


def replace(text: str, part: str, *commands: str) -> str:
    return patched(text, Change(action=REPLACE, line=line_of(text, part), commands=commands))


def commands(text: str) -> list[str]:
    return [c.text for step in parse(text) if isinstance(step, Run) for c in step.commands]


# --- commands before a step -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "Greet:\n\n```sh\nmake hello\n```\n",
            "Do this first:\n\n```sh\nmkdir out\n```\n\nGreet:\n\n```sh\nmake hello\n```\n",
            id="a block of its own, above the announcing paragraph",
        ),
        pytest.param(
            "# Greet\n```sh\nmake hello\n```\n",
            "# Greet\n\nDo this first:\n\n```sh\nmkdir out\n```\n\n```sh\nmake hello\n```\n",
            id="a block of its own, below a heading",
        ),
        pytest.param(
            "~~~~console\n$ make hello\nhi\n~~~~\n",
            "Do this first:\n\n~~~~console\n$ mkdir out\n~~~~\n\n"
            "~~~~console\n$ make hello\nhi\n~~~~\n",
            id="the author's fence and prompt",
        ),
        pytest.param(
            "```console\nuser@host:~$ make hello\n```\n",
            "Do this first:\n\n```console\nuser@host:~$ mkdir out\n```\n\n"
            "```console\nuser@host:~$ make hello\n```\n",
            id="the author's long prompt",
        ),
        pytest.param(
            "```sh\ncd src\nmake hello\n```\n",
            "```sh\ncd src\nmkdir out\nmake hello\n```\n",
            id="in the midst of a block",
        ),
        pytest.param(
            "```console\n$ cd src\n$ make hello\n```\n",
            "```console\n$ cd src\n$ mkdir out\n$ make hello\n```\n",
            id="in the midst of a block with prompts",
        ),
        pytest.param(
            "1. Greet:\n\n   ```sh\n   make hello\n   ```\n\n2. Go home.\n",
            "1. Greet:\n\n   Do this first:\n\n   ```sh\n   mkdir out\n   ```\n\n"
            "   ```sh\n   make hello\n   ```\n\n2. Go home.\n",
            id="inside of a list item",
        ),
        pytest.param(
            "> Greet:\n>\n> ```sh\n> make hello\n> ```\n",
            "> Do this first:\n>\n> ```sh\n> mkdir out\n> ```\n>\n"
            "> Greet:\n>\n> ```sh\n> make hello\n> ```\n",
            id="inside of a quote",
        ),
        pytest.param(
            "Look around:\n\n    $ make hello\n",
            "Do this first:\n\n    $ mkdir out\n\nLook around:\n\n    $ make hello\n",
            id="an indented block",
        ),
        pytest.param(
            "Write the file,\n\n```sh\ntouch a\n```\n\nand make it:\n\n```sh\nmake hello\n```\n",
            "Write the file,\n\n```sh\ntouch a\n```\n\nand make it:\n\n"
            "```sh\nmkdir out\nmake hello\n```\n",
            id="a sentence that goes on is not torn apart",
        ),
        pytest.param(
            "```sh\nflask run\n```\n\nIn another terminal:\n\n```sh\nmake hello\n```\n",
            "```sh\nflask run\n```\n\nIn another terminal:\n\n```sh\nmkdir out\nmake hello\n```\n",
            id="in the terminal that the step is typed in",
        ),
        pytest.param(
            "Now run `make hello` to see it.\n\n```zsh\nls\n```\n",
            "Do this first:\n\n```zsh\nmkdir out\n```\n\n"
            "Now run `make hello` to see it.\n\n```zsh\nls\n```\n",
            id="before a command in a sentence",
        ),
    ],
)
def test_commands_are_put_before_a_step(old: str, new: str) -> None:
    assert before(old, "make hello", "mkdir out") == new
    assert before(old.replace("\n", "\r\n"), "make hello", "mkdir out") == new.replace("\n", "\r\n")
    assert before(old.removesuffix("\n"), "make hello", "mkdir out") == new.removesuffix("\n")


def test_a_tab_that_indents_a_list_stays_one() -> None:
    text = "- Greet:\n\n\t```sh\n\tcd src\n\tmake hello\n\t```\n"

    assert before(text, "make hello", "mkdir out") == text.replace("\tmake", "\tmkdir out\n\tmake")


def test_a_file_block_gets_its_commands_above_what_names_it() -> None:
    text = "Create `out/a.txt`:\n\n```text\nhi\n```\n\n```bash\ncat out/a.txt\n```\n"

    assert before(text, "Create", "mkdir out").startswith(
        "Do this first:\n\n```bash\nmkdir out\n```\n\nCreate `out/a.txt`:\n"
    )


# --- another command ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("```sh\npip instal x  # needed\n```\n", "pip instal x", "pip install x"),
        ("```console\n$ pip instal x\nok\n```\n", "pip instal x", "pip install x"),
        ("Run `pip instal x` now.\n", "pip instal x", "pip install x"),
        ("* Do:\n\n  ```sh\n  pip instal x\n  ```\n", "pip instal x", "pip install x"),
    ],
)
def test_a_command_is_replaced_and_what_is_around_it_stays(text: str, old: str, new: str) -> None:
    command = next(c for c in commands(text) if old in c)

    assert replace(text, old, command.replace(old, new)) == text.replace(old, new)


def test_of_a_long_command_only_the_line_that_changes_changes() -> None:
    text = "```sh\ndocker run \\\n  --nmae web \\\n  nginx\n```\n"

    new = replace(text, "docker run", commands(text)[0].replace("--nmae", "--name"))

    assert new == text.replace("--nmae", "--name")


def test_steps_that_begin_on_one_line_are_all_kept() -> None:
    text = "```sh\npip instal x\n```\n\nCreate a directory `img`, and copy `a.ico` into it.\n"
    text += "Then delete the last line of `b.txt` and copy your `c.txt` there.\n"
    assert len({s.lines.first for s in parse(text)}) < len(parse(text))

    assert replace(text, "instal x", "pip install x") == text.replace("instal ", "install ")


def test_a_command_is_taken_out_of_a_block_that_has_others() -> None:
    assert replace("```sh\ncd app\nmake\n```\n", "cd app") == "```sh\nmake\n```\n"
    change = Change(action=REPLACE, line=2)
    assert edits_of([change], "```sh\ncd app\n```\n") == ()


# --- files --------------------------------------------------------------------------------------


def test_a_file_is_renamed_where_it_is_named() -> None:
    text = "Create `ap.py`:\n\n```python\nprint(1)\n```\n\n```sh\npython3 app.py\n```\n"
    change = Change(action=ChangeAction.RENAME, line=3, path="app.py")

    assert patched(text, change) == text.replace("ap.py`", "app.py`")


def test_a_file_is_renamed_in_its_title_too() -> None:
    text = 'Create `ap.py`:\n\n```python title="ap.py"\nprint(1)\n```\n'
    change = Change(action=ChangeAction.RENAME, line=3, path="app.py")

    assert patched(text, change) == text.replace("ap.py", "app.py")


def test_only_the_lines_of_a_file_that_differ_are_written() -> None:
    text = "Create `a.py`:\n\n  ```python\n  x = 1\n\n  print(os.name)\n  ```\n"
    content = "import os\nx = 1\n\nprint(os.name)\n"
    change = Change(action=ChangeAction.WRITE, line=3, path="a.py", content=content)

    assert patched(text, change) == text.replace("  x = 1", "  import os\n  x = 1")


def test_a_comment_that_names_a_file_stays_its_first_line() -> None:
    text = "```python\n# save this as app.py\n\nprint(os.name)\n```\n"
    content = "import os\n# save this as app.py\n\nprint(os.name)\n"
    change = Change(action=ChangeAction.WRITE, line=1, path="app.py", content=content)

    assert patched(text, change) == text.replace(".py\n", ".py\nimport os\n")


def test_a_line_of_a_file_that_two_blocks_make_is_changed_in_its_own() -> None:
    text = (
        "Create `a.py`:\n\n```python\nx = 1\n```\n\n"
        "Add this to the end of `a.py`:\n\n```python\nprint(y)\n```\n"
    )
    change = Change(action=ChangeAction.WRITE, line=9, path="a.py", content="x = 1\nprint(x)\n")

    assert patched(text, change) == text.replace("print(y)", "print(x)")


# --- order --------------------------------------------------------------------------------------


def test_a_block_moves_up_with_the_sentence_that_announces_it() -> None:
    text = "Use it:\n\n```sh\ncat a\n```\n\nMake it:\n\n```sh\ntouch a\n```\n\nDone.\n"
    change = Change(action=ChangeAction.MOVE, line=4, source=10)

    assert patched(text, change) == (
        "Make it:\n\n```sh\ntouch a\n```\n\nUse it:\n\n```sh\ncat a\n```\n\nDone.\n"
    )


def test_a_file_moves_up_with_the_sentence_that_names_it() -> None:
    text = "Use it:\n\n```sh\ncat a.txt\n```\n\nCreate `a.txt` with this.\n\n```text\nhi\n```\n"
    change = Change(action=ChangeAction.MOVE, line=4, source=9)

    assert patched(text, change) == (
        "Create `a.txt` with this.\n\n```text\nhi\n```\n\nUse it:\n\n```sh\ncat a.txt\n```\n"
    )


def test_a_command_moves_up_in_its_block() -> None:
    text = "```console\n$ cat a\nhi\n$ touch a\n$ ls\n```\n"
    change = Change(action=ChangeAction.MOVE, line=2, source=4)

    assert patched(text, change) == "```console\n$ touch a\n$ cat a\nhi\n$ ls\n```\n"


def test_the_last_commands_of_a_block_take_it_along() -> None:
    text = "```sh\nls\ncat a\n```\n\nMake it:\n\n```sh\nmkdir d\ntouch a\n```\n\nDone.\n"
    moves = [Change(action=ChangeAction.MOVE, line=3, source=source) for source in (9, 10)]

    assert patched(text, *moves) == "```sh\nls\nmkdir d\ntouch a\ncat a\n```\n\nDone.\n"


def test_a_command_moves_into_another_block_and_takes_its_prompt() -> None:
    text = "```sh\ncat a\n```\n\n```console\n$ ls\n$ touch a\n```\n"
    change = Change(action=ChangeAction.MOVE, line=2, source=7)

    assert patched(text, change) == "```sh\ntouch a\ncat a\n```\n\n```console\n$ ls\n```\n"


# --- sentences ----------------------------------------------------------------------------------


def test_a_sentence_stands_above_or_below_a_step() -> None:
    text = "Ask it:\n\n```sh\ncurl localhost\n```\nDone.\n"
    above = Change(action=ChangeAction.SAY_BEFORE, line=4, say="Press Ctrl+C to stop the server.")
    below = Change(action=ChangeAction.SAY_AFTER, line=4, say="It takes a minute.")

    assert patched(text, above) == "Press Ctrl+C to stop the server.\n\n" + text
    assert patched(text, below) == text.replace("```\nDone", "```\n\nIt takes a minute.\n\nDone")


# --- where no way is right ----------------------------------------------------------------------


def test_a_change_that_would_make_another_step_of_something_is_not_written() -> None:
    text = "Create `a.txt`:\n\n```\nmake hello\n```\n"
    change = Change(action=REPLACE, line=4, commands=("make help",))

    assert edits_of([change], text) == ()


def test_of_several_changes_all_are_written_or_none() -> None:
    text = "```sh\nmake hello\n```\n"
    good = Change(action=BEFORE, line=2, commands=("mkdir out",))
    bad = Change(action=REPLACE, line=9, commands=("make help",))

    assert edits_of([good], text)
    assert edits_of([good, bad], text) == ()


@given(MARKDOWN, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_text_a_change_changes_what_it_says_and_no_other_command(
    text: str, data: st.DataObject
) -> None:
    steps = [step for step in parse(text) if isinstance(step, Run)]
    if not steps:
        return
    command = data.draw(st.sampled_from([c for step in steps for c in step.commands]))
    line = command.lines.first
    old = [(c.text, c.lines.first == line) for step in steps for c in step.commands]

    for action in (BEFORE, REPLACE):
        edits = edits_of([Change(action=action, line=line, commands=("make new",))], text)
        if not edits:
            continue
        new = commands(apply(text, edits))
        kept = [(text,) for text, _ in old]
        wanted = [
            ("make new", *(kept[n] if action is BEFORE else ())) if here else kept[n]
            for n, (_, here) in enumerate(old)
        ]
        assert new == [each for group in wanted for each in group]


@given(MARKDOWN, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_text_what_moves_is_all_there_afterwards(text: str, data: st.DataObject) -> None:
    steps = parse(text)
    places = [c.lines.first for s in steps if isinstance(s, Run) for c in s.commands]
    places += [s.lines.first for s in steps if not isinstance(s, Run)]
    if not places:
        return
    line = data.draw(st.sampled_from(places))
    sources = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    moves = [Change(action=ChangeAction.MOVE, line=line, source=source) for source in sources]

    edits = edits_of(moves, text)

    new = apply(text, edits)
    assert sorted(commands(new)) == sorted(commands(text))
    assert [type(s).__name__ for s in parse(new)].count("WriteFile") == [
        type(s).__name__ for s in steps
    ].count("WriteFile")


@given(MARKDOWN, st.sampled_from(list(ChangeAction)), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_change_of_no_text_fails(text: str, action: ChangeAction, data: st.DataObject) -> None:
    count = text.count("\n") + 1
    paths = [s.path for s in parse(text) if isinstance(s, WriteFile)]
    change = Change(
        action=action,
        line=data.draw(st.integers(1, count)),
        source=data.draw(st.integers(0, count)),
        commands=("make new", "make 'more\nand more'"),
        say="Press Ctrl+C to stop it.",
        path=data.draw(st.sampled_from([*paths, "new.txt"])),
        content="one\ntwo\n",
    )

    apply(text, edits_of([change], text))


@given(MARKDOWN)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_page_without_edits_keeps_all_its_steps(text: str) -> None:
    assert page_of(text).keeps(())
