from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed, verdict

from smile.tutorial.model import Lines, Skip, SkipReason


def test_a_directory_that_is_made_below_is_made_first(tmp_path: Path) -> None:
    code, output = typed("cd shop", tmp_path)

    answer = on(sh("cd shop", "mkdir shop")).ask("cd shop", output, code)

    assert verdict(answer) == ("made_later", "wrong_order", "before", ("mkdir shop",))
    typed("; ".join(remedy(answer).commands), tmp_path)
    assert typed("cd shop", tmp_path)[0] == 0


def test_a_file_block_below_is_written_first(tmp_path: Path) -> None:
    code, output = typed("python3 shop.py", tmp_path)
    scene = on(sh("python3 shop.py"), file("shop.py", "print('open')"))

    answer = scene.ask("python3 shop.py", output, code)

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).files[0].content == "print('open')\n"


def test_an_environment_that_is_made_below_is_made_first(tmp_path: Path) -> None:
    code, output = typed("source env/bin/activate", tmp_path)
    scene = on(sh("source env/bin/activate", "python3 -m venv env"))

    answer = scene.ask("source env/bin/activate", output, code)

    assert verdict(answer)[1:] == ("wrong_order", "before", ("python3 -m venv env",))


def test_a_program_that_is_compiled_below(tmp_path: Path) -> None:
    code, output = typed("./shop", tmp_path)

    answer = on(sh("./shop", "rustc shop.rs")).ask("./shop", output, code)

    assert verdict(answer)[1:] == ("wrong_order", "before", ("rustc shop.rs",))


def test_what_was_also_made_above_is_not_in_wrong_order() -> None:
    scene = on(sh("mkdir shop", "cd shop", "cd shop", "mkdir shop"))

    answer = scene.ask("cd shop", "bash: cd: shop: No such file or directory", line=6)

    assert gap(answer).kind != "wrong_order"


def test_a_nameless_block_right_below_that_can_only_be_the_file() -> None:
    scene = on(sh("rustc shop.rs"), "```rust\nfn main() {}\n```")
    skip = Skip(Lines(7, 9), SkipReason.UNKNOWN, "fn main() {}")

    answer = scene.ask(
        "rustc shop.rs", "error: couldn't read `shop.rs`: No such file", also=(skip,)
    )

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).files[0].content == "fn main() {}\n"


def test_a_later_change_of_a_file_does_not_make_it() -> None:
    scene = on(sh("make"), sh("ls"), "Now change the rules:", file("Makefile", "clean:\n\trm -f x"))

    answer = scene.ask("make", "make: *** No targets specified and no makefile found.  Stop.", 2)

    assert gap(answer).kind == "missing_file"


def test_a_file_that_the_text_creates_later_is_made_later() -> None:
    scene = on(sh("make"), sh("ls"), "Create a Makefile:", file("Makefile", "clean:\n\trm -f x"))

    answer = scene.ask("make", "make: *** No targets specified and no makefile found.  Stop.", 2)

    assert gap(answer).kind == "wrong_order"


def test_touching_a_file_in_a_directory_that_nothing_makes_does_not_make_it() -> None:
    scene = on(sh("cat notes/a.txt"), sh("touch notes/a.txt"))

    answer = scene.ask("cat notes/a.txt", "cat: notes/a.txt: No such file or directory")

    assert gap(answer).kind == "missing_file"
