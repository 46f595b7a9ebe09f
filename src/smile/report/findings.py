"""What a run found: gaps, what became of the steps, and what is not counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from smile.report.model import Coverage, Gap, SetAside, StepNotFollowed
from smile.report.record import Attempt, RunRecord, attempts
from smile.report.seen import left_behind, minor_gaps, without
from smile.report.stuck import stuck_gaps
from smile.tutorial.model import Lines, Tutorial
from smile.wire import Severity, StepEnded, StepState, UnderWay

__all__ = ["FailOn", "Findings", "find", "in_order", "severity_at_least"]

FailOn = Literal["critical", "major", "minor", "never"]

_RANK = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


@dataclass(frozen=True, slots=True)
class Findings:
    """The gaps in the order of lines, and what surrounds them."""

    gaps: tuple[Gap, ...]
    coverage: Coverage
    not_followed: tuple[StepNotFollowed, ...]
    set_aside: tuple[SetAside, ...]


def find(record: RunRecord) -> Findings:
    """Turn what was seen in a run into gaps: observed, never claimed."""
    tried = attempts(record)
    stuck, set_aside = stuck_gaps(record.tutorial, tried, record.state.status)
    gaps = (*stuck, *without(minor_gaps(record.tutorial, tried), stuck))
    ends = _ends(tried)
    return Findings(
        gaps=in_order(gaps),
        coverage=_coverage(ends, len(record.tutorial.steps), record.state.under_way),
        not_followed=_not_followed(ends, record.tutorial),
        set_aside=(*set_aside, *left_behind(record.tutorial)),
    )


def in_order(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """The gaps in the order of lines, with their ids."""
    ordered = sorted(gaps, key=lambda gap: (gap.location.line_number, _RANK[gap.severity]))
    return tuple(
        gap.model_copy(update={"id": f"gap-{number}"})
        for number, gap in enumerate(ordered, start=1)
    )


def severity_at_least(gaps: tuple[Gap, ...], level: FailOn) -> tuple[Gap, ...]:
    """The gaps at or above a level, for ``--fail-on``; none at ``never``."""
    if level == "never":
        return ()
    return tuple(gap for gap in gaps if _RANK[gap.severity] <= _RANK[Severity(level)])


def _ends(tried: tuple[Attempt, ...]) -> tuple[StepEnded, ...]:
    """How each step ended in the last iteration that came to its end."""
    last: dict[int, StepEnded] = {}
    for attempt in tried:
        for seen in attempt.observations:
            if isinstance(seen, StepEnded) and seen.step >= 0:
                last[seen.step] = seen
    return tuple(last[step] for step in sorted(last))


def _coverage(ends: tuple[StepEnded, ...], total: int, under_way: UnderWay | None) -> Coverage:
    count = Counter(end.state for end in ends)
    ended = {end.step for end in ends}
    unfinished = int(under_way is not None and under_way.step not in {-1, *ended})
    return Coverage(
        total=total,
        followed=count[StepState.FOLLOWED],
        not_followed=count[StepState.NOT_FOLLOWED],
        failed=count[StepState.FAILED],
        skipped=count[StepState.SKIPPED],
        not_applicable=count[StepState.NOT_APPLICABLE],
        unfinished=unfinished,
        unobserved=max(0, total - len(ends) - unfinished),
    )


def _not_followed(ends: tuple[StepEnded, ...], tutorial: Tutorial) -> tuple[StepNotFollowed, ...]:
    return tuple(
        StepNotFollowed(
            line_number=end.line,
            end_line=max(end.line, end.end_line),
            quote=_begins(tutorial, end.line, end.end_line),
            state=end.state,
            why=end.why,
        )
        for end in ends
        if end.state in {StepState.NOT_FOLLOWED, StepState.SKIPPED}
    )


def _begins(tutorial: Tutorial, first: int, last: int) -> str:
    """The first line of the step that is no fence."""
    if first < 1:
        return ""
    lines = tutorial.quote(Lines(first, max(first, last))).split("\n")
    said = (line.strip() for line in lines if line.strip() and not _is_fence(line))
    return next(said, "")


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))
