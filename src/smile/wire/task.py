"""What a wrapper is told."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from smile.wire.base import Wire
from smile.wire.mentor import MentorNote
from smile.wire.student import StudentOutput
from smile.wire.words import Role


class Patience(StrEnum):
    """How long the Student tries before it asks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class StudentBehavior(Wire):
    """``studentBehavior`` of smile.json."""

    max_retries_before_help: int = Field(default=3, ge=1)
    ask_on_missing_dependency: bool = True
    ask_on_ambiguous_instruction: bool = True
    ask_on_command_failure: bool = True
    ask_on_timeout: bool = True
    timeout_seconds: int = Field(default=60, ge=1)
    patience_level: Patience = Patience.LOW


class Task(Wire):
    """What a wrapper reads from its standard input: never an argument, a variable or a file.

    ``url`` is the orchestrator as the sandbox sees it; ``token`` is good for this role and this
    iteration only.
    """

    role: Role
    run_id: str
    iteration: int = Field(ge=1)
    url: str
    token: str
    provider: str = "literal"
    tutorial: str
    """Absolute path of the Markdown file in the sandbox."""
    work_dir: str = "/workspace/work"
    logs_dir: str = "/workspace/logs"
    behavior: StudentBehavior = StudentBehavior()
    notes: tuple[MentorNote, ...] = ()
    question: StudentOutput | None = None
    """For the Mentor: the stuck report to answer."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Certificates and proxy of the author's network, for the learner's shell."""
