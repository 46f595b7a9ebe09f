"""The report as a tree of frozen values: what ``smile-report.json`` holds.

Every field stands in every report, ``null`` where there is nothing to say. Fields may be added,
never renamed or removed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from smile.wire import (
    CommandOutcome,
    FixState,
    GapKind,
    JournalEvent,
    Origin,
    Severity,
    Status,
    StepState,
    Trigger,
    Wire,
)

__all__ = [
    "AuditTrail",
    "Coverage",
    "Edit",
    "Evidence",
    "Gap",
    "Place",
    "Recommendation",
    "Report",
    "RunCommand",
    "SandboxSummary",
    "SeenRequest",
    "SetAside",
    "StepNotFollowed",
    "Summary",
    "TimelineEntry",
    "UnderWay",
    "UsedModel",
    "WrittenFile",
]


class ReportValue(Wire):
    """A frozen part of a report; the fields' docstrings go into the schema."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Place(ReportValue):
    """Lines of the tutorial, counted from 1, inclusive."""

    line_number: int = Field(ge=1)
    """The first line."""
    end_line: int = Field(ge=1)
    """The last line."""
    quote: str = ""
    """The text of these lines."""


class Evidence(ReportValue):
    """What was seen of a gap, in the last iteration that showed it."""

    iteration: int = Field(ge=0)
    """The iteration; 0 when it was seen before the first one."""
    command: str = ""
    """The command; empty when it was none."""
    exit_code: int | None = None
    """Its exit code; null when it did not exit."""
    outcome: CommandOutcome | None = None
    """What became of the command."""
    lines: tuple[str, ...] = ()
    """The lines of its output that tell, or the lines of a unified diff."""
    format: Literal["output", "diff", "question"] = "output"
    """What ``lines`` are."""
    beside: tuple[str, ...] = ()
    """What else was seen, in words: a variable that was empty, an address that did not answer."""


class Edit(ReportValue):
    """Lines of the tutorial, and what is to stand there instead."""

    line_number: int = Field(ge=1)
    """The first line to replace, counted from 1."""
    end_line: int = Field(ge=0)
    """The last one; one less than ``lineNumber``: nothing is replaced, the lines go before it."""
    lines: tuple[str, ...]
    """The new lines, without their ends."""


class Gap(ReportValue):
    """A place where a newcomer can't follow the tutorial, or only with help."""

    id: str
    """``gap-1``, ``gap-2`` … in the order of lines."""
    title: str
    """What is wrong, in a few words."""
    kind: GapKind
    """The class of the problem."""
    severity: Severity
    """critical: no way past it; major: past it with the Mentor's help; minor: past it alone."""
    location: Place
    """Where the tutorial lacks something."""
    problem: str
    """What is wrong, in a sentence."""
    suggested_fix: str
    """Text to paste into the tutorial (Markdown); empty when no fix is known."""
    evidence: Evidence
    """What was seen."""
    fix: FixState = FixState.UNVERIFIED
    """Whether a later iteration got past the place with the fix in place."""
    trigger: Trigger | None = None
    """Why the Student was stuck; null when it was not."""
    rule: str = ""
    """The entry of the handbook that the diagnosis comes from."""
    edits: tuple[Edit, ...] = ()
    """The suggested fix as edits of the tutorial; none where it takes a writer's judgement."""


class SetAside(ReportValue):
    """A possible gap that is not counted, because it may come from SMILE."""

    title: str
    """What it may be."""
    location: Place
    """Where it showed."""
    problem: str
    """What was seen."""
    reason: str
    """Why it is not counted."""
    evidence: Evidence
    """What was seen."""


class StepNotFollowed(ReportValue):
    """A step that was not followed: never a gap, but to be checked by hand."""

    line_number: int = Field(ge=0)
    """Its first line."""
    end_line: int = Field(ge=0)
    """Its last line."""
    quote: str
    """How it begins."""
    state: StepState
    """not_followed, or skipped: left out because the Mentor could not help."""
    why: str
    """Why it was not followed."""


class Coverage(ReportValue):
    """What became of the tutorial's steps, each in the last iteration that reached it."""

    total: int = Field(ge=0)
    """Steps of the tutorial."""
    followed: int = Field(ge=0)
    """Followed to their end."""
    not_followed: int = Field(ge=0)
    """Not understood or not done by SMILE."""
    failed: int = Field(ge=0)
    """Ended with a failure."""
    skipped: int = Field(ge=0)
    """Left out: the Mentor could not help, or they hang on such a step."""
    not_applicable: int = Field(ge=0)
    """For another system, an alternative, an illustration."""
    unfinished: int = Field(ge=0)
    """Begun, and cut short by the end of the run: never a gap."""
    unobserved: int = Field(ge=0)
    """Nothing was seen of them: not reached, or the provider does not tell of steps."""


class SandboxSummary(ReportValue):
    """The machine that the tutorial was followed on."""

    engine: str
    """What opened it."""
    image: str
    """The image that ran."""
    distribution: str
    """The system in it."""
    version: str
    """The version of the engine."""
    notes: tuple[str, ...]
    """What could not be seen on it, and what was given to it."""


class UnderWay(ReportValue):
    """What was seen to begin and not to end, because the run ended."""

    iteration: int = Field(ge=1)
    """In which iteration."""
    step: int
    """The step, counted from 0; -1 when unknown."""
    line_number: int = Field(ge=0)
    """Its first line; 0 when unknown."""
    end_line: int = Field(ge=0)
    """Its last line; 0 when unknown."""
    kind: str
    """``command``, or the kind of the step where no command was running."""
    text: str
    """The command, or how the step begins."""
    seconds: float = Field(ge=0)
    """How long it had taken."""
    told: str
    """All of this in a sentence."""


class Summary(ReportValue):
    """The run in short."""

    status: Status | Literal["checked"]
    """How it ended; checked: nothing was executed, there was no run to end."""
    iterations: int = Field(ge=0)
    """Fresh attempts of the Student."""
    duration_seconds: float = Field(ge=0)
    """Time while running."""
    tutorial_path: str
    """The Markdown file."""
    tutorial_digest: str
    """SHA-256 of its text (UTF-8): the one that all lines refer to."""
    provider: str
    """Who played Student and Mentor."""
    provider_reason: str
    """Why this provider."""
    sandbox: SandboxSummary
    """The machine."""
    steps: Coverage
    """What became of the steps."""
    versions: dict[str, str]
    """What took part, with its version."""
    started_at: datetime
    """When the run began."""
    ended_at: datetime
    """When it ended."""
    run_id: str
    """The run's name."""
    note: str
    """What a reader must know to understand the status; may be empty."""
    error_message: str | None
    """Why a run with the status error or stopped ended."""
    under_way: UnderWay | None
    """What was under way when a run with the status error, timeout or stopped ended."""


class TimelineEntry(ReportValue):
    """A turn of the run."""

    timestamp: datetime
    """When."""
    iteration: int = Field(ge=0)
    """In which iteration."""
    event: JournalEvent
    """What happened."""
    details: str
    """In a sentence."""


class RunCommand(ReportValue):
    """A command that ran in the sandbox."""

    iteration: int = Field(ge=1)
    """In which iteration."""
    step: int
    """The step, counted from 0; -1 when unknown."""
    line: int = Field(ge=0)
    """The line of the tutorial; 0 when unknown."""
    command: str
    """Its text."""
    cwd: str
    """Where it ran."""
    exit_code: int | None
    """Its exit code; null when it did not exit."""
    outcome: CommandOutcome
    """What became of it."""
    output: str
    """What it printed, cut; empty when it was under way when the run ended."""
    output_bytes: int
    """How much it printed."""
    seconds: float
    """How long it ran."""
    origin: Origin
    """Who asked for it."""
    terminal: int
    """The terminal that it was typed in."""
    timestamp: datetime
    """When it ended."""


class WrittenFile(ReportValue):
    """A file that was created, modified or deleted."""

    iteration: int = Field(ge=1)
    """In which iteration."""
    line: int = Field(ge=0)
    """The line of the tutorial; 0 when unknown."""
    path: str
    """Absolute, in the sandbox."""
    operation: Literal["created", "modified", "deleted"]
    """What happened to it."""
    origin: Origin
    """Who asked for it."""
    timestamp: datetime
    """When."""


class SeenRequest(ReportValue):
    """An address that was visited."""

    iteration: int = Field(ge=1)
    """In which iteration."""
    line: int = Field(ge=0)
    """The line of the tutorial; 0 when unknown."""
    url: str
    """The address."""
    status: int | None
    """The HTTP status; null when there was no answer."""
    error: str
    """Why there was no answer."""
    timestamp: datetime
    """When."""


class UsedModel(ReportValue):
    """A call of a model, as it was metered."""

    iteration: int = Field(ge=0)
    """In which iteration; 0 when unknown."""
    role: str
    """student or mentor; empty when unknown."""
    provider: str
    """Whose model."""
    model: str
    """Its name; empty when unknown."""
    prompt_tokens: int = Field(ge=0)
    """Tokens sent."""
    completion_tokens: int = Field(ge=0)
    """Tokens received."""
    duration_ms: int = Field(ge=0)
    """How long it took, in milliseconds."""
    timestamp: datetime
    """When."""


class AuditTrail(ReportValue):
    """Everything that was seen, in order."""

    commands: tuple[RunCommand, ...]
    """Commands."""
    files: tuple[WrittenFile, ...]
    """Files."""
    llm_calls: tuple[UsedModel, ...]
    """Calls of models."""
    requests: tuple[SeenRequest, ...]
    """Addresses visited."""


class Recommendation(ReportValue):
    """What to do about the gaps of one kind."""

    priority: Literal["high", "medium", "low"]
    """high: at least one critical gap; medium: at least one major one."""
    category: GapKind
    """The kind of the gaps."""
    description: str
    """What to do, in a sentence."""
    text: str
    """Text to paste that serves all of them (Markdown); may be empty."""
    gaps: tuple[str, ...]
    """Their ids."""


class Report(ReportValue):
    """A report of SMILE Loop: where a newcomer can't follow a tutorial, and what to write."""

    tutorial_name: str
    """The tutorial's name."""
    summary: Summary
    """The run in short."""
    gaps: tuple[Gap, ...]
    """What to mend, in the order of lines."""
    set_aside: tuple[SetAside, ...]
    """Possible gaps that are not counted."""
    not_followed: tuple[StepNotFollowed, ...]
    """Steps to be checked by hand."""
    timeline: tuple[TimelineEntry, ...]
    """The turns of the run."""
    audit_trail: AuditTrail
    """What was seen."""
    recommendations: tuple[Recommendation, ...]
    """What to do first."""
