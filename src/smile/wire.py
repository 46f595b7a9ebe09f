"""The JSON that crosses a boundary: HTTP, WebSocket, state file, journal, task of a wrapper.

Keys are camelCase on every wire that we emit; snake_case is accepted on input. Fields may be
added, never renamed or removed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticSerializationError


def _readable(value: Any) -> Any:
    """The same without what stands for the bytes of a file name that is no UTF-8 (PEP 383)."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_readable(key): _readable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    return value


class Wire(BaseModel):
    """A frozen value with camelCase keys that takes either spelling."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        allow_inf_nan=False,  # they would be written as null, and not be read back
    )

    def to_json(self) -> str:
        """One line of JSON with camelCase keys, without the fields that are ``None``."""
        try:
            return self.model_dump_json(by_alias=True, exclude_none=True)
        except PydanticSerializationError:
            text = type(self).model_validate(_readable(self.model_dump()))
            return text.model_dump_json(by_alias=True, exclude_none=True)


def now() -> datetime:
    """The current time with its zone: for edges only, the core takes time as an argument."""
    return datetime.now(UTC)


# --- words ---------------------------------------------------------------------------------


class Role(StrEnum):
    """Who speaks."""

    STUDENT = "student"
    MENTOR = "mentor"


class Trigger(StrEnum):
    """Why the Student is stuck."""

    MISSING_DEPENDENCY = "missing_dependency"
    AMBIGUOUS_INSTRUCTION = "ambiguous_instruction"
    COMMAND_FAILURE = "command_failure"
    TIMEOUT = "timeout"
    MAX_RETRIES = "max_retries"


class GapKind(StrEnum):
    """What is wrong with the tutorial."""

    MISSING_PREREQUISITE = "missing_prerequisite"
    MISSING_FILE = "missing_file"
    UNDEFINED_VARIABLE = "undefined_variable"
    PLACEHOLDER = "placeholder"
    BROKEN_COMMAND = "broken_command"
    WRONG_ORDER = "wrong_order"
    AMBIGUOUS_INSTRUCTION = "ambiguous_instruction"
    INTERACTIVE_PROMPT = "interactive_prompt"
    VERSION_MISMATCH = "version_mismatch"
    MISSING_DIRECTORY_CHANGE = "missing_directory_change"
    OUTPUT_MISMATCH = "output_mismatch"
    PERMISSION = "permission"
    NETWORK_EXTERNAL = "network_external"
    LONG_RUNNING = "long_running"
    ENVIRONMENT_ASSUMPTION = "environment_assumption"


class Severity(StrEnum):
    """How much a gap hurts a reader."""

    CRITICAL = "critical"
    """No way past it."""
    MAJOR = "major"
    """Only past it with the Mentor's help."""
    MINOR = "minor"
    """Got past it alone, or confusing."""


class FixState(StrEnum):
    """Whether the suggested fix was seen to work."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    FAILED = "failed"


class StudentStatus(StrEnum):
    """How an iteration ended for the Student."""

    COMPLETED = "completed"
    ASK_MENTOR = "ask_mentor"
    CANNOT_COMPLETE = "cannot_complete"


class Status(StrEnum):
    """Where the loop is; the second group ends it."""

    STARTING = "starting"
    RUNNING_STUDENT = "running_student"
    WAITING_FOR_STUDENT = "waiting_for_student"
    RUNNING_MENTOR = "running_mentor"
    WAITING_FOR_MENTOR = "waiting_for_mentor"

    COMPLETED = "completed"
    MAX_ITERATIONS = "max_iterations"
    BLOCKER = "blocker"
    TIMEOUT = "timeout"
    STOPPED = "stopped"
    ERROR = "error"

    @property
    def ended(self) -> bool:
        """Whether the loop is over."""
        return self in ENDED


ENDED = frozenset(
    {
        Status.COMPLETED,
        Status.MAX_ITERATIONS,
        Status.BLOCKER,
        Status.TIMEOUT,
        Status.STOPPED,
        Status.ERROR,
    }
)


# --- the Student's stuck report and what surrounds it ----------------------------------------


class Location(Wire):
    """A place in the tutorial: 1-based lines, inclusive, with their text."""

    line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    quote: str = ""


class CommandOutcome(StrEnum):
    """What became of a command."""

    EXITED = "exited"
    RUNNING = "running"
    """Left running on purpose: a server."""
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"
    """Ended by us: Ctrl+C, or the end of the iteration."""


class Origin(StrEnum):
    """Who asked for what was done."""

    TUTORIAL = "tutorial"
    NOTE = "note"
    """A remedy of the Mentor."""
    STUDENT = "student"
    """The Student's own idea (patience)."""


class Observed(Wire):
    """What every observation carries. ``step`` counts the tutorial's steps from 0."""

    timestamp: datetime
    iteration: int = Field(ge=1)
    step: int = Field(ge=-1)
    line: int = Field(ge=0)
    end_line: int = Field(ge=0)


class CommandRan(Observed):
    """A command was typed. ``output`` is cut for the report; the log has it whole."""

    type: Literal["command"] = "command"
    text: str
    cwd: str
    outcome: CommandOutcome
    exit_code: int | None = None
    output: str = ""
    output_bytes: int = 0
    seconds: float = 0.0
    origin: Origin = Origin.TUTORIAL
    terminal: int = 1


class FileWritten(Observed):
    """A file was written. ``path`` is absolute."""

    type: Literal["file"] = "file"
    path: str
    operation: Literal["created", "modified", "deleted"]
    origin: Origin = Origin.TUTORIAL


class Requested(Observed):
    """An address was visited; ``status`` is the HTTP status, ``error`` why there is none."""

    type: Literal["request"] = "request"
    url: str
    status: int | None = None
    error: str = ""


class Asked(Observed):
    """A program asked a question and the Student answered. Secrets are not repeated."""

    type: Literal["question"] = "question"
    command: str
    question: str
    answer: str
    mentioned: bool
    """The tutorial speaks of this question."""


class OutputDiffered(Observed):
    """The tutorial shows an output that the command did not print."""

    type: Literal["mismatch"] = "mismatch"
    command: str
    expected: str
    actual: str
    missing: tuple[str, ...] = ()
    """The expected lines that nothing printed resembles."""


class Improvised(Observed):
    """The Student got past a failure alone, by something that the tutorial doesn't say."""

    type: Literal["improvised"] = "improvised"
    problem: str
    what: str
    kind: GapKind


class StepState(StrEnum):
    """What became of a step."""

    FOLLOWED = "followed"
    FAILED = "failed"
    NOT_FOLLOWED = "not_followed"
    """We did not understand it, or did not do it: never a gap."""
    SKIPPED = "skipped"
    """Left out after the Mentor could not help, or because it hangs on such a step."""
    NOT_APPLICABLE = "not_applicable"
    """For another system, an alternative, an illustration."""


class StepEnded(Observed):
    """A step is over. ``kind`` is the step's class in lower case (run, writefile, expect …)."""

    type: Literal["step"] = "step"
    kind: str
    state: StepState
    why: str = ""


class StepBegan(Observed):
    """A step begins: for progress only."""

    type: Literal["begin"] = "begin"
    kind: str
    text: str = ""


Observation = Annotated[
    CommandRan
    | FileWritten
    | Requested
    | Asked
    | OutputDiffered
    | Improvised
    | StepEnded
    | StepBegan,
    Field(discriminator="type"),
]


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
    servers: dict[int, int] = Field(default_factory=dict)
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


class StudentOutput(Wire):
    """What an iteration came to."""

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


# --- the Mentor's answer ----------------------------------------------------------------------


class RemedyFile(Wire):
    """A file to put in place; ``path`` as a reader would write it."""

    path: str
    content: str


class RemedyAction(StrEnum):
    """How a remedy changes what the Student does at its line."""

    BEFORE = "before"
    """First do what the remedy says, then the command of the line."""
    REPLACE = "replace"
    """Do what the remedy says instead of the command of the line."""
    AFTER = "after"
    """Do the command of the line, then what the remedy says."""
    SKIP = "skip"
    """Leave the command of the line out, and what hangs on it."""
    ACCEPT = "accept"
    """Go on although the command of the line ends with an error."""


class Remedy(Wire):
    """The machine-readable part of an answer, applied by the next attempts.

    ``line`` is the first line of a command or of a step; ``path`` replaces the path of the file
    block that stands there.
    """

    line: int = Field(ge=1)
    action: RemedyAction
    commands: tuple[str, ...] = ()
    files: tuple[RemedyFile, ...] = ()
    path: str = ""


class Diagnosis(Wire):
    """A gap as the Mentor sees it; the report decides on severity and on ``fix``."""

    kind: GapKind
    title: str
    problem: str
    """A sentence that a writer understands."""
    suggested_fix: str
    """Text to paste into the tutorial."""
    location: Location
    rule: str = ""
    """The handbook entry that it comes from."""


class MentorResult(Wire):
    """Body of ``POST /api/mentor/result``; the first two fields are the published ones."""

    mentor_output: str
    timestamp: datetime
    resolvable: bool = True
    remedy: Remedy | None = None
    diagnosis: Diagnosis | None = None
    not_a_gap: str = ""
    """Why the tutorial is not to blame (the network of the machine, a fault of ours): the report
    sets it aside with this reason."""


class StudentResult(Wire):
    """Body of ``POST /api/student/result``."""

    student_output: StudentOutput
    timestamp: datetime


class Observations(Wire):
    """Body of ``POST /api/student/observations`` (ours): in order, at most 100 at a time."""

    observations: tuple[Observation, ...] = Field(max_length=100)


class Acknowledged(Wire):
    """Answer to a result."""

    acknowledged: bool
    next_action: Literal["continue", "stop"]


class StopRequest(Wire):
    """Body of ``POST /api/stop``."""

    reason: str = Field(max_length=1000)


class MentorNote(Wire):
    """What the Mentor answered in an iteration; the next ones begin with it."""

    iteration: int = Field(ge=1)
    question: str
    answer: str
    timestamp: datetime
    resolvable: bool = True
    remedy: Remedy | None = None
    diagnosis: Diagnosis | None = None
    not_a_gap: str = ""
    """Why the tutorial is not to blame (the network of the machine, a fault of ours): the report
    sets it aside with this reason."""


class HistoryEntry(Wire):
    """One iteration as it went."""

    iteration: int = Field(ge=1)
    student_output: StudentOutput | None = None
    mentor_output: str | None = None
    started_at: datetime
    ended_at: datetime | None = None


class LoopState(Wire):
    """The whole state: ``GET /api/status``, the state file, and the first WebSocket message."""

    version: int = 1
    run_id: str
    status: Status
    iteration: int = Field(ge=0)
    mentor_notes: tuple[MentorNote, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    started_at: datetime
    updated_at: datetime
    error_message: str | None = None
    current_question: str | None = None
    stop_reason: str | None = None
    seconds_used: float = 0.0
    """Time while running, of this and earlier processes: the whole timeout counts this."""
    tutorial_digest: str = ""
    config_digest: str = ""


# --- the journal ------------------------------------------------------------------------------


class JournalEvent(StrEnum):
    """What a line of the journal tells."""

    RUN_START = "run_start"
    ITERATION_START = "iteration_start"
    OBSERVATION = "observation"
    STUDENT_OUTPUT = "student_output"
    MENTOR_OUTPUT = "mentor_output"
    STATUS = "status"
    ERROR = "error"
    LOOP_COMPLETE = "loop_complete"


class JournalEntry(Wire):
    """One line of the journal: the truth that state and report derive from.

    The field that belongs to the event is set, the others are ``None``; ``message`` is a
    sentence for people (the error, why it stopped).
    """

    timestamp: datetime
    event: JournalEvent
    iteration: int = Field(ge=0)
    observation: Observation | None = None
    student_output: StudentOutput | None = None
    mentor_result: MentorResult | None = None
    status: Status | None = None
    message: str = ""


# --- what a wrapper is told -------------------------------------------------------------------


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
