from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.handbook.scene import gap, on, sh, typed, verdict

from smile.agent.literal.handbook.entries.waits_for_answer import unattended
from smile.wire import CommandOutcome, Trigger


def test_apt_that_aborts_at_its_question_gets_the_option_for_yes() -> None:
    output = "After this operation, 1,234 kB will be used.\nDo you want to continue? [Y/n] Abort.\n"

    answer = on(sh("apt-get update", "apt-get install tree")).ask("apt-get install tree", output)

    assert verdict(answer) == (
        "waits_for_answer", "interactive_prompt", "replace", ("apt-get install -y tree",),
    )  # fmt: skip


def test_a_program_that_hangs_at_a_question_is_told_from_one_that_works() -> None:
    scene = on(sh("npm init"))

    asks = scene.ask("npm init", "Press ^C at any time.\npackage name: (work) ", None,
                     trigger=Trigger.TIMEOUT, outcome=CommandOutcome.TIMED_OUT)  # fmt: skip
    works = scene.ask("npm init", "Downloading 3 %\nDownloading 4 %", None,
                      trigger=Trigger.TIMEOUT, outcome=CommandOutcome.TIMED_OUT)  # fmt: skip

    assert verdict(asks)[3] == ("npm init -y",)
    assert gap(works).kind == "long_running"


def test_python_that_wanted_to_ask_and_could_not_is_recognised(tmp_path: Path) -> None:
    code, output = typed("python3 -c 'input(\"Your name: \")'", tmp_path)

    answer = on(sh("python3 ask.py")).ask("python3 ask.py", output, code)

    assert gap(answer).kind == "interactive_prompt"


@pytest.mark.parametrize(
    ("command", "quiet"),
    [
        ("sudo apt install jq", "sudo apt install -y jq"),
        ("apt-get install -y jq", "apt-get install -y jq"),
        ("npm init vite@latest app", "npm init -y vite@latest app"),
        ("pip uninstall flask", "pip uninstall -y flask"),
        (
            "python manage.py createsuperuser --username ann",
            (
                "DJANGO_SUPERUSER_PASSWORD=tutorial-pass-1 python manage.py createsuperuser "
                "--noinput --email admin@example.com --username ann"
            ),
        ),
        ("git commit", 'git commit -m "First commit"'),
        ("mystery --ask", "mystery --ask"),
    ],
)
def test_the_option_that_answers_beforehand_is_known_for_usual_programs(
    command: str, quiet: str
) -> None:
    assert unattended(command) == quiet
