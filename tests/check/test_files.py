from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.check.texts import reading, said, sh

from smile.check.files import check


def missing(where: Path, *parts: str) -> list[tuple[int, str]]:
    return [(f.command.lines.first, said(f)) for f in check(reading(where, *parts))]


def python(path: str, code: str = "print(1)") -> str:
    return f'```python title="{path}"\n{code}\n```\n'


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("cat notes.txt", "cat: notes.txt: No such file or directory"),
        ("cd app", "bash: cd: app: No such file or directory"),
        ("cd ~/work", "bash: cd: ~/work: No such file or directory"),
        ("./build.sh", "bash: ./build.sh: No such file or directory"),
        ("python3 main.py --fast", "python3: main.py: No such file or directory"),
        ("source .venv/bin/activate", "bash: .venv/bin/activate: No such file or directory"),
        ("echo a > out/a.txt", "bash: out/a.txt: No such file or directory"),
        ("touch src/index.ts", "touch: cannot touch 'src/index.ts': No such file or directory"),
        ("cp config.ini backup.ini", "cp: config.ini: No such file or directory"),
        ("gcc -o demo demo.c", "gcc: demo.c: No such file or directory"),
        ("head -n 5 data.csv | sort", "head: data.csv: No such file or directory"),
        ("sudo bash setup-all.sh", "bash: setup-all.sh: No such file or directory"),
        (
            "pip install -r requirements.txt",
            "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'",
        ),
    ],
)
def test_a_path_that_nothing_makes_is_told_in_the_words_of_the_machine(
    tmp_path: Path, command: str, output: str
) -> None:
    assert missing(tmp_path, "Do:", sh(command)) == [(6, output)]


@pytest.mark.parametrize(
    "commands",
    [
        ("mkdir app", "cd app", "touch a", "cat a", "cd ..", "cat app/a"),
        ("mkdir -p a/b", "cd a/b", "echo 1 > c", "cp c d", "mv d e", "cat e", "cat ../b/c"),
        ("python3 -m venv .venv", "source .venv/bin/activate"),
        ("git clone https://example.org/a/app.git", "cd app", "cat README", "./run.sh"),
        ("unknown-tool", "cat whatever.txt"),
        ("curl -O https://example.org/data.csv", "head data.csv"),
        ("tar xf app.tar.gz", "cd app"),
        ("cd $DIR", "cat a.txt"),
        ("cd -", "cat a.txt"),
        ("cat /etc/hosts", "ls missing", "rm -f missing", "cat *.txt", "cat <file>"),
        ("cd ~/Desktop",),
        ("mkdir a && cd a && touch b && cat b",),
        ("for f in *; do cat $f; done", "cat a.txt"),
        ("make", "npm start"),
        ("cat <<EOF > a.txt\nhello\nEOF", "cat a.txt"),
        ("python3 -c 'print(1)' main.py", "node --eval 1 app.js"),
        ("rustc --version", "cat 5"),
        ("uv sync", "source .venv/bin/activate"),
        ("npm install", "cat package-lock.json", "./node_modules/.bin/tool"),
        ("tsc", "node dist/index.js"),
        ("touch App.java", "javac -d out App.java", "cat out/App.class"),
        ("cp -r ~/Documents/site .", "cat site/index.html"),
        ("wget -P data https://example.org/a.csv", "cat data/a.csv"),
        ("curl -fsSLO https://example.org/a.csv", "cat a.csv"),
        ("cargo build", "./target/debug/app"),
        ("flask db init", "cat migrations/env.py"),
        ("pip install --target libs rich", "cd libs"),
        ("./gradlew build", "python manage.py migrate"),
    ],
)
def test_what_a_command_makes_or_may_make_is_there(
    tmp_path: Path, commands: tuple[str, ...]
) -> None:
    assert missing(tmp_path, "Do:", sh(*commands)) == []


def test_a_file_that_a_block_shows_only_below_is_told(tmp_path: Path) -> None:
    text = ("Do:", sh("python3 main.py"), python("main.py"))

    assert missing(tmp_path, *text) == [(6, "python3: main.py: No such file or directory")]
    assert missing(tmp_path, "Do:", python("main.py"), "Then:", sh("python3 main.py")) == []


def test_a_program_whose_code_writes_nothing_leaves_nothing(tmp_path: Path) -> None:
    quiet = (python("a.py"), "Do:", sh("python3 a.py", "cat out.txt"))
    busy = (python("a.py", "open('out.txt', 'w')"), "Do:", sh("python3 a.py", "cat out.txt"))

    assert [text for _, text in missing(tmp_path, *quiet)] == [
        "cat: out.txt: No such file or directory"
    ]
    assert missing(tmp_path, *busy) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Create a file `notes.txt` with some text.",
        "Download `notes.txt` from the site.",
        "notes.txt:",
    ],
)
def test_a_file_that_the_prose_hands_over_is_none(tmp_path: Path, sentence: str) -> None:
    assert missing(tmp_path, sentence, "Then:", sh("cat notes.txt")) == []


def test_code_without_a_name_may_be_the_file_that_is_run(tmp_path: Path) -> None:
    code = "A simple one:\n\n```python\nprint(1)\n```\n"

    assert missing(tmp_path, code, "What it looks like:", sh("python hello.py")) == []


def test_a_file_beside_the_tutorial_or_in_its_project_is_shipped(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "demo.sh").touch()

    assert missing(tmp_path / "docs", "Do:", sh("bash tools/demo.sh", "cd tools")) == []
    assert len(missing(tmp_path / "docs", "Do:", sh("bash tools/other.sh"))) == 1


def test_what_a_tool_starts_from_is_missed_in_a_directory_of_the_tutorial_only(
    tmp_path: Path,
) -> None:
    here = ("Do:", sh("mkdir app", "cd app", "make"))

    assert missing(tmp_path, *here) == [
        (8, "make: *** No targets specified and no makefile found.  Stop.")
    ]
    assert missing(tmp_path, "Do:", sh("make")) == []


def test_one_missing_file_is_told_once_and_not_what_hangs_on_it(tmp_path: Path) -> None:
    found = missing(tmp_path, "Do:", sh("rustc main.rs", "./main", "rustc main.rs"))

    assert found == [(6, "rustc: main.rs: No such file or directory")]


def test_commands_that_are_optional_or_meant_to_fail_tell_nothing(tmp_path: Path) -> None:
    parts = (
        "## More (optional)",
        sh("cat a.txt"),
        "## On",
        "You will see an error:",
        sh("cat b.txt"),
    )

    assert missing(tmp_path, *parts) == []


NAMES = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=4))
def test_directories_that_are_made_and_entered_one_after_the_other_are_never_missing(
    tmp_path: Path, names: list[str]
) -> None:
    steps = [step for name in names for step in (f"mkdir {name}", f"cd {name}")]
    back = ["cd " + "/".join([".."] * len(names)), f"cd {'/'.join(names)}"]

    assert missing(tmp_path, "Do:", sh(*steps, *back)) == []
