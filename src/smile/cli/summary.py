"""The last words of ``smile run``: how it ended, the gaps, where the report is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from smile.plain import plain
from smile.report.model import Gap, Report
from smile.wire import FixState, Severity, Status
from smile.wiring.outcome import Outcome

__all__ = ["facts", "render"]

ENDED: dict[str, str] = {
    Status.COMPLETED: "completed",
    Status.MAX_ITERATIONS: "not completed: still stuck after the last iteration",
    Status.BLOCKER: "not completed: there is no way on",
    Status.TIMEOUT: "not completed: the time for the whole run was over",
    Status.STOPPED: "stopped",
    Status.ERROR: "not completed: SMILE failed, not your tutorial",
}


def render(outcome: Outcome) -> str:
    """The summary as lines of text."""
    return "\n".join(_lines(outcome))


def facts(outcome: Outcome) -> dict[str, object]:
    """The same for programs."""
    report = outcome.report
    return {
        "status": report.summary.status,
        "iterations": report.summary.iterations,
        "seconds": report.summary.duration_seconds,
        "underWay": report.summary.under_way and report.summary.under_way.told,
        "gaps": {severity: _count(report, severity) for severity in Severity},
        "report": str(outcome.files.markdown) if outcome.files else None,
    }


def _count(report: Report, severity: Severity) -> int:
    return sum(gap.severity is severity for gap in report.gaps)


def _lines(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    count = report.summary.iterations
    iterations = f"{count} iteration" + ("s" if count != 1 else "")
    took = f"{report.summary.duration_seconds:.1f} s"
    ended = ENDED.get(report.summary.status, report.summary.status)
    yield f"{report.summary.tutorial_path}: {ended} ({iterations}, {took})"
    if report.summary.under_way:
        yield " ".join(plain(report.summary.under_way.told).split())
    if report.summary.note:
        yield plain(report.summary.note)
    yield from _gaps(report)
    yield from _unseen(report)
    if outcome.files is not None:
        yield f"report: {_near(outcome.files.markdown)}"
        yield from _fixes(report)
    if outcome.entrance:
        yield f"the sandbox is still there: {outcome.entrance}"


def _gaps(report: Report) -> Iterator[str]:
    if not report.gaps:
        completed = report.summary.status is Status.COMPLETED
        yield "no gaps found" if completed else "no gaps found until then"
        return
    for severity in Severity:
        gaps = [gap for gap in report.gaps if gap.severity is severity]
        if gaps:
            yield f"\n{severity} ({len(gaps)})"
            yield from (_gap(gap) for gap in gaps)
    yield ""


def _gap(gap: Gap) -> str:
    verified = " (a fix was seen to work)" if gap.fix is FixState.VERIFIED else ""
    return f"  line {gap.location.line_number}: {' '.join(plain(gap.title).split())}{verified}"


def _fixes(report: Report) -> Iterator[str]:
    count = sum(bool(gap.edits) for gap in report.gaps)
    if count:
        what = (
            "a fix into the text and try it"
            if count == 1
            else f"{count} fixes into it and try them"
        )
        yield f"to write {what}: smile fix"


def _unseen(report: Report) -> Iterator[str]:
    steps = report.summary.steps
    if steps.not_followed:
        yield f"not followed: {steps.not_followed} of {steps.total} steps, to be checked by hand"
    if report.set_aside:
        yield f"set aside: {len(report.set_aside)} possible gaps that may come from SMILE itself"


def _near(path: Path) -> str:
    """The path as one would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
