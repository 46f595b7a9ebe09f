"""Findings and journal become one report; no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterator

from smile import wire
from smile.plain import plain
from smile.report.findings import Findings, find
from smile.report.model import (
    AuditTrail,
    Report,
    RunCommand,
    SandboxSummary,
    SeenRequest,
    StepNotFollowed,
    Summary,
    TimelineEntry,
    UnderWay,
    UsedModel,
    WrittenFile,
)
from smile.report.recommend import recommend
from smile.report.record import RunRecord, attempts
from smile.tutorial.model import EditFile, Repl, Run, Tutorial, Visit, WriteFile
from smile.wire import (
    CommandOutcome,
    CommandRan,
    FileWritten,
    JournalEntry,
    JournalEvent,
    LoopState,
    MentorResult,
    Requested,
    Status,
    StudentOutput,
    StudentStatus,
)

__all__ = ["build"]


def build(record: RunRecord) -> Report:
    """The report of a run; every text in it is plain, none is escaped."""
    findings = find(record)
    recommendations = recommend(findings.gaps)
    return Report(
        tutorial_name=record.tutorial.name,
        summary=_summary(record, findings),
        gaps=findings.gaps,
        set_aside=findings.set_aside,
        not_followed=findings.not_followed,
        timeline=tuple(_timeline(record)),
        audit_trail=_audit_trail(record),
        recommendations=recommendations,
    )


# --- summary ----------------------------------------------------------------------------------


def _summary(record: RunRecord, findings: Findings) -> Summary:
    state = record.state
    seconds = state.seconds_used or (state.updated_at - state.started_at).total_seconds()
    machine = record.machine
    return Summary(
        status=state.status,
        iterations=state.iteration,
        duration_seconds=round(max(0.0, seconds), 3),
        tutorial_path=record.tutorial.path,
        tutorial_digest=record.tutorial_digest,
        provider=record.provider,
        provider_reason=record.provider_reason,
        sandbox=SandboxSummary(
            engine=machine.engine,
            image=machine.image,
            distribution=machine.distribution,
            version=machine.version,
            notes=tuple(dict.fromkeys((*machine.notes, *record.environment_notes))),
        ),
        steps=findings.coverage,
        versions=record.versions,
        started_at=state.started_at,
        ended_at=state.updated_at,
        run_id=state.run_id,
        note=_note(record, findings.not_followed),
        error_message=state.error_message or state.stop_reason,
        under_way=_under_way(state.under_way),
    )


def _under_way(seen: wire.UnderWay | None) -> UnderWay | None:
    if seen is None:
        return None
    return UnderWay(
        iteration=seen.iteration,
        step=seen.step,
        line_number=seen.line,
        end_line=seen.end_line,
        kind=seen.kind,
        text=plain(seen.text),
        seconds=seen.seconds,
        told=plain(seen.sentence),
    )


def _note(record: RunRecord, not_followed: tuple[StepNotFollowed, ...]) -> str:
    if record.state.status is not Status.COMPLETED:
        return ""
    if not _asks_for_something(record.tutorial):
        return "no actions required"
    if not _did_something(record):
        return "completed by the Student's word only: nothing that it did was seen"
    count = len(not_followed)
    if count:
        return f"completed, {count} {'step' if count == 1 else 'steps'} not followed"
    return ""


def _asks_for_something(tutorial: Tutorial) -> bool:
    return any(
        isinstance(step, Run | WriteFile | EditFile | Repl | Visit) for step in tutorial.steps
    )


def _did_something(record: RunRecord) -> bool:
    tried = attempts(record)
    seen = tried[-1].observations if tried else ()
    return any(isinstance(o, CommandRan | FileWritten | Requested) for o in seen)


# --- timeline ---------------------------------------------------------------------------------


def _timeline(record: RunRecord) -> Iterator[TimelineEntry]:
    ended = False
    for entry in record.entries:
        details = _details(entry)
        if not details:
            continue
        ended = ended or entry.event is JournalEvent.LOOP_COMPLETE
        yield TimelineEntry(
            timestamp=entry.timestamp,
            iteration=entry.iteration,
            event=entry.event,
            details=_one_line(details),
        )
    state = record.state
    if state.status.ended and not ended:
        yield TimelineEntry(
            timestamp=state.updated_at,
            iteration=state.iteration,
            event=JournalEvent.LOOP_COMPLETE,
            details=_words(state.status),
        )


def _one_line(text: str) -> str:
    """The text without line breaks and without the fences that would be left in its middle."""
    lines = (line for line in plain(text).split("\n") if not line.lstrip().startswith("```"))
    return " ".join(" ".join(lines).split())


def _details(entry: JournalEntry) -> str:
    """What a turn came to; empty for what is no turn."""
    match entry.event:
        case JournalEvent.ITERATION_START:
            return entry.message or f"Attempt {entry.iteration} begins on a fresh machine"
        case JournalEvent.STUDENT_OUTPUT if entry.student_output:
            return _said(entry.student_output)
        case JournalEvent.MENTOR_OUTPUT if entry.mentor_result:
            return _answered(entry.mentor_result)
        case JournalEvent.ERROR:
            return entry.message or "An error of SMILE or of its environment"
        case JournalEvent.LOOP_COMPLETE:
            told = (entry.message, entry.under_way.sentence if entry.under_way else "")
            details = "; ".join(filter(None, told))
            status = _words(entry.status) if entry.status else "ended"
            return f"{status}: {details}" if details else status
        case _:
            return ""


def _said(student: StudentOutput) -> str:
    where = f" at line {student.location.line}" if student.location else ""
    match student.status:
        case StudentStatus.COMPLETED:
            return f"The Student came to the end: {student.summary}"
        case StudentStatus.ASK_MENTOR:
            return f"The Student asks{where}: {student.question_for_mentor}"
        case StudentStatus.CANNOT_COMPLETE:
            return f"The Student gives up{where}: {student.reason}"


def _answered(result: MentorResult) -> str:
    if not result.resolvable:
        return f"The Mentor knows no way: {result.mentor_output}"
    return f"The Mentor answers: {result.mentor_output}"


def _words(status: Status) -> str:
    return status.value.replace("_", " ")


# --- audit trail ------------------------------------------------------------------------------


def _audit_trail(record: RunRecord) -> AuditTrail:
    seen = [entry.observation for entry in record.entries if entry.observation is not None]
    commands = [_command(o) for o in seen if isinstance(o, CommandRan)]
    return AuditTrail(
        commands=(*commands, *_cut_short(record.state)),
        files=tuple(
            WrittenFile.model_validate(o.model_dump()) for o in seen if isinstance(o, FileWritten)
        ),
        llm_calls=tuple(
            UsedModel(
                iteration=call.iteration,
                role=call.role,
                provider=call.provider,
                model=call.model,
                prompt_tokens=call.prompt_tokens,
                completion_tokens=call.completion_tokens,
                duration_ms=call.duration_ms,
                timestamp=call.timestamp,
            )
            for call in record.llm_calls
        ),
        requests=tuple(
            SeenRequest.model_validate(o.model_dump()) for o in seen if isinstance(o, Requested)
        ),
    )


def _cut_short(state: LoopState) -> Iterator[RunCommand]:
    """The command that the end of the run stopped."""
    seen = state.under_way
    if seen is not None and seen.kind == wire.COMMAND:
        fields = seen.model_dump(exclude={"kind", "timestamp", "lost"})
        yield _command(
            CommandRan(**fields, timestamp=state.updated_at, outcome=CommandOutcome.STOPPED)
        )


def _command(seen: CommandRan) -> RunCommand:
    values = seen.model_dump() | {"command": seen.text, "output": plain(seen.output)}
    return RunCommand.model_validate(values)
