"""Which blocks are commands, and which lines of them are typed."""

from __future__ import annotations

import pytest

from smile.tutorial.model import Expect, Repl, Run, Skip, SkipReason, Step, Terminal, WriteFile
from smile.tutorial.parse import parse


def only(source: str) -> Step:
    (step,) = parse(source)
    return step


def run(source: str) -> Run:
    step = only(source)
    assert isinstance(step, Run)
    return step


def typed(source: str) -> list[str]:
    return [c.text for c in run(source).commands]


def fenced(text: str, info: str = "bash") -> str:
    return f"```{info}\n{text}\n```\n"


@pytest.mark.parametrize(
    "tag", ["bash", "sh", "shell", "zsh", "console", "shell-session", "{.bash}", "terminal"]
)
def test_a_block_with_a_tag_of_shells_is_run(tag: str) -> None:
    assert typed(fenced("mkdir a\ncd a", tag)) == ["mkdir a", "cd a"]


def test_lines_of_commands_and_block_are_those_of_the_file() -> None:
    step = run("intro\n\n```sh\nmkdir a\n\ncd a\n```\n")
    assert (step.lines.first, step.lines.last) == (3, 7)
    assert [(c.lines.first, c.lines.last) for c in step.commands] == [(4, 4), (6, 6)]


def test_lines_below_a_prompted_command_are_what_it_prints() -> None:
    step = run(fenced("$ ls\na.txt\n\nb.txt\n$ pwd\n/tmp", "console"))
    assert [(c.text, c.expected) for c in step.commands] == [
        ("ls", "a.txt\n\nb.txt"),
        ("pwd", "/tmp"),
    ]
    lines = step.commands[0].expected_lines
    assert lines is not None
    assert (lines.first, lines.last) == (3, 5)


@pytest.mark.parametrize(
    "prompt",
    [
        "$ ",
        "% ",
        "➜  ",
        "user@host:~$ ",
        "root@box:/# ",
        "(venv) $ ",
        "[me@pc ~]$ ",
        "client$ ",
        "bash: ",
    ],
)
def test_a_prompt_is_not_typed(prompt: str) -> None:
    assert typed(fenced(f"{prompt}ls -l", "console")) == ["ls -l"]


def test_angle_brackets_are_prompts_when_every_line_has_one() -> None:
    assert typed(fenced("> cd app\n> npm start", "shell")) == ["cd app", "npm start"]


def test_a_hash_is_a_root_prompt_in_a_session_and_a_comment_in_a_script() -> None:
    assert typed(fenced("# apt-get update", "console")) == ["apt-get update"]
    assert typed(fenced("# apt-get update\nls", "bash")) == ["ls"]


def test_continued_lines_are_one_command_with_its_lines() -> None:
    step = run(fenced("docker run \\\n  -p 80:80 \\\n  nginx\nls"))
    assert [c.text for c in step.commands] == ["docker run \\\n  -p 80:80 \\\n  nginx", "ls"]
    assert (step.commands[0].lines.first, step.commands[0].lines.last) == (2, 4)


def test_a_here_document_keeps_its_body_as_it_is() -> None:
    assert typed(fenced("cat > a.txt <<'EOF'\n  # kept\n\nit's\nEOF\ncat a.txt")) == [
        "cat > a.txt <<'EOF'\n  # kept\n\nit's\nEOF",
        "cat a.txt",
    ]


def test_quotes_may_run_over_lines() -> None:
    assert typed(fenced("git commit -m 'one\n\ntwo'\ngit log")) == [
        "git commit -m 'one\n\ntwo'",
        "git log",
    ]


def test_compound_statements_are_one_command() -> None:
    assert typed(fenced("for i in 1 2; do\n  echo $i\ndone\nif true; then\n  ls\nfi\nls")) == [
        "for i in 1 2; do\n  echo $i\ndone",
        "if true; then\n  ls\nfi",
        "ls",
    ]


def test_a_function_is_one_command() -> None:
    assert typed(fenced("greet() {\n  echo hi\n}\ngreet")) == ["greet() {\n  echo hi\n}", "greet"]


def test_the_second_prompt_of_the_shell_is_not_typed() -> None:
    assert typed(fenced("$ cat <<EOF\n> one\n> EOF\n$ ls", "console")) == [
        "cat <<EOF\none\nEOF",
        "ls",
    ]


def test_an_apostrophe_does_not_swallow_the_block() -> None:
    assert typed(fenced("echo it's\nls")) == ["echo it's", "ls"]


def test_a_list_of_commands_on_a_line_stays_one_command() -> None:
    assert typed(fenced("npm init -y && npm install x")) == ["npm init -y && npm install x"]


def test_indentation_of_a_block_is_not_typed() -> None:
    assert typed(fenced("    npm init -y\n    npm test")) == ["npm init -y", "npm test"]


def test_comments_alone_are_no_command() -> None:
    assert isinstance(only(fenced("# nothing here")), Skip)


def test_notes_that_speak_of_the_outcome_are_kept_with_their_command() -> None:
    step = run(
        fenced(
            "// Run it\n$ tool\n\n// You get an error\nUsage: tool NAME\n\n// Now it works\n$ tool x\nhi",
            "console",
        )
    )
    assert [(c.text, c.note, c.expected) for c in step.commands] == [
        ("tool", "You get an error", "Usage: tool NAME"),
        ("tool x", "Now it works", "hi"),
    ]


def test_a_progress_bar_is_not_expected() -> None:
    assert run(fenced("$ pip install x\n---> 100%", "console")).commands[0].expected == ""


def test_plain_blocks_with_prompts_are_run() -> None:
    assert typed("Do this:\n\n    $ make\n    $ make install\n") == ["make", "make install"]


def test_a_plain_block_of_known_commands_is_run() -> None:
    assert typed("Install it:\n\n```\nnpm install thing\n```\n") == ["npm install thing"]


def test_a_plain_block_of_prose_is_no_command() -> None:
    assert not [
        s
        for s in parse("Some thoughts:\n\n```\nThe quick brown fox\nmake haste: now\n```\n")
        if isinstance(s, Run)
    ]


def test_a_misspelt_command_in_a_plain_block_is_still_a_command() -> None:
    assert typed("Run the following command:\n\n```\npyhton app.py\n```\n") == ["pyhton app.py"]


def test_a_tree_in_a_shell_block_is_an_illustration() -> None:
    step = only(fenced("app\n├── a.py\n└── b.py", "shell"))
    assert isinstance(step, Skip)
    assert step.reason is SkipReason.ILLUSTRATION


def test_a_usage_form_is_an_illustration() -> None:
    step = only("The general form:\n\n" + fenced("tool [options] FILE"))
    assert isinstance(step, Skip)
    assert step.reason is SkipReason.ILLUSTRATION


def test_growing_forms_of_one_command_are_illustrations() -> None:
    assert isinstance(only(fenced("serve db.json -s ./a\nserve db.json -s ./a -s ./b")), Skip)


def test_output_in_a_shell_block_is_expected_and_not_typed() -> None:
    steps = parse(
        fenced("npm test") + "\nYou will see:\n\n" + fenced("PASS ./sum.test.js\n✓ adds (5ms)")
    )
    assert [type(s) for s in steps] == [Run, Expect]


def test_output_below_an_unprompted_command_is_not_typed() -> None:
    step = run(fenced("node app.js\nServer running at http://localhost:3000/"))
    assert [(c.text, c.expected) for c in step.commands] == [
        ("node app.js", "Server running at http://localhost:3000/")
    ]


def test_an_output_block_belongs_to_the_command_above() -> None:
    steps = parse(fenced("ls") + "\n```output\na\n```\n")
    assert [type(s) for s in steps] == [Run, Expect]


def test_an_output_block_without_a_command_is_an_illustration() -> None:
    assert isinstance(
        only("When we run it again, it tells us:\n\n```output\nnothing to do\n```\n"), Skip
    )


@pytest.mark.parametrize("words", ["If we see,", "If you get", "You may see"])
def test_output_that_appears_only_sometimes_is_not_expected(words: str) -> None:
    steps = parse(fenced("make") + f"\n{words}\n\n```output\nboom\n```\n")
    assert [type(s) for s in steps] == [Run, Skip]


def test_output_of_a_sentence_with_a_command_is_expected() -> None:
    steps = parse("Run `npm test`, which prints:\n\n```\nok\n```\n")
    assert [type(s) for s in steps] == [Run, Expect]


def test_a_command_that_is_said_to_fail_is_marked() -> None:
    first, _ = parse(
        fenced("tsc a.ts") + "\nYou'll now see an error:\n\n```\nerror TS1: bad\n```\n"
    )
    assert isinstance(first, Run)
    assert first.fails


def test_a_command_without_errors_is_not_marked_as_failing() -> None:
    first = parse(fenced("tsc a.ts") + "\nYou should see no errors:\n\n```\nok\n```\n")[0]
    assert isinstance(first, Run)
    assert not first.fails


def test_windows_blocks_are_for_others() -> None:
    for text in (
        fenced("dir", "powershell"),
        fenced("dir", "cmd"),
        fenced("PS C:\\> dir", "console"),
        fenced("C:\\>dir", ""),
    ):
        step = only(text)
        assert isinstance(step, Skip)
        assert step.reason is SkipReason.OTHER_SYSTEM


def test_windows_lines_in_a_block_are_left_out() -> None:
    assert typed(
        fenced(
            "python3 -m venv env\nsource env/bin/activate\n.\\env\\Scripts\\activate  # Windows\npip install x"
        )
    ) == [
        "python3 -m venv env",
        "source env/bin/activate",
        "pip install x",
    ]


def test_commented_variants_in_a_block_are_taken_once() -> None:
    assert typed(fenced("# npm\nnpm i x\n\n# yarn\nyarn add x")) == ["npm i x"]
    assert typed(fenced("pip install x\n# or\npip install x[all]")) == ["pip install x"]
    assert typed(fenced("# macOS\nbrew install x\n# Ubuntu\napt install x")) == ["apt install x"]


@pytest.mark.parametrize(
    "words",
    [
        "In another terminal:",
        "Open a second terminal and run:",
        "In a new terminal window, type:",
        "Use a separate tab for this:",
    ],
)
def test_another_terminal_is_a_new_one(words: str) -> None:
    step = parse(fenced("npm start") + f"\n{words}\n\n" + fenced("curl localhost"))[1]
    assert isinstance(step, Run)
    assert step.terminal is Terminal.NEW


def test_only_the_block_that_is_introduced_gets_the_new_terminal() -> None:
    steps = parse(
        fenced("npm start")
        + "\nIn another terminal:\n\n"
        + fenced("curl a")
        + "\nNext:\n\n"
        + fenced("curl b")
    )
    assert [s.terminal for s in steps if isinstance(s, Run)] == [
        Terminal.SAME,
        Terminal.NEW,
        Terminal.SAME,
    ]


def test_a_new_program_is_no_new_terminal() -> None:
    step = parse(fenced("ls") + "\nTry the new command line tool:\n\n" + fenced("tool x"))[1]
    assert isinstance(step, Run)
    assert step.terminal is Terminal.SAME


def test_an_interpreter_session_is_no_shell_command() -> None:
    step = only(fenced(">>> x = 1\n>>> def f():\n...     return x\n...\n>>> f()\n1", "python"))
    assert isinstance(step, Repl)
    assert step.language == "python"
    assert step.inputs == ("x = 1", "def f():\n    return x\n", "f()")
    assert step.expected == "1"


@pytest.mark.parametrize(
    ("line", "language"),
    [("sqlite> .tables", "sqlite"), ("shop=# SELECT 1;", "psql"), ("irb> 1 + 1", "ruby")],
)
def test_other_interpreters_are_known_by_their_prompts(line: str, language: str) -> None:
    step = only(fenced(line, "console"))
    assert isinstance(step, Repl)
    assert step.language == language


def test_attributes_do_not_hide_the_language() -> None:
    step = run(fenced("make serve", "sh { name=serve background=true }"))
    assert step.background
    assert run(fenced("make", 'sh {"name":"x","background":"true"}')).background


@pytest.mark.parametrize(
    "info",
    ["bash ignore", "bash notest", "bash testIgnore", "sh skip", "sh {excludeFromRunAll=true}"],
)
def test_an_attribute_can_exclude_a_block(info: str) -> None:
    step = only(fenced("rm -rf x", info))
    assert isinstance(step, Skip)
    assert step.reason is SkipReason.MARKER


@pytest.mark.parametrize(
    "marker",
    [
        "<!-- smile:skip -->",
        "<!-- skip: next -->",
        "<!-- skip doccmd[all]: next -->",
        "[comment]: # (skip: next)",
        "{/* smile:skip */}",
    ],
)
def test_a_comment_can_exclude_the_next_block(marker: str) -> None:
    first, second = parse(f"{marker}\n\n" + fenced("rm -rf x") + "\n" + fenced("ls"))
    assert isinstance(first, Skip)
    assert first.reason is SkipReason.MARKER
    assert isinstance(second, Run)


def test_comments_can_exclude_a_range() -> None:
    steps = parse(
        "<!-- test ignore start -->\n\n"
        + fenced("a x") * 2
        + "\n<!-- test ignore end -->\n\n"
        + fenced("ls")
    )
    assert [type(s) for s in steps] == [Skip, Skip, Run]


def test_byexample_skips_are_honoured() -> None:
    assert isinstance(only(fenced("$ rm x  # byexample: +skip", "shell")), Skip)


def test_placeholders_stay_in_the_command() -> None:
    assert typed(fenced("cd path/to/your/project\ngit clone <your-repo>")) == [
        "cd path/to/your/project",
        "git clone <your-repo>",
    ]


def test_a_generic_example_in_an_explanation_is_not_run() -> None:
    source = "## Background\n\nA file can be removed with\n\n" + fenced("$ rm filename")
    assert isinstance(only(source), Skip)


def test_a_script_with_a_name_is_a_file() -> None:
    step = only("Create a file `hello.sh` with this content:\n\n" + fenced("#!/bin/bash\necho hi"))
    assert isinstance(step, WriteFile)
    assert (step.path, step.content) == ("hello.sh", "#!/bin/bash\necho hi\n")


def test_a_block_that_makes_the_file_is_run() -> None:
    assert typed("Create a `.env` file:\n\n" + fenced("touch .env")) == ["touch .env"]


def test_a_progress_bar_is_no_command() -> None:
    assert [
        s for s in parse("Install it:\n\n```console\n---> 100%\n```\n") if isinstance(s, Run)
    ] == []


def test_a_command_that_is_said_to_exit_with_a_number_is_said_to_fail() -> None:
    text = "Without arguments it exits with 2:\n\n```console\n$ ./calc\nusage: ./calc A B\n```\n"
    (step, *_) = parse(text)
    assert isinstance(step, Run)
    assert step.fails
