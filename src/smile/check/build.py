"""The report of a check: that of a run in which nothing was done."""

from __future__ import annotations

from datetime import datetime

from smile.check.explain import gaps, set_aside
from smile.check.reading import Reading, Suspect
from smile.report.model import AuditTrail, Coverage, Report, SandboxSummary, Summary
from smile.report.recommend import recommend

__all__ = ["build"]

NOTE = "nothing was executed: what only shows when the steps are followed was not looked for"


def build(
    reading: Reading,
    suspects: tuple[Suspect, ...],
    *,
    versions: dict[str, str],
    began: datetime,
    ended: datetime,
) -> Report:
    """The report; its gaps are what the suspects come to."""
    found = gaps(reading, suspects)
    return Report(
        tutorial_name=reading.tutorial.name,
        summary=Summary(
            status="checked",
            iterations=0,
            duration_seconds=max(0.0, round((ended - began).total_seconds(), 3)),
            tutorial_path=reading.tutorial.path,
            tutorial_digest=reading.tutorial.digest,
            provider="none",
            provider_reason="a check needs none",
            sandbox=SandboxSummary(engine="none", image="", distribution="", version="", notes=()),
            steps=_not_executed(len(reading.steps)),
            versions=versions,
            started_at=began,
            ended_at=ended,
            run_id="",
            note=NOTE,
            error_message=None,
            under_way=None,
        ),
        gaps=found,
        set_aside=set_aside(reading, suspects),
        not_followed=(),
        timeline=(),
        audit_trail=AuditTrail(commands=(), files=(), llm_calls=(), requests=()),
        recommendations=recommend(found),
    )


def _not_executed(steps: int) -> Coverage:
    return Coverage(
        total=steps,
        followed=0,
        not_followed=0,
        failed=0,
        skipped=0,
        not_applicable=0,
        unobserved=steps,
        unfinished=0,
    )
