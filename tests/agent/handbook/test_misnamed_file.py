from __future__ import annotations

import pytest
from tests.agent.handbook.scene import file, gap, on, remedy, sh, verdict

from smile.agent.literal.handbook.nearness import akin


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("main.rs", "main_file.rs", True),
        ("shop.yml", "shop2.yml", True),
        ("app.js", "application.js", True),
        ("server.js", "client.js", False),
        ("a.py", "b.py", False),
        ("main.rs", "main.py", False),
    ],
)
def test_names_of_one_file_are_told_from_names_of_two(left: str, right: str, same: bool) -> None:
    assert akin(left, right) is same


def test_a_command_with_another_name_than_the_block_gets_the_blocks() -> None:
    scene = on(file("shop.rs", "fn main() {}"), sh("rustc shop_main.rs"), entries=("shop.rs",))

    answer = scene.ask("rustc shop_main.rs", "error: couldn't read `shop_main.rs`: No such file or directory (os error 2)")  # fmt: skip

    assert verdict(answer) == ("misnamed_file", "missing_file", "replace", ("rustc shop.rs",))


def test_a_block_whose_file_a_tool_expects_under_another_name_is_renamed() -> None:
    scene = on(file("mkdocs2.yml", "site_name: x"), sh("mkdocs build"))

    answer = scene.ask("mkdocs build", "Error: Config file 'mkdocs.yml' does not exist.")

    assert gap(answer).kind == "missing_file"
    assert (remedy(answer).line, remedy(answer).path) == (3, "mkdocs.yml")


def test_a_file_that_is_there_under_a_similar_name_is_used() -> None:
    scene = on(sh("cat notes.txt"), entries=("note.txt", "src/"))

    answer = scene.ask("cat notes.txt", "cat: notes.txt: No such file or directory")

    assert remedy(answer).commands == ("cat note.txt",)


def test_a_file_of_the_same_name_in_another_directory_is_not_misnamed() -> None:
    scene = on(sh("cp text.txt notes/text.txt"), entries=("text.txt",))
    output = "cp: cannot create regular file 'notes/text.txt': No such file or directory"

    assert gap(scene.ask("cp text.txt notes/text.txt", output)).rule == "missing_directory"
