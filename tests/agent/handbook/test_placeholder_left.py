from __future__ import annotations

import pytest
from tests.agent.handbook.scene import file, gap, on, sh, verdict

from smile.agent.literal.handbook.placeholders import find

NO_SUCH = "No such file or directory"


@pytest.mark.parametrize(
    ("command", "held"),
    [
        ("mytool new <your-site>", "<your-site>"),
        ("cd path/to/project", "path/to/project"),
        ("export KEY=YOUR_API_KEY", "YOUR_API_KEY"),
        ("git clone https://example.com/[username]/repo", "[username]"),
        ("curl localhost/{id}", "{id}"),
        ("login --token xxxx", "xxxx"),
        ("rm filename", "filename"),
        ("cat < in > out", ""),
        ("sort <in >out", ""),
        ("echo '<h1>Hi</h1>' > index.html", ""),
        ("pip install 'fastapi[standard]'", ""),
        ("echo ${name} {{name}} $[1+1]", ""),
        ("awk '{print $1}' x", ""),
        ("[ -f file ] && echo yes", ""),
        ("mkdir '{{project_name}}'", ""),
    ],
)
def test_placeholders_are_told_from_the_shells_own_signs(command: str, held: str) -> None:
    assert find(command) == held


def test_the_word_that_other_commands_have_in_its_place_is_taken() -> None:
    scene = on(sh("lint check src/shop/cart.py", "lint check src/shop/cart.py --fix", "lint check path/to/your/file -v"))  # fmt: skip

    answer = scene.ask("lint check path/to/your/file -v", f"path/to/your/file: {NO_SUCH}")

    assert verdict(answer) == (
        "placeholder_left", "placeholder", "replace", ("lint check src/shop/cart.py -v",),
    )  # fmt: skip


def test_the_only_file_that_fits_the_program_is_taken() -> None:
    scene = on(file("notes.txt", "x"), file("shop.js", "1"), sh("node path/to/your/file"))

    answer = scene.ask(
        "node path/to/your/file", "Error: Cannot find module '/root/work/path/to/your/file'"
    )

    assert verdict(answer)[3] == ("node shop.js",)


def test_cd_goes_to_the_directory_that_its_comment_names() -> None:
    scene = on(
        sh("mkdir ~/Papers", "mkdir drafts", "cd <DIR>   # back to the Papers folder"),
        entries=("drafts/",),
    )

    answer = scene.ask(
        "cd <DIR>   # back to the Papers folder",
        "bash: syntax error near unexpected token `newline'",
        2,
    )

    assert verdict(answer)[3] == ("cd ~/Papers   # back to the Papers folder",)


def test_a_name_that_the_command_gives_is_the_one_used_below() -> None:
    scene = on(sh("gen new <your-project>", "cd blog"))

    answer = scene.ask("gen new <your-project>", "syntax error near unexpected token `newline'", 2)

    assert verdict(answer)[3] == ("gen new blog",)


def test_a_key_that_nobody_can_guess_stops_the_reader() -> None:
    answer = on(sh("call --key YOUR_API_KEY")).ask("call --key YOUR_API_KEY", "401 Unauthorized")

    assert gap(answer).kind == "placeholder"
    assert not answer.resolvable


def test_a_missing_program_is_not_blamed_on_a_placeholder() -> None:
    answer = on(sh("jq .a path/to/file")).ask(
        "jq .a path/to/file", "bash: line 1: jq: command not found", 127
    )

    assert gap(answer).rule == "missing_program"


def test_what_only_the_reader_has_is_no_gap_where_the_text_speaks_of_it() -> None:
    scene = on(
        file("index.html", "<p>Hi</p>"),
        "Your API token, which you find in the settings, goes into the environment:",
        sh("export PAGE_TOKEN=<your-token>"),
    )

    answer = scene.ask("export PAGE_TOKEN=<your-token>", "bash: syntax error", 2)

    assert answer.diagnosis is None
    assert "<your-token>" in answer.not_a_gap


def test_a_token_of_which_nothing_is_said_is_not_made_of_a_file() -> None:
    scene = on(file("index.html", "<p>Hi</p>"), sh("export PAGE_TOKEN=<your-token>"))

    answer = scene.ask("export PAGE_TOKEN=<your-token>", "bash: syntax error", 2)

    assert gap(answer).kind == "placeholder"
    assert not answer.resolvable
