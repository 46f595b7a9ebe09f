"""What a run came to, and the exit code that says so."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace

from smile import __version__
from smile.config import FailOn
from smile.errors import SmileError
from smile.redaction import redacted
from smile.report.build import build
from smile.report.model import Report
from smile.report.record import RunRecord
from smile.report.writer import ReportNotWritten, Written, write_report
from smile.sandbox.base import Machine
from smile.tutorial.parse import parse
from smile.wire import JournalEntry, LoopState, Status, StepBegan
from smile.wiring.plan import Plan

__all__ = ["Outcome", "Ran", "conclude"]

STOPPED = 130


@dataclass(frozen=True, slots=True)
class Ran:
    """What is known when the sandbox is closed; ``entrance`` is how to enter a kept one."""

    state: LoopState
    machine: Machine
    entries: tuple[JournalEntry, ...]
    error: SmileError | None = None
    entrance: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``error`` is what ended the run when that was a fault of ours.

    ``files`` is ``None`` when the report could not be written: then ``not_written`` has its text.
    ``evidence`` tells whether anything was observed, ``entrance`` how to enter a kept sandbox.
    """

    report: Report
    state: LoopState
    evidence: bool
    files: Written | None = None
    not_written: ReportNotWritten | None = None
    error: SmileError | None = None
    entrance: str = ""

    def exit_code(self, fail_on: FailOn) -> int:
        """The code of the contract; a signal's own code is for the caller, who knows it."""
        if self.error is not None:
            return self.error.exit_code
        if self.not_written is not None:
            return self.not_written.exit_code
        match self.state.status:
            case Status.STOPPED:
                return STOPPED
            case Status.TIMEOUT if not self.evidence:
                return 3
            case Status.ERROR:
                return 3
            case Status.BLOCKER if not self.report.gaps:
                return 3  # what blocked it was not the tutorial's fault
            case Status.COMPLETED:
                return int(any(fail_on.covers(gap.severity) for gap in self.report.gaps))
            case _:
                return int(fail_on is not FailOn.NEVER)


def conclude(plan: Plan, ran: Ran) -> Outcome:
    """Make the report and write it; what it is made from is redacted, so it is, too."""
    whole = RunRecord(
        tutorial=replace(plan.tutorial, steps=parse(plan.tutorial.text)),
        machine=ran.machine,
        provider=plan.provider.name,
        versions={"smile": __version__, "python": platform.python_version()},
        state=ran.state,
        entries=ran.entries,
        environment_notes=plan.notes,
        provider_reason=plan.provider.reason,
        tutorial_digest=plan.tutorial.digest,
    )
    record = redacted(whole, plan.redact)
    report = build(record)
    files: Written | None = None
    not_written: ReportNotWritten | None = None
    try:
        files = write_report(report, record, plan.config.output_dir)
    except ReportNotWritten as error:
        not_written = error
    return Outcome(
        report=report,
        state=ran.state,
        evidence=any(_seen(entry) for entry in ran.entries),
        files=files,
        not_written=not_written,
        error=ran.error,
        entrance=ran.entrance,
    )


def _seen(entry: JournalEntry) -> bool:
    return entry.observation is not None and not isinstance(entry.observation, StepBegan)
