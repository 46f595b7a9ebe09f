"""Records built in code: a small journal writer, and one run that shows most of what happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from smile.report.record import LlmCall, RunRecord
from smile.sandbox.base import Machine
from smile.tutorial.model import Command, Image, Lines, Prose, Run, Step, Tutorial, WriteFile
from smile.wire import (
    Asked,
    CommandOutcome,
    CommandRan,
    Diagnosis,
    Failure,
    FileWritten,
    GapKind,
    JournalEntry,
    JournalEvent,
    Location,
    LoopState,
    MentorResult,
    Observation,
    Origin,
    OutputDiffered,
    Remedy,
    RemedyAction,
    Status,
    StepEnded,
    StepState,
    StudentOutput,
    StudentStatus,
    Trigger,
)

BEGIN = datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)

TEXT = """# A web service

Sync the project:

```sh
uv sync
```

Say hello:

```console
$ python3 hello.py
Hello World
```

Install the helper with `apt install jq`.

Open the settings and choose what you like.

![The page](img/page.png)
"""

STEPS: tuple[Step, ...] = (
    Run(lines=Lines(5, 7), commands=(Command("uv sync", Lines(6, 6)),), language="sh"),
    Run(
        lines=Lines(11, 14),
        commands=(
            Command(
                "python3 hello.py",
                Lines(12, 12),
                expected="Hello World",
                expected_lines=Lines(13, 13),
            ),
        ),
        language="console",
    ),
    Run(lines=Lines(16, 16), commands=(Command("apt install jq", Lines(16, 16)),), inline=True),
    Prose(lines=Lines(18, 18), text="Open the settings and choose what you like."),
)

TUTORIAL = Tutorial(
    name="A web service",
    path="docs/tutorial.md",
    text=TEXT,
    steps=STEPS,
    images=(
        Image(
            lines=Lines(20, 20),
            reference="img/page.png",
            path="img/page.png",
            data=None,
            why_missing="no such file",
        ),
    ),
)

MACHINE = Machine(
    engine="docker",
    image="debian:bookworm-slim",
    distribution="debian 12",
    version="27.3.1",
    notes=("Commands that need systemd could not be seen.",),
)


@dataclass
class Story:
    """Tells a run turn by turn; the clock goes on one second with each."""

    tutorial: Tutorial = TUTORIAL
    entries: list[JournalEntry] = field(default_factory=list)
    iteration: int = 0

    def _now(self) -> datetime:
        return BEGIN + timedelta(seconds=len(self.entries))

    def _add(self, event: JournalEvent, **values: Any) -> None:
        self.entries.append(
            JournalEntry(timestamp=self._now(), event=event, iteration=self.iteration, **values)
        )

    def attempt(self) -> Story:
        self.iteration += 1
        self._add(JournalEvent.ITERATION_START)
        return self

    def see(self, observation: Observation) -> Story:
        self._add(JournalEvent.OBSERVATION, observation=observation)
        return self

    def _place(self, step: int, line: int) -> dict[str, Any]:
        return {
            "timestamp": self._now(),
            "iteration": self.iteration,
            "step": step,
            "line": line,
            "end_line": line,
        }

    def runs(
        self,
        text: str,
        *,
        step: int,
        line: int,
        code: int | None = 0,
        output: str = "",
        origin: Origin = Origin.TUTORIAL,
        outcome: CommandOutcome = CommandOutcome.EXITED,
    ) -> Story:
        return self.see(
            CommandRan(
                **self._place(step, line),
                text=text,
                cwd="/workspace/work",
                outcome=outcome,
                exit_code=code,
                output=output,
                output_bytes=len(output),
                seconds=0.25,
                origin=origin,
            )
        )

    def writes(self, path: str, *, step: int, line: int) -> Story:
        return self.see(FileWritten(**self._place(step, line), path=path, operation="created"))

    def asked(
        self, command: str, question: str, *, step: int, line: int, mentioned: bool = False
    ) -> Story:
        return self.see(
            Asked(
                **self._place(step, line),
                command=command,
                question=question,
                answer="y",
                mentioned=mentioned,
            )
        )

    def differs(self, command: str, *, step: int, line: int, expected: str, actual: str) -> Story:
        return self.see(
            OutputDiffered(
                **self._place(step, line),
                command=command,
                expected=expected,
                actual=actual,
                missing=(expected.split("\n", maxsplit=1)[0],),
            )
        )

    def ends(self, step: int, line: int, state: StepState, why: str = "") -> Story:
        return self.see(StepEnded(**self._place(step, line), kind="run", state=state, why=why))

    def stuck(
        self,
        command: str,
        *,
        step: int,
        line: int,
        output: str,
        code: int = 1,
        doubtful: tuple[Location, ...] = (),
        status: StudentStatus = StudentStatus.ASK_MENTOR,
    ) -> Story:
        gave_up = status is StudentStatus.CANNOT_COMPLETE
        self._add(
            JournalEvent.STUDENT_OUTPUT,
            student_output=StudentOutput(
                status=status,
                current_step=f"line {line}",
                attempted_actions=(command,),
                summary=f"{command} failed",
                problem=f"{command} ended with exit code {code}",
                question_for_mentor=None if gave_up else f"What do I do about `{command}`?",
                reason=f"{command} can't be done" if gave_up else None,
                trigger=Trigger.COMMAND_FAILURE,
                location=Location(line=line, end_line=line),
                step=step,
                failure=Failure(command=command, exit_code=code, output=output, doubtful=doubtful),
            ),
        )
        return self

    def answered(
        self,
        *,
        line: int,
        title: str,
        fix: str = "Install it first.",
        kind: GapKind = GapKind.MISSING_PREREQUISITE,
        remedy: tuple[str, ...] = (),
        action: RemedyAction = RemedyAction.BEFORE,
        resolvable: bool = True,
        diagnosed: bool = True,
    ) -> Story:
        has_remedy = bool(remedy) or action in {RemedyAction.SKIP, RemedyAction.ACCEPT}
        diagnosis = Diagnosis(
            kind=kind,
            title=title,
            problem=f"{title}: the text takes it for granted.",
            suggested_fix=fix,
            location=Location(line=line, end_line=line),
            rule="command-not-found",
        )
        self._add(
            JournalEvent.MENTOR_OUTPUT,
            mentor_result=MentorResult(
                mentor_output=fix,
                timestamp=self._now(),
                resolvable=resolvable,
                remedy=Remedy(line=line, action=action, commands=remedy) if has_remedy else None,
                diagnosis=diagnosis if diagnosed else None,
            ),
        )
        return self

    def completes(self) -> Story:
        self._add(
            JournalEvent.STUDENT_OUTPUT,
            student_output=StudentOutput(
                status=StudentStatus.COMPLETED,
                current_step="end",
                attempted_actions=(),
                summary="every step was done",
            ),
        )
        return self

    def record(self, status: Status = Status.COMPLETED, **values: Any) -> RunRecord:
        state = LoopState(
            run_id="r-0001",
            status=status,
            iteration=self.iteration,
            started_at=BEGIN,
            updated_at=self._now(),
            seconds_used=41.5,
        )
        return RunRecord(
            tutorial=values.pop("tutorial", self.tutorial),
            machine=values.pop("machine", MACHINE),
            provider="literal",
            versions={"smile": "0.2.0", "python": "3.12.1"},
            state=state,
            entries=tuple(self.entries),
            provider_reason="no key of a model service was found",
            **values,
        )


NO_UV = "bash: line 1: uv: command not found"
NO_PROJECT = "error: No `pyproject.toml` found in current directory or any parent directory"
UV_FIX = "Install uv before you start:\n\n```sh\npip install uv\n```"
PROJECT_FIX = "Create the project:\n\n```sh\nuv init\n```"


def whole_run() -> Story:
    """Two gaps at one command, both mended; then a question, another output, a picture."""
    story = Story()
    story.attempt().runs("uv sync", step=0, line=6, code=127, output=NO_UV)
    story.stuck("uv sync", step=0, line=6, output=NO_UV, code=127)
    story.answered(line=6, title="`uv` is not installed", fix=UV_FIX, remedy=("pip install uv",))

    story.attempt().runs("pip install uv", step=0, line=6, origin=Origin.NOTE)
    story.runs("uv sync", step=0, line=6, code=2, output=NO_PROJECT)
    story.stuck("uv sync", step=0, line=6, output=NO_PROJECT, code=2)
    story.answered(
        line=6,
        title="No project to sync",
        fix=PROJECT_FIX,
        kind=GapKind.MISSING_FILE,
        remedy=("uv init",),
    )

    story.attempt().runs("pip install uv", step=0, line=6, origin=Origin.NOTE)
    story.runs("uv init", step=0, line=6, origin=Origin.NOTE)
    story.runs("uv sync", step=0, line=6, output="Resolved 1 package")
    story.writes("/workspace/work/uv.lock", step=0, line=6).ends(0, 6, StepState.FOLLOWED)
    story.runs("python3 hello.py", step=1, line=12, output="Hello from work!")
    story.differs(
        "python3 hello.py", step=1, line=12, expected="Hello World", actual="Hello from work!"
    )
    story.ends(1, 12, StepState.FOLLOWED)
    story.runs("apt install jq", step=2, line=16)
    story.asked("apt install jq", "Do you want to continue? [Y/n]", step=2, line=16)
    story.ends(2, 16, StepState.FOLLOWED)
    story.ends(3, 18, StepState.NOT_FOLLOWED, "the text does not say what to choose")
    return story.completes()


def whole_record() -> RunRecord:
    return whole_run().record(
        environment_notes=("A CA bundle of the author's network was given to the sandbox.",),
        llm_calls=(
            LlmCall(
                timestamp=BEGIN,
                provider="claude",
                model="a-model",
                role="mentor",
                iteration=1,
                prompt_tokens=1200,
                completion_tokens=80,
                duration_ms=2300,
            ),
        ),
    )


def file_step(path: str) -> WriteFile:
    return WriteFile(lines=Lines(5, 7), path=path, content="x")
