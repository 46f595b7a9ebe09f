from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, remedy, sh, verdict


def test_a_file_that_lies_below_needs_a_cd() -> None:
    scene = on(
        sh("gen new shop", "cat gen.toml"), found={"gen.toml": ("/root/work/shop/gen.toml",)}
    )

    answer = scene.ask("cat gen.toml", "cat: gen.toml: No such file or directory")

    assert verdict(answer) == (
        "wrong_directory",
        "missing_directory_change",
        "before",
        ("cd shop",),
    )


def test_a_directory_above_needs_the_way_back() -> None:
    scene = on(sh("cd b"), cwd="/root/work/a", found={"b": ("/root/work/b",)})

    answer = scene.ask("cd b", "bash: cd: b: No such file or directory")

    assert remedy(answer).commands == ("cd ..",)


def test_a_place_in_the_home_directory_is_reached_from_home() -> None:
    scene = on(
        sh("ls > books/x"), cwd="/srv", work_dir="/srv", found={"books": ("/root/lesson/books",)}
    )

    answer = scene.ask("ls > books/x", "bash: books/x: No such file or directory")

    assert remedy(answer).commands == ("cd ~/lesson",)


def test_a_file_block_for_a_directory_that_lies_below() -> None:
    scene = on(
        "Create `src/shop/cart.py`.",
        found={"shop": ("/root/work/shop", "/root/work/shop/src/shop")},
    )

    answer = scene.ask(
        line=3, path="/root/work/src/shop/cart.py", problem="No such directory: /root/work/src/shop"
    )

    assert gap(answer).kind == "missing_directory_change"
    assert remedy(answer).commands == ("cd shop",)


@pytest.mark.parametrize(
    ("command", "output", "found"),
    [
        ("uv add rich", "error: No `pyproject.toml` found in current directory or any parent", "pyproject.toml"),
        ("npm test", "npm error enoent Could not read package.json: Error: ENOENT", "package.json"),
        ("git status", "fatal: not a git repository (or any of the parent directories): .git", ".git"),
        ("python manage.py migrate", "python: can't open file '/root/work/manage.py': [Errno 2] No such file or directory", "manage.py"),
        ("mkdocs serve", "Error: Config file 'mkdocs.yml' does not exist.", "mkdocs.yml"),
        ("make", "make: *** No targets specified and no makefile found.  Stop.", "Makefile"),
    ],
)  # fmt: skip
def test_a_tool_that_misses_its_project_file_is_in_the_wrong_directory(
    command: str, output: str, found: str
) -> None:
    scene = on(sh("gen new shop", command), found={found: (f"/root/work/shop/{found}",)})

    assert verdict(scene.ask(command, output))[1:] == (
        "missing_directory_change",
        "before",
        ("cd shop",),
    )


def test_files_inside_installed_packages_are_no_hint() -> None:
    scene = on(sh("cat x.js"), found={"x.js": ("/root/work/node_modules/a/x.js",)})

    answer = scene.ask("cat x.js", "cat: x.js: No such file or directory")

    assert gap(answer).kind == "missing_file"
