"""What the Mentor says is to change, written into the text of the tutorial."""

from __future__ import annotations

import pytest
from tests.agent.handbook.scene import Scene, gap, on, sh

from smile.report.edits import edits_of
from smile.report.patch import apply
from smile.tutorial.model import WriteFile
from smile.tutorial.parse import parse
from smile.wire import ChangeAction, CommandOutcome, MentorResult

NOT_FOUND = "bash: {}: command not found"
NO_FILE = "{}: No such file or directory"


def patched(scene: Scene, answer: MentorResult) -> str:
    edits = edits_of(gap(answer).changes, scene.text)
    assert edits, gap(answer)
    return apply(scene.text, edits)


def files(text: str) -> tuple[WriteFile, ...]:
    return tuple(step for step in parse(text) if isinstance(step, WriteFile))


def test_what_is_missing_is_installed_in_a_block_above() -> None:
    scene = on("Start it:", sh("$ jq .", language="console"))

    answer = scene.ask("jq .", NOT_FOUND.format("jq"), 127)

    assert patched(scene, answer) == (
        "# A tutorial\n\nInstall `jq` first:\n\n```console\n$ apt-get update\n"
        "$ apt-get install -y jq\n```\n\nStart it:\n\n```console\n$ jq .\n```\n"
    )


def test_what_a_step_below_makes_moves_up() -> None:
    scene = on(sh("cp a.txt out/", "mkdir out", "ls"))

    answer = scene.ask("cp a.txt out/", "cp: " + NO_FILE.format("cannot create 'out/'"), path="out")

    assert gap(answer).rule == "made_later"
    assert patched(scene, answer) == scene.text.replace(
        "cp a.txt out/\nmkdir out", "mkdir out\ncp a.txt out/"
    )


def test_what_is_installed_below_moves_up_below_its_package_lists() -> None:
    scene = on(sh("jq --version", "apt-get install -y jq"))

    answer = scene.ask("jq --version", NOT_FOUND.format("jq"), 127)

    assert gap(answer).rule == "program_later"
    assert patched(scene, answer).count("jq") == scene.text.count("jq")
    assert "apt-get update\n" in patched(scene, answer)
    assert patched(scene, answer).index("install") < patched(scene, answer).index("--version")


def test_a_change_into_the_own_directory_is_left_out() -> None:
    scene = on(sh("mkdir app", "cd app", "cd app", "ls"), cwd="/root/work/app")

    answer = scene.ask("cd app", "bash: cd: " + NO_FILE.format("app"), line=6)

    assert patched(scene, answer) == scene.text.replace("cd app\ncd app", "cd app")


def test_a_removal_may_find_nothing() -> None:
    scene = on(sh("rm old.txt"))

    answer = scene.ask("rm old.txt", "rm: " + NO_FILE.format("cannot remove 'old.txt'"))

    assert patched(scene, answer) == scene.text.replace("rm old", "rm -f old")


def test_a_variable_is_set_and_its_directory_made() -> None:
    scene = on(sh("ls", 'cp a.txt "$BACKUP_DIR/"'))
    output = "cp: cannot create regular file '/a.txt': Permission denied"

    answer = scene.ask('cp a.txt "$BACKUP_DIR/"', output)

    assert gap(answer).rule == "unset_variable"
    assert patched(scene, answer) == scene.text.replace(
        "cp a", 'export BACKUP_DIR=~/project\nmkdir -p "$BACKUP_DIR"\ncp a'
    )


def test_a_server_is_said_to_keep_running() -> None:
    scene = on(sh("python3 app.py"), "Done.")

    answer = scene.ask(
        "python3 app.py",
        "Serving on http://0.0.0.0:8000",
        None,
        outcome=CommandOutcome.TIMED_OUT,
    )

    assert gap(answer).rule == "keeps_running"
    assert patched(scene, answer) == scene.text.replace(
        "Done", "Leave this running and open a second terminal.\n\nDone"
    )


def test_a_path_is_written_as_the_file_is_kept() -> None:
    text = (
        "# A tutorial\n\nCreate `sales.csv`:\n\n```csv\n1\n```\n\n"
        'Create `load.py`:\n\n```python\nprint(open("data/sales.csv"))\n```\n\n'
        "```bash\npython3 load.py\n```\n"
    )
    scene = Scene(text, {"entries": ("sales.csv", "load.py")})
    output = "FileNotFoundError: [Errno 2] No such file or directory: 'data/sales.csv'"

    answer = scene.ask("python3 load.py", output, also=files(text))

    assert gap(answer).rule == "kept_elsewhere"
    assert patched(scene, answer) == text.replace("data/sales", "sales")


def test_a_name_is_imported_where_its_file_is_shown() -> None:
    text = (
        "# A tutorial\n\nCreate `a.py`:\n\n```python\nprint(os.getcwd())\n```\n\n"
        "```bash\npython3 a.py\n```\n"
    )
    output = (
        'Traceback (most recent call last):\n  File "/root/work/a.py", line 1, in <module>\n'
        "    print(os.getcwd())\nNameError: name 'os' is not defined"
    )
    scene = Scene(text)

    answer = scene.ask("python3 a.py", output, also=files(text))

    assert gap(answer).rule == "undefined_name"
    assert patched(scene, answer) == text.replace("print(", "import os\nprint(")


@pytest.mark.parametrize("command", ["pyhton app.py", "pyhton app.py  # start it"])
def test_a_slip_is_mended_in_its_place(command: str) -> None:
    scene = on(sh("ls", command))

    answer = scene.ask(command, NOT_FOUND.format("pyhton"), 127, line=5)

    assert patched(scene, answer) == scene.text.replace("pyhton", "python")


def test_what_is_only_words_is_no_change() -> None:
    scene = on(sh("cat data.csv"))

    answer = scene.ask("cat data.csv", "cat: " + NO_FILE.format("data.csv"))

    assert gap(answer).suggested_fix
    assert gap(answer).changes == ()


def test_a_place_that_needs_a_stopped_server_says_so() -> None:
    scene = on(sh("python3 one.py"), sh("python3 two.py"), servers={8000: 4})

    answer = scene.ask("python3 two.py", "OSError: [Errno 98] Address already in use")

    (change,) = gap(answer).changes
    assert (change.action, change.line) == (ChangeAction.SAY_BEFORE, 8)
    assert "Press Ctrl+C to stop the server.\n\n```bash\npython3 two" in patched(scene, answer)
