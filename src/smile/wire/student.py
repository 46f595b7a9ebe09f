"""The Student's account of an iteration, and what surrounds a question."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from smile.wire.base import Wire
from smile.wire.seen import Location
from smile.wire.words import CommandOutcome, StudentStatus, Trigger


class Facts(Wire):
    """What the Student saw of its machine when it got stuck: the Mentor diagnoses from this."""

    cwd: str = ""
    home: str = ""
    work_dir: str = ""
    uid: int = 0
    distribution: str = ""
    """``ID`` of /etc/os-release: debian, ubuntu, alpine …"""
    release: str = ""
    tools: dict[str, str] = Field(default_factory=dict)
    """Name → path of those tools that are on PATH: apt-get, sudo, pip, python3, npm, …"""
    versions: dict[str, str] = Field(default_factory=dict)
    """Name → version, for the language runtimes among them."""
    variables: dict[str, str] = Field(default_factory=dict)
    """Of the shell: VIRTUAL_ENV, PATH and those that the failing command uses."""
    entries: tuple[str, ...] = ()
    """Names in the current directory, directories with a slash, at most 200."""
    found: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Name that the failure speaks of → absolute paths where something of that name exists."""
    listening: tuple[int, ...] = ()
    """TCP ports on which something in the sandbox listens."""
    terminal: int = 1
    servers: dict[int, int] = Field(
        default_factory=dict, json_schema_extra={"propertyNames": {"pattern": "^[0-9]{1,9}$"}}
    )
    """Terminal → line of the command that still runs in it."""


class Failure(Wire):
    """The observation that made the Student stop."""

    command: str = ""
    """The command's text; empty when a file could not be written or an address not visited."""
    exit_code: int | None = None
    output: str = ""
    problem: str = ""
    """For what is no command: what failed, in a sentence."""
    path: str = ""
    url: str = ""
    outcome: CommandOutcome = CommandOutcome.EXITED
    doubtful: tuple[Location, ...] = ()
    """Steps not followed before this one that it may come from: then it counts as no gap."""


def _required(name: str, status: StudentStatus) -> dict[str, Any]:
    """In words of JSON Schema: with this status this text must not be missing or empty."""
    text = {"type": "string", "minLength": 1}
    return {
        "if": {"properties": {"status": {"const": status.value}}},
        "then": {"required": [name], "properties": {name: text}},
    }


class StudentOutput(Wire):
    """What an iteration came to."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _required("questionForMentor", StudentStatus.ASK_MENTOR),
                _required("reason", StudentStatus.CANNOT_COMPLETE),
            ]
        }
    )

    status: StudentStatus
    current_step: str
    attempted_actions: tuple[str, ...]
    summary: str
    problem: str | None = None
    question_for_mentor: str | None = None
    reason: str | None = None
    files_created: tuple[str, ...] = ()
    commands_run: tuple[str, ...] = ()
    trigger: Trigger | None = None
    location: Location | None = None
    step: int | None = None
    """Ours: index of the step."""
    failure: Failure | None = None
    facts: Facts | None = None

    @model_validator(mode="after")
    def _needs(self) -> StudentOutput:
        if self.status is StudentStatus.ASK_MENTOR and not self.question_for_mentor:
            raise ValueError("questionForMentor is required with status ask_mentor")
        if self.status is StudentStatus.CANNOT_COMPLETE and not self.reason:
            raise ValueError("reason is required with status cannot_complete")
        return self


class StudentResult(Wire):
    """Body of ``POST /api/student/result``."""

    student_output: StudentOutput
    timestamp: datetime
