"""What authors write for the tools that test documentation."""

from __future__ import annotations

import pytest

from smile.tutorial.model import (
    Check,
    Command,
    Expect,
    Match,
    Repl,
    Run,
    Skip,
    SkipReason,
    Step,
    WriteFile,
)
from smile.tutorial.parse import parse


def page(*parts: str) -> str:
    return "# A tutorial\n\n" + "\n\n".join(parts) + "\n"


def only(kind: type[Step], *parts: str) -> Step:
    found = [step for step in parse(page(*parts)) if isinstance(step, kind)]
    assert len(found) == 1, parse(page(*parts))
    return found[0]


def expected(*parts: str) -> Expect:
    step = only(Expect, *parts)
    assert isinstance(step, Expect)
    return step


def typed(*parts: str) -> list[Command]:
    step = only(Run, *parts)
    assert isinstance(step, Run)
    return list(step.commands)


def fenced(info: str, *lines: str) -> str:
    return f"```{info}\n" + "\n".join(lines) + "\n```"


LIST = fenced("bash", "ls")


@pytest.mark.parametrize(
    ("comment", "check"),
    [
        ("expected_similarity=0.8", Check(Match.RATIO, ratio=0.8)),
        ('expected_similarity="v[0-9]+"', Check(Match.REGEX, pattern="v[0-9]+")),
        ("!test out list", Check()),
    ],
)
def test_a_comment_says_how_the_result_below_it_is_compared(comment: str, check: Check) -> None:
    found = expected(LIST, "Results:", f"<!-- {comment} -->", fenced("JSON", '{"a": 1}'))
    assert found.check == check
    assert found.text == '{"a": 1}'


def test_such_a_comment_without_a_command_before_it_says_nothing() -> None:
    steps = parse(page("<!-- expected_similarity=0.8 -->", fenced("json", '{"a": 1}')))
    assert not [step for step in steps if isinstance(step, Expect)]


@pytest.mark.parametrize(
    ("info", "match"),
    [("output", Match.LIKE), ("output exact", Match.EXACT), ("output contains", Match.CONTAINS),
     ("output regex", Match.REGEX)],
)  # fmt: skip
def test_a_fence_says_how_its_output_is_compared(info: str, match: Match) -> None:
    assert expected(LIST, fenced(info, "a.txt")).check.match is match


def test_values_in_a_comment_are_set_before_the_commands_below() -> None:
    comment = "<!--\n```variables\nexport NAME=demo\nREGION=eu\n```\n-->"
    text = page(comment, fenced("bash", "echo $NAME"))
    runs = [step for step in parse(text) if isinstance(step, Run)]
    assert [c.text for run in runs for c in run.commands] == [
        "export NAME=demo",
        "export REGION=eu",
        "echo $NAME",
    ]
    assert runs[0].commands[0].lines.first == 5


@pytest.mark.parametrize(
    "info",
    ['sh {"name":"serve","background":"true"}', "sh { name=serve background=true }",
     "scrut {detached: true}"],
)  # fmt: skip
def test_an_attribute_says_that_a_command_keeps_running(info: str) -> None:
    step = only(Run, fenced(info, "$ serve" if info.startswith("scrut") else "serve"))
    assert isinstance(step, Run)
    assert step.background


@pytest.mark.parametrize(
    ("info", "seconds"),
    [("bash timeout=90", 90), ("scrut {timeout: 10s}", 10), ("scrut {timeout: 2m}", 120),
     ("scrut {timeout: 500ms}", 0.5), ("bash timeout=soon", 0)],
)  # fmt: skip
def test_an_attribute_says_how_long_a_command_may_take(info: str, seconds: float) -> None:
    step = only(Run, fenced(info, "$ make"))
    assert isinstance(step, Run)
    assert step.seconds == seconds


@pytest.mark.parametrize("info", ["sh {cwd=app}", 'sh {"cwd": "app"}', "bash exec dir=app"])
def test_an_attribute_says_where_a_command_runs(info: str) -> None:
    commands = typed(fenced(info, "make"))
    assert [c.text for c in commands] == ["cd app", "make", "cd - >/dev/null"]
    assert [c.lines.first for c in commands] == [3, 4, 3]


def test_an_exit_code_may_be_demanded() -> None:
    assert [c.exit_code for c in typed(fenced("bash expect=1", "true", "grep x y"))] == [None, 1]
    (command,) = typed(fenced("scrut", "$ grep x y", "grep: y: No such file", "[2]"))
    assert (command.exit_code, command.expected) == (2, "grep: y: No such file")
    (command,) = typed(fenced("console", "$ echo [2]", "[2]"))
    assert (command.exit_code, command.expected) == (None, "[2]")


def test_lines_of_scrut_and_cram_say_themselves_how_they_are_compared() -> None:
    for language in ("scrut", "cram"):
        (command,) = typed(fenced(language, "$ ls", "*.txt (glob)"))
        assert command.check.match is Match.MARKED


def test_a_second_prompt_continues_the_command() -> None:
    (command,) = typed(fenced("scrut", "$ for n in 1 2; do", ">   echo $n", "> done", "1", "2"))
    assert command.text == "for n in 1 2; do\n  echo $n\ndone"
    assert command.expected == "1\n2"


def test_one_example_of_byexample_is_left_out_or_passed() -> None:
    lines = ("$ rm -rf x  # byexample: +skip", "$ date  # byexample: +pass", "today", "$ ls", "a")
    commands = typed(fenced("shell", *lines))
    assert [(c.text.split()[0], c.expected) for c in commands] == [("date", ""), ("ls", "a")]


def test_a_block_of_which_nothing_is_left_was_taken_out() -> None:
    skip = only(Skip, fenced("shell", "$ rm -rf x  # byexample: +skip"))
    assert isinstance(skip, Skip)
    assert skip.reason is SkipReason.MARKER


@pytest.mark.parametrize(
    ("info", "body", "path", "executable"),
    [
        ("bash|{type:'file',path:'run.sh',permission:'+x'}", "echo hi", "run.sh", True),
        ("file path=conf/app.ini", "[app]", "conf/app.ini", False),
        ("toml|{type: 'file', path: 'app.toml'}", "a = 1", "app.toml", False),
    ],
)
def test_a_fence_names_its_file(info: str, body: str, path: str, *, executable: bool) -> None:
    step = only(WriteFile, fenced(info, body))
    assert isinstance(step, WriteFile)
    assert (step.path, step.executable) == (path, executable)


@pytest.mark.parametrize(
    "block",
    [fenced("rust", "{{#include ../listings/src/main.rs:2:10}}"), fenced("yaml", '--8<-- "a.yml"'),
     fenced("bash", '--8<-- "install.sh"'), fenced("ts", "<<< @/snippets/a.ts")],
)  # fmt: skip
def test_a_file_that_the_site_puts_in_is_not_known(block: str) -> None:
    skip = only(Skip, "Type this:", block)
    assert isinstance(skip, Skip)
    assert skip.reason is SkipReason.UNKNOWN


def test_hidden_lines_leave_a_part_of_the_code_out() -> None:
    step = only(
        WriteFile, "Create `main.rs`:", fenced("rust", "# fn main() {", "let x = 1;", "# }")
    )
    assert isinstance(step, WriteFile)
    assert step.elided


def test_buttons_are_not_typed() -> None:
    (command,) = typed(fenced("bash", "pip install x # (1)!"))
    assert command.text == "pip install x"
    step = only(WriteFile, fenced('yaml title="a.yml"', "a: 1 # (1)!", "b: 2"))
    assert isinstance(step, WriteFile)
    assert step.content == "a: 1\nb: 2\n"


@pytest.mark.parametrize(
    "info", ["rust,ignore", "rust,no_run", "python notest", "{.python notest}", "bash testIgnore",
             'sh {"excludeFromRunAll": "true"}', "sh { ignore=true }", "bash exec skip"]
)  # fmt: skip
def test_a_block_that_a_tool_leaves_out_is_left_out(info: str) -> None:
    skip = only(Skip, "Create `a`:", fenced(info, "x"))
    assert isinstance(skip, Skip)
    assert skip.reason is SkipReason.MARKER


def test_an_interpreter_of_a_session_is_talked_to() -> None:
    step = only(Repl, fenced("python", ">>> 1 + 1", "2"))
    assert isinstance(step, Repl)
