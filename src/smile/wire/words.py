"""The words of the field, as they stand on the wire."""

from __future__ import annotations

from enum import StrEnum


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


class ChangeAction(StrEnum):
    """What becomes of the text at the line of a ``Change``."""

    BEFORE = "before"
    """The commands are to be typed right before what stands there."""
    REPLACE = "replace"
    """The commands stand for the one that is there; none: it is left out."""
    RENAME = "rename"
    """The file of the block that stands there is called ``path``."""
    WRITE = "write"
    """The blocks of ``path`` come to ``content``, the one that stands there among them."""
    MOVE = "move"
    """What stands at ``source`` comes right before it."""
    SAY_BEFORE = "say_before"
    """``say`` stands above it."""
    SAY_AFTER = "say_after"
    """``say`` stands below it."""


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
