"""The report for a writer: ``smile-report.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from smile.report.escape import code, fence, inline, prose, table
from smile.report.model import (
    AuditTrail,
    Evidence,
    Gap,
    Place,
    Recommendation,
    Report,
    RunCommand,
    SetAside,
    StepNotFollowed,
    Summary,
    TimelineEntry,
)
from smile.wire import CommandOutcome, FixState, Origin, Severity, Status

__all__ = ["render"]

MOST_ROWS = 200
MOST_QUOTED = 15
MOST_EVIDENCE = 24
CELL = 160

_STATUS = {
    Status.COMPLETED: "Completed",
    Status.MAX_ITERATIONS: "Not completed: out of iterations",
    Status.BLOCKER: "Blocked",
    Status.TIMEOUT: "Timed out",
    Status.STOPPED: "Stopped",
    Status.ERROR: "Error of SMILE or of its environment",
}
_FIX = {
    FixState.VERIFIED: "verified ✔ (a later attempt got past this place with it)",
    FixState.FAILED: "failed ✘ (a later attempt was stuck here again with it)",
    FixState.UNVERIFIED: "unverified (no attempt got past this place to tell)",
}
_SEEN_ONLY = "unverified (not tried)"
_CHECKED_ONLY = "unverified (nothing was executed)"


def render(report: Report) -> str:
    """The report as Markdown; text of the tutorial and of programs can't change its structure."""
    parts = [
        f"# SMILE report: {inline(report.tutorial_name) or 'tutorial'}",
        *_summary(report),
        *_gaps(report.gaps, checked=report.summary.status == "checked"),
        *_timeline(report.timeline),
        *_audit_trail(report.audit_trail),
        *_recommendations(report.recommendations),
    ]
    return "\n\n".join(parts) + "\n"


# --- summary ----------------------------------------------------------------------------------


def _summary(report: Report) -> list[str]:
    summary = report.summary
    parts = ["## Summary", _verdict(report)]
    if summary.error_message:
        parts.append(f"**Why it ended:** {prose(summary.error_message)}")
    if summary.under_way:
        parts.append(f"**Under way at the end:** {prose(summary.under_way.told)}.")
    parts.append(table(("", ""), _facts(summary)))
    if summary.sandbox.notes:
        parts += ["Of this machine:", _list(prose(note) for note in summary.sandbox.notes)]
    return parts + _not_followed(report.not_followed) + _set_aside(report.set_aside)


def _verdict(report: Report) -> str:
    summary = report.summary
    if summary.status == "checked":
        return (
            f"**Checked, not followed:** {_count_gaps(report.gaps)}. Note: {inline(summary.note)}."
        )
    status = _STATUS.get(summary.status, summary.status.value.replace("_", " "))
    tries = _count(summary.iterations, "iteration")
    text = f"**{status}** after {tries} in {_seconds(summary.duration_seconds)}: "
    text += f"{_count_gaps(report.gaps)}."
    if summary.note:
        text += f" Note: {inline(summary.note)}."
    return text


def _count_gaps(gaps: tuple[Gap, ...]) -> str:
    if not gaps:
        return "no gap found"
    by_severity = [(s, sum(gap.severity is s for gap in gaps)) for s in Severity]
    counts = ", ".join(f"{count} {severity.value}" for severity, count in by_severity if count)
    return f"{_count(len(gaps), 'gap')} ({counts})"


def _facts(summary: Summary) -> list[tuple[str, str]]:
    box = summary.sandbox
    why = f" ({inline(summary.provider_reason)})" if summary.provider_reason else ""
    machine = ", ".join(
        filter(None, [code(box.image), inline(box.distribution), inline(_engine(summary))])
    )
    versions = ", ".join(f"{inline(name)} {inline(v)}" for name, v in summary.versions.items())
    checked = summary.status == "checked"
    rows = [
        ("Tutorial", code(summary.tutorial_path)),
        ("Provider", f"{inline(summary.provider)}{why}"),
        ("Sandbox", "none" if checked else machine),
        ("Steps", _steps(summary)),
        ("Versions", versions),
        ("Run", "" if checked else f"{code(summary.run_id)}, {_moment(summary.started_at)}"),
        ("Checked", _moment(summary.started_at) if checked else ""),
    ]
    return [(f"**{name}**", value) for name, value in rows if value]


def _engine(summary: Summary) -> str:
    return f"{summary.sandbox.engine} {summary.sandbox.version}".strip()


def _steps(summary: Summary) -> str:
    steps = summary.steps
    counts = [
        (steps.followed, "followed"),
        (steps.failed, "failed"),
        (steps.not_followed, "not followed"),
        (steps.skipped, "skipped"),
        (steps.not_applicable, "not for this reader"),
        (steps.unfinished, "cut short by the end of the run"),
        (steps.unobserved, "not executed" if summary.status == "checked" else "not observed"),
    ]
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"{steps.total}: {told}" if told else str(steps.total)


def _not_followed(steps: tuple[StepNotFollowed, ...]) -> list[str]:
    if not steps:
        return []
    rows = [
        (_lines(s.line_number, s.end_line), code(s.quote, 80), prose(s.why, CELL)) for s in steps
    ]
    return [
        "### Steps not followed",
        "SMILE did not do these lines; that alone makes no gap. Check them by hand.",
        *_table(("Line", "Step", "Why"), rows),
    ]


def _set_aside(aside: tuple[SetAside, ...]) -> list[str]:
    if not aside:
        return []
    parts = ["### Possible, not counted"]
    for one in aside:
        where = _lines(one.location.line_number, one.location.end_line)
        parts.append(f"- **{prose(one.title)}** (line {where}): {prose(one.problem)}")
        parts[-1] += f" {prose(one.reason)}"
        parts += [_indent(part) for part in _evidence(one.evidence)]
    return parts


# --- gaps -------------------------------------------------------------------------------------


def _gaps(gaps: tuple[Gap, ...], *, checked: bool) -> list[str]:
    if not gaps:
        return []
    parts = ["## Documentation Gaps"]
    if len(gaps) > 1:
        rows = [
            (
                inline(gap.id),
                _lines(gap.location.line_number, gap.location.end_line),
                gap.severity.value,
                prose(gap.title, CELL),
                gap.fix.value,
            )
            for gap in gaps
        ]
        parts.append(table(("Gap", "Line", "Severity", "What", "Fix"), rows))
    for severity in Severity:
        of_it = [gap for gap in gaps if gap.severity is severity]
        if of_it:
            parts.append(f"### {severity.value.capitalize()}")
        for gap in of_it:
            parts += _gap(gap, checked=checked)
    return parts


def _gap(gap: Gap, *, checked: bool) -> list[str]:
    where = _lines(gap.location.line_number, gap.location.end_line)
    parts = [f"#### {inline(gap.id)}: {prose(gap.title)} (line {where})"]
    parts += _quote(gap.location)
    parts.append(prose(gap.problem))
    evidence = _evidence(gap.evidence)
    if evidence:
        parts += ["**Evidence**", *evidence]
    if gap.suggested_fix.strip():
        parts += ["**Suggested fix**", fence(gap.suggested_fix, "md")]
    else:
        parts.append("**Suggested fix**: none is known.")
    parts.append(f"fix: {_CHECKED_ONLY if checked else _fix(gap)}")
    return parts


def _fix(gap: Gap) -> str:
    tried = gap.severity is not Severity.MINOR or gap.fix is not FixState.UNVERIFIED
    return _FIX[gap.fix] if tried else _SEEN_ONLY


def _quote(place: Place) -> list[str]:
    return [fence(place.quote, most_lines=MOST_QUOTED)] if place.quote.strip() else []


def _evidence(evidence: Evidence) -> list[str]:
    parts: list[str] = []
    if evidence.command:
        ended = _ended(evidence.outcome, evidence.exit_code)
        seen_in = f"iteration {evidence.iteration}"
        parts.append(f"{code(evidence.command, 400)}: {ended}, {seen_in}")
    if evidence.lines:
        language = "diff" if evidence.format == "diff" else "text"
        parts.append(fence("\n".join(evidence.lines), language, MOST_EVIDENCE))
    if evidence.beside:
        parts.append(f"Seen: {prose('; '.join(evidence.beside))}.")
    return parts


def _ended(outcome: CommandOutcome | None, exit_code: int | None) -> str:
    if exit_code is not None:
        return f"exit code {exit_code}"
    if outcome is None:
        return "no exit code"
    return outcome.value.replace("_", " ")


# --- timeline and audit trail -----------------------------------------------------------------


def _timeline(timeline: tuple[TimelineEntry, ...]) -> list[str]:
    rows = [
        (
            _clock(entry.timestamp),
            str(entry.iteration),
            entry.event.value.replace("_", " "),
            prose(entry.details, 300),
        )
        for entry in timeline
    ]
    return ["## Timeline", *_table(("Time (UTC)", "Iteration", "Event", "Details"), rows)]


def _audit_trail(trail: AuditTrail) -> list[str]:
    return [
        "## Audit Trail",
        "### Commands Executed",
        *_commands(trail.commands),
        "### Files Modified",
        *_table(
            ("Iteration", "Line", "File", "Operation"),
            [
                (str(f.iteration), _line(f.line), code(f.path, CELL), f.operation)
                for f in trail.files
            ],
            "No file was seen to change.",
        ),
        "### LLM Calls",
        *_table(
            ("Iteration", "Role", "Model", "Prompt tokens", "Completion tokens", "Seconds"),
            [
                (
                    str(c.iteration or "-"),
                    inline(c.role) or "-",
                    inline(f"{c.provider} {c.model}".strip()),
                    str(c.prompt_tokens),
                    str(c.completion_tokens),
                    f"{c.duration_ms / 1000:.1f}",
                )
                for c in trail.llm_calls
            ],
            "No call of a model was seen.",
        ),
    ]


def _commands(commands: tuple[RunCommand, ...]) -> list[str]:
    rows = [
        (
            str(c.iteration),
            _line(c.line) + ("" if c.origin is Origin.TUTORIAL else f" ({c.origin.value})"),
            code(c.command, CELL),
            c.outcome.value.replace("_", " ") if c.exit_code is None else str(c.exit_code),
            f"{c.seconds:.1f}",
        )
        for c in commands
    ]
    head = ("Iteration", "Line", "Command", "Exit code", "Seconds")
    return _table(head, rows, "No command was seen to run.")


def _table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], empty: str = "Nothing was seen."
) -> list[str]:
    """A table, cut with a note when it is long."""
    if not rows:
        return [empty]
    parts = [table(head, rows[:MOST_ROWS])]
    if len(rows) > MOST_ROWS:
        parts.append(f"*… {len(rows) - MOST_ROWS} more in smile-report.json*")
    return parts


# --- recommendations --------------------------------------------------------------------------


def _recommendations(recommendations: tuple[Recommendation, ...]) -> list[str]:
    parts = ["## Recommendations"]
    for one in recommendations:
        kind = inline(one.category.value.replace("_", " "))
        ids = ", ".join(inline(gap) for gap in one.gaps)
        parts.append(f"- **{one.priority.capitalize()}, {kind}** ({ids}): {prose(one.description)}")
        if one.text:
            parts.append(_indent(fence(one.text, "md")))
    return parts if recommendations else [*parts, "None: no gap was found."]


# --- small words ------------------------------------------------------------------------------


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _indent(block: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in block.split("\n"))


def _lines(first: int, last: int) -> str:
    return str(first) if last <= first else f"{first}-{last}"


def _line(line: int) -> str:
    return str(line) if line else "-"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M:%S")
