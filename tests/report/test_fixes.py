"""Which fixes go into a text together, and what a run of that text says of each."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from tests.report.example import TUTORIAL, Story, whole_record

from smile.report.build import build
from smile.report.fixes import batch_of, judge, left, next_batch
from smile.report.model import Edit, Evidence, Gap, Place, Report, RunCommand
from smile.wire import CommandOutcome, FixState, GapKind, Origin, Severity, Status

TEXT = "".join(f"line {number}\n" for number in range(1, 21))


def edit(first: int, *lines: str, last: int = 0) -> Edit:
    return Edit(line_number=first, end_line=last or first - 1, lines=lines)


def gap(name: str, line: int, *edits: Edit, iteration: int = 1, command: str = "") -> Gap:
    return Gap(
        id=name,
        title=f"{name} is missing",
        kind=GapKind.MISSING_FILE,
        severity=Severity.MAJOR,
        location=Place(line_number=line, end_line=line),
        problem="",
        suggested_fix="",
        evidence=Evidence(iteration=iteration, command=command or f"use {name}"),
        edits=edits,
    )


def ran(command: str, line: int, code: int = 0, origin: Origin = Origin.TUTORIAL) -> RunCommand:
    return RunCommand(
        iteration=1,
        step=0,
        line=line,
        command=command,
        cwd="/",
        exit_code=code,
        outcome=CommandOutcome.EXITED,
        output="",
        output_bytes=0,
        seconds=0,
        origin=origin,
        terminal=1,
        timestamp=some_report().summary.ended_at,
    )


@cache
def some_report() -> Report:
    return build(whole_record())


def report(
    *gaps: Gap, commands: tuple[RunCommand, ...] = (), status: Status = Status.COMPLETED
) -> Report:
    whole = some_report()
    return whole.model_copy(
        update={
            "gaps": gaps,
            "not_followed": (),
            "summary": whole.summary.model_copy(update={"status": status}),
            "audit_trail": whole.audit_trail.model_copy(update={"commands": commands}),
        }
    )


def states(*gaps: Gap, before: Report, after: Report) -> dict[str, Any]:
    return {j.gap.id: j.state for j in judge(batch_of(gaps, TEXT), before, after)}


def test_edits_of_several_gaps_go_in_together_in_the_order_in_which_they_were_found() -> None:
    second = gap("b", 5, edit(5, "two"), iteration=2)
    first = gap("a", 5, edit(5, "one"))

    batch = batch_of((second, first), TEXT)

    assert [each.lines for each in batch.edits] == [("one",), ("two",)]


def test_what_was_found_later_at_the_same_line_stands_for_both() -> None:
    first = gap("a", 5, edit(5, "cmd --one", last=5))
    later = gap("b", 5, edit(5, "cmd --one --two", last=5), iteration=2)

    batch = batch_of((first, later), TEXT)

    assert (batch.gaps, batch.covered, batch.edits) == ((later,), (first,), later.edits)


def test_lines_that_two_fixes_need_are_written_once() -> None:
    one = gap("a", 5, edit(5, "import a"))
    both = gap("b", 6, edit(5, "import b", "import a"), iteration=2)

    assert batch_of((one, both), TEXT).edits == both.edits


def test_an_output_is_looked_at_when_all_else_runs_well() -> None:
    output = gap("a", 5, edit(5, "x", last=5)).model_copy(
        update={"kind": GapKind.OUTPUT_MISMATCH, "severity": Severity.MINOR}
    )
    mended, words = gap("b", 9, edit(9, "y")), gap("c", 12)

    assert next_batch(report(output, mended), TEXT, ()).gaps == (mended,)
    assert next_batch(report(output, words), TEXT, ()).gaps == ()
    assert next_batch(report(output), TEXT, (mended,)).gaps == (output,)
    assert next_batch(report(output), TEXT, (output,)).gaps == ()
    assert left(report(output, mended, words), (mended,)) == (output, words)


def test_a_line_without_its_secret_is_not_written() -> None:
    hidden = gap("a", 5, edit(5, "curl -H 'token: [redacted]'", last=5))

    assert batch_of((hidden,), TEXT).gaps == ()
    assert batch_of((hidden,), TEXT + "[redacted]\n").gaps == ()
    assert batch_of((hidden,), TEXT.replace("line 5", "[redacted]")).gaps == (hidden,)


def test_edits_that_do_not_fit_the_text_are_left_alone() -> None:
    outside = gap("a", 5, edit(50, "x"))
    torn = gap("b", 5, edit(5, "x\ny"))
    clashing = gap("c", 5, edit(5, "x", last=7), edit(6, "y", last=6))

    assert batch_of((outside, torn, clashing), TEXT).gaps == ()


def test_a_gap_that_is_gone_is_verified_and_one_that_stays_has_failed() -> None:
    gone, stays = gap("a", 5, edit(5, "x", "y")), gap("b", 9, edit(9, "z"))
    still = stays.model_copy(update={"location": Place(line_number=12, end_line=12), "id": "gap-1"})

    seen = states(gone, stays, before=report(gone, stays), after=report(still))

    assert seen == {"a": FixState.VERIFIED, "b": FixState.FAILED}


def test_what_was_not_reached_is_not_verified() -> None:
    one, two = gap("a", 5, edit(5, "x")), gap("b", 9, edit(9, "y"))
    after = report(commands=(ran("use a", 6), ran("use b", 11, 1)), status=Status.MAX_ITERATIONS)

    seen = states(one, two, before=report(one, two), after=after)

    assert seen == {"a": FixState.VERIFIED, "b": FixState.UNVERIFIED}


def test_a_gap_in_the_lines_of_a_fix_is_blamed_on_it() -> None:
    one, two = gap("a", 5, edit(5, "make x")), gap("b", 9, edit(9, "make y"))
    new = gap("c", 10, command="make y")

    seen = states(one, two, before=report(one, two), after=report(new))

    assert seen == {"a": FixState.VERIFIED, "b": FixState.FAILED}


def test_what_worked_before_and_fails_now_is_blamed_on_the_nearest_fix_above() -> None:
    one, two = gap("a", 5, edit(5, "x")), gap("b", 15, edit(15, "y"))
    new = gap("c", 11, command="cmd")
    before = report(one, two, commands=(ran("cmd", 10),))

    seen = states(one, two, before=before, after=report(new))

    assert seen == {"a": FixState.FAILED, "b": FixState.VERIFIED}


def test_what_only_now_is_reached_is_blamed_on_nobody() -> None:
    one = gap("a", 5, edit(5, "x"))
    new = gap("c", 11, command="cmd")

    assert states(one, before=report(one), after=report(new)) == {"a": FixState.VERIFIED}


def test_the_report_names_the_text_that_its_lines_refer_to() -> None:
    made = build(Story().attempt().completes().record(tutorial_digest=TUTORIAL.digest))

    assert made.summary.tutorial_digest == TUTORIAL.digest
    assert TUTORIAL.digest != replace(TUTORIAL, text=TUTORIAL.text + "x").digest
