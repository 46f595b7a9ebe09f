"""A small tutorial, a failure in it, and the Mentor's answer."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smile.agent.literal import mentor
from smile.tutorial.model import Command, Lines, Run, Step, Terminal, WriteFile
from smile.wire import (
    CommandOutcome,
    Diagnosis,
    Facts,
    Failure,
    Location,
    MentorNote,
    MentorResult,
    Remedy,
    StudentOutput,
    StudentStatus,
    Trigger,
)

NOW = datetime(2030, 1, 2, tzinfo=UTC)


def sh(*commands: str, language: str = "bash") -> str:
    return f"```{language}\n" + "\n".join(commands) + "\n```"


def file(path: str, content: str) -> str:
    return f"```file {path}\n{content}\n```"


def page(*parts: str) -> str:
    return "# A tutorial\n\n" + "\n\n".join(parts) + "\n"


def steps_of(text: str) -> tuple[Step, ...]:
    """Just enough of a parser: shell fences and fences that name their file."""
    steps: list[Step] = []
    lines = text.splitlines()
    first = 0
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if not first:
            first = number
            continue
        info, body = lines[first - 1][3:].split(), lines[first : number - 1]
        if info[:1] == ["file"]:
            steps.append(
                WriteFile(
                    Lines(first, number), info[1], "".join(b + "\n" for b in body), named_at=first
                )
            )
        elif info and info[0] in {"bash", "console"}:
            terminal = Terminal.NEW if "another terminal" in lines[first - 3] else Terminal.SAME
            commands = tuple(
                Command(re.sub(r"^\$ ", "", b), Lines(n, n))
                for n, b in enumerate(body, first + 1)
                if not b.startswith("  ")
            )
            steps.append(Run(Lines(first, number), commands, language=info[0], terminal=terminal))
        first = 0
    return tuple(steps)


@dataclass(frozen=True)
class Scene:
    """A tutorial with the machine that it is followed on."""

    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[MentorNote, ...] = ()

    def ask(
        self,
        command: str = "",
        output: str = "",
        code: int | None = 1,
        *,
        line: int = 0,
        trigger: Trigger = Trigger.COMMAND_FAILURE,
        outcome: CommandOutcome = CommandOutcome.EXITED,
        problem: str = "",
        path: str = "",
        url: str = "",
        also: tuple[Step, ...] = (),
    ) -> MentorResult:
        lines = self.text.splitlines()
        line = line or next(n for n, t in enumerate(lines, 1) if command and command in t)
        defaults = {"cwd": "/root/work", "home": "/root", "work_dir": "/root/work"}
        system = {
            "distribution": "debian",
            "release": "12",
            "tools": {"apt-get": "/usr/bin/apt-get"},
        }
        question = StudentOutput(
            status=StudentStatus.ASK_MENTOR,
            current_step="a step",
            attempted_actions=(command,),
            summary="stuck",
            problem=problem or None,
            question_for_mentor="What now?",
            trigger=trigger,
            location=Location(line=line, end_line=line, quote=lines[line - 1]),
            failure=Failure(
                command=command,
                exit_code=code,
                output=output,
                problem=problem,
                path=path,
                url=url,
                outcome=outcome,
            ),
            facts=Facts.model_validate({**defaults, **system, **self.facts}),
        )
        steps = tuple(sorted((*steps_of(self.text), *also), key=lambda s: s.lines.first))
        return mentor.answer(steps, self.text, question, self.notes, NOW)

    def after(self, *results: MentorResult) -> Scene:
        """The same, in an attempt after these answers."""
        notes = tuple(
            MentorNote(
                iteration=number,
                question="What now?",
                answer=result.mentor_output,
                timestamp=NOW,
                resolvable=result.resolvable,
                remedy=result.remedy,
                diagnosis=result.diagnosis,
            )
            for number, result in enumerate(results, len(self.notes) + 1)
        )
        return Scene(self.text, self.facts, self.notes + notes)


def on(*parts: str, **facts: Any) -> Scene:
    return Scene(page(*parts), facts)


def gap(result: MentorResult) -> Diagnosis:
    assert result.diagnosis is not None
    return result.diagnosis


def remedy(result: MentorResult) -> Remedy:
    assert result.remedy is not None
    return result.remedy


def verdict(result: MentorResult) -> tuple[str, str, str, tuple[str, ...]]:
    """Rule, kind, action and commands: what most tests are about."""
    found, cure = gap(result), remedy(result)
    return found.rule, found.kind.value, cure.action.value, cure.commands


def typed(command: str, directory: Path) -> tuple[int, str]:
    """What bash really says and returns when this is typed in a directory."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(directory), "LANG": "C.UTF-8"},
    )
    return done.returncode, done.stdout
