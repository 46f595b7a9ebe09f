"""The literal Student on a real shell: what it does with a text, and what it sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from smile import wire
from smile.agent.literal.student import LiteralStudent
from smile.tutorial.parse import parse
from smile.wire import (
    CommandRan,
    Improvised,
    Observation,
    Role,
    StepEnded,
    StepState,
    StudentOutput,
    StudentStatus,
)

Seen = TypeVar("Seen")


@dataclass
class Notebook:
    """Keeps what the Student reports."""

    stopped: bool = False
    seen: list[Observation] = field(default_factory=list)

    def send(self, observation: Observation) -> None:
        self.seen.append(observation)

    def of(self, kind: type[Seen]) -> list[Seen]:
        return [one for one in self.seen if isinstance(one, kind)]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    place.mkdir()
    return place


def follow(
    work: Path, *parts: str, notes: tuple[wire.MentorNote, ...] = ()
) -> tuple[StudentOutput, Notebook]:
    text = "\n\n".join(("# A tutorial", *parts)) + "\n"
    task = wire.Task(
        role=Role.STUDENT,
        run_id="r",
        iteration=1,
        url="http://127.0.0.1:1",
        token="t",
        tutorial=str(work / "t.md"),
        work_dir=str(work),
        logs_dir=str(work.parent / "logs"),
        notes=notes,
    )
    notebook = Notebook()
    with LiteralStudent(task, text, notebook) as student:
        return student.follow(parse(text)), notebook


def sh(*commands: str) -> str:
    return "```bash\n" + "\n".join(commands) + "\n```"


ERROR = "You'll now see an error:\n\n```\nSomething is wrong\n```"


def test_an_announced_error_is_no_failure(work: Path) -> None:
    output, _ = follow(work, sh("ls nowhere"), ERROR, sh("echo on"))
    assert output.status is StudentStatus.COMPLETED


def test_an_announced_error_is_not_that_the_program_is_missing(work: Path) -> None:
    output, _ = follow(work, sh("zanzibarctl up"), ERROR, sh("echo on"))
    assert output.status is StudentStatus.ASK_MENTOR
    assert output.location is not None
    assert output.location.line == 4


def test_a_missing_program_that_the_text_announces_is_no_failure(work: Path) -> None:
    why = "It is not installed yet."
    output, _ = follow(work, sh("zanzibarctl up"), ERROR, why, sh("echo on"))
    assert output.status is StudentStatus.COMPLETED


def test_a_file_that_is_to_be_edited_is_edited_where_it_is(work: Path) -> None:
    output, seen = follow(
        work,
        "Create `main.c`:",
        "```c\nint main() { return 1; }\n```",
        sh("mkdir build", "cd build"),
        "Now we edit `main.c`. The new version looks like this:",
        "```c\nint main() { return 0; }\n```",
    )
    assert output.status is StudentStatus.COMPLETED
    assert (work / "main.c").read_text() == "int main() { return 0; }\n"
    assert not (work / "build/main.c").exists()
    (gap,) = seen.of(Improvised)
    assert gap.kind == "missing_directory_change"
    assert "../main.c" in gap.what


def test_a_file_below_is_found_and_is_no_gap(work: Path) -> None:
    _, seen = follow(
        work,
        sh("install -D -m 644 /dev/null src/deep/index.ts"),
        "Open `index.ts` in your editor and paste the following into it:",
        "```ts\nconst a = 1;\n```",
    )
    assert (work / "src/deep/index.ts").read_text() == "const a = 1;\n"
    assert not seen.of(Improvised)


def test_a_file_that_is_to_be_created_is_a_new_one(work: Path) -> None:
    _, seen = follow(
        work,
        "Create `main.c`:",
        "```c\nint main() { return 1; }\n```",
        sh("mkdir other", "cd other"),
        "Create a file `main.c`:",
        "```c\n#include <stdio.h>\nint main() { return 0; }\n```",
    )
    assert (work / "main.c").read_text() == "int main() { return 1; }\n"
    assert (work / "other/main.c").read_text().startswith("#include")
    assert not seen.of(Improvised)


def test_of_two_files_that_may_be_meant_none_is_taken(work: Path) -> None:
    _, seen = follow(
        work,
        sh("mkdir a b", "touch a/x.py b/x.py"),
        "Open `x.py` and paste this into it:",
        "```python\nprint(1)\n```",
    )
    assert (work / "x.py").read_text() == "print(1)\n"
    assert not seen.of(Improvised)


def test_a_new_shell_in_the_place_of_the_old_one_is_followed(work: Path) -> None:
    output, seen = follow(
        work,
        sh("export KEPT=yes", "mkdir project", "cd project", "exec $SHELL -l"),
        sh("touch $KEPT", "bash"),
        sh("touch inner", "exit"),
        sh("touch outer"),
    )
    assert output.status is StudentStatus.COMPLETED
    assert {end.state for end in seen.of(StepEnded)} == {StepState.FOLLOWED}
    assert {file.name for file in (work / "project").iterdir()} == {"yes", "inner", "outer"}


PROMPT = "print(end='root@3f2a:/# ', flush=True); time.sleep(100)"


def test_a_shell_that_can_not_be_reached_is_not_followed_until_it_is_left(work: Path) -> None:
    output, seen = follow(
        work,
        sh(f'python3 -c "import time; {PROMPT}"'),
        sh("touch there", "nosuchcmd"),
        sh("exit", "touch here"),
    )
    assert output.status is StudentStatus.COMPLETED
    first, second, third = seen.of(StepEnded)
    assert (first.state, second.state) == (StepState.NOT_FOLLOWED, StepState.NOT_FOLLOWED)
    assert "the shell that line 4 opens" in second.why
    assert third.state is StepState.FOLLOWED
    assert [file.name for file in work.iterdir()] == ["here"]
    assert "nosuchcmd" not in {ran.text for ran in seen.of(CommandRan)}


def test_of_a_step_done_in_part_is_said_what_was_not_done(work: Path) -> None:
    task = "echo 1", "echo 2", "nosuchcmd", "echo 4"
    note = wire.MentorNote(
        iteration=1,
        question="?",
        answer="skip it",
        timestamp=wire.now(),
        remedy=wire.Remedy(action=wire.RemedyAction.SKIP, line=6),
    )
    _, seen = follow(work, sh(*task), notes=(note,))
    (end,) = seen.of(StepEnded)
    assert (end.state, end.line, end.end_line) == (StepState.SKIPPED, 6, 6)
    assert end.why == "the Mentor knew no way past it; 3 of the block's 4 commands were done"
