"""Minor gaps: what the Student got past alone, as it was seen."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from smile.plain import plain
from smile.regex import regex
from smile.report.edits import edits_of
from smile.report.escape import code, fence
from smile.report.model import Edit, Evidence, Gap, SetAside
from smile.report.outputs import shown_again
from smile.report.record import Attempt
from smile.report.stuck import place_of
from smile.report.unattended import unattended
from smile.tutorial.model import Image, Lines, Run, Tutorial
from smile.wire import (
    Asked,
    Change,
    ChangeAction,
    CommandRan,
    FixState,
    GapKind,
    Improvised,
    Location,
    Observed,
    OutputDiffered,
    Severity,
    StepState,
)

__all__ = ["left_behind", "minor_gaps", "missing_pictures", "without"]

LONGEST_DIFF = 20
LONGEST_PASTE = 40


def minor_gaps(tutorial: Tutorial, attempts: tuple[Attempt, ...]) -> tuple[Gap, ...]:
    """One gap (id empty) for each kind and line, with what the last iteration showed of it."""
    last: dict[tuple[GapKind, int], Gap] = {}
    for attempt in attempts:
        for gap in (
            *_prompts(attempt, tutorial),
            *_improvised(attempt, tutorial),
            *_mismatches(attempt, tutorial, attempts),
        ):
            last[gap.kind, gap.location.line_number] = gap
    return (*_folded(last.values()), *missing_pictures(tutorial))


def missing_pictures(tutorial: Tutorial) -> tuple[Gap, ...]:
    """One gap (id empty) for each picture that is not there."""
    missing = [i for i in tutorial.images if i.data is None and not i.left_behind]
    gaps = [_image(image, tutorial) for image in missing]
    return tuple({gap.title: gap for gap in gaps}.values())


_WRAPPERS = regex(r"^(?:sudo|env|npx|uv run|poetry run|bundle exec|python3? -m)\s+")


def _folded(gaps: Iterable[Gap]) -> Iterator[Gap]:
    """One mismatch a program: when a new release prints differently, it does so everywhere."""
    found: dict[str, list[Gap]] = defaultdict(list)
    for gap in sorted(gaps, key=lambda gap: gap.location.line_number):
        if gap.kind is not GapKind.OUTPUT_MISMATCH:
            yield gap
            continue
        found[_program(gap.evidence.command or gap.id)].append(gap)
    for first, *others in found.values():
        also = ", ".join(str(gap.location.line_number) for gap in others)
        problem = f"{first.problem} So it is on line {also}." if also else first.problem
        edits = tuple(edit for gap in (first, *others) for edit in gap.edits)
        known = all(gap.edits for gap in (first, *others))
        yield first.model_copy(update={"problem": problem, "edits": edits if known else ()})


def _program(command: str) -> str:
    """What a command runs: the program, and its subcommand if it has one."""
    words = _WRAPPERS.sub("", command.strip()).split()
    return " ".join(words[:1] if len(words) > 1 and words[1].startswith("-") else words[:2])


def _gap(
    tutorial: Tutorial,
    lines: Lines,
    seen: Evidence,
    *,
    kind: GapKind,
    title: str,
    problem: str,
    fix: str,
    edits: tuple[Edit, ...] = (),
) -> Gap:
    first = max(1, lines.first)
    return Gap(
        id="",
        title=title,
        kind=kind,
        severity=Severity.MINOR,
        location=place_of(Location(line=first, end_line=max(first, lines.last)), tutorial),
        problem=problem,
        suggested_fix=fix,
        evidence=seen,
        fix=FixState.UNVERIFIED,
        edits=edits,
    )


def _evidence(attempt: Attempt, seen: Observed, command: str) -> Evidence:
    ran = [c for c in attempt.commands() if c.step == seen.step and c.text == command]
    return Evidence(
        iteration=attempt.iteration,
        command=command,
        exit_code=ran[-1].exit_code if ran else None,
        outcome=ran[-1].outcome if ran else None,
    )


# --- questions --------------------------------------------------------------------------------


def _prompts(attempt: Attempt, tutorial: Tutorial) -> Iterator[Gap]:
    by_command: dict[tuple[int, str], list[Asked]] = defaultdict(list)
    for seen in attempt.observations:
        if isinstance(seen, Asked) and not seen.mentioned:
            by_command[seen.line, seen.command].append(seen)
    for (line, command), asked in by_command.items():
        # What a command of the Mentor asks is no gap of the tutorial.
        if not attempt.from_note(command, line):
            yield _prompt(attempt, asked, tutorial)


def _prompt(attempt: Attempt, asked: list[Asked], tutorial: Tutorial) -> Gap:
    first = asked[0]
    questions = tuple(dict.fromkeys(" ".join(plain(a.question).split()) for a in asked))
    count = "a question" if len(questions) == 1 else f"{len(questions)} questions"
    quoted = ", ".join(f"“{question}”" for question in questions[:5])
    short = _short(first.command)
    evidence = _evidence(attempt, first, first.command)
    fix, change = _answers(first.command, asked, questions)
    return _gap(
        tutorial,
        Lines(first.line, first.end_line),
        evidence.model_copy(update={"lines": questions[:8], "format": "question"}),
        kind=GapKind.INTERACTIVE_PROMPT,
        title=f"`{short}` asks {count} that the text does not speak of",
        problem=f"`{short}` waits for an answer to {quoted}, "
        "and the text does not say what to answer.",
        fix=fix,
        edits=edits_of([change], tutorial.text),
    )


def _answers(command: str, asked: list[Asked], questions: tuple[str, ...]) -> tuple[str, Change]:
    """What to write: the command that does not ask, else what to answer below it."""
    line = max(1, asked[0].line)
    fixed = unattended(command, questions)
    if fixed:
        change = Change(action=ChangeAction.REPLACE, line=line, commands=(fixed,))
        return fence(fixed, "sh"), change
    answers = {" ".join(plain(a.question).split()): plain(a.answer).strip() for a in asked}
    lines = [
        f"- {code(question)}: {f'answer {code(answer)}' if answer else 'press Enter'}"
        for question, answer in answers.items()
    ]
    text = "\n".join([f"{code(command)} asks what to do:", "", *lines])
    return text, Change(action=ChangeAction.SAY_AFTER, line=line, say=text)


# --- outputs ----------------------------------------------------------------------------------


def _mismatches(
    attempt: Attempt, tutorial: Tutorial, attempts: tuple[Attempt, ...]
) -> Iterator[Gap]:
    stopped = attempt.stopped
    failed = stopped.failure.command if stopped and stopped.failure else None
    for seen in attempt.observations:
        if not isinstance(seen, OutputDiffered) or seen.command == failed:
            continue
        if not any(_printed_as_shown(later, seen) for later in attempts if _after(later, attempt)):
            yield _mismatch(attempt, seen, tutorial)


def _after(later: Attempt, attempt: Attempt) -> bool:
    return later.iteration > attempt.iteration


def _printed_as_shown(attempt: Attempt, differed: OutputDiffered) -> bool:
    """Whether the output was right in another iteration: then it came from another gap."""
    ran = any(_is_of(c, differed) and c.exit_code == 0 for c in attempt.commands())
    again = any(
        isinstance(o, OutputDiffered) and o.line == differed.line for o in attempt.observations
    )
    ended = attempt.ended(differed.step)
    return ran and not again and ended is not None and ended.state is StepState.FOLLOWED


def _is_of(command: CommandRan, differed: OutputDiffered) -> bool:
    return command.text == differed.command and command.step <= differed.step


def _mismatch(attempt: Attempt, seen: OutputDiffered, tutorial: Tutorial) -> Gap:
    expected = plain(seen.expected).strip("\n").split("\n")
    actual = plain(seen.actual).strip("\n").split("\n")
    diff = list(difflib.unified_diff(expected, actual, "the tutorial", "printed", lineterm="", n=1))
    if len(diff) > LONGEST_DIFF:
        diff = [*diff[:LONGEST_DIFF], f"… {len(diff) - LONGEST_DIFF} more lines"]
    shown = actual[:LONGEST_PASTE]
    if len(actual) > LONGEST_PASTE:
        shown = [*shown, "..."]
    evidence = _evidence(attempt, seen, seen.command)
    short = _short(seen.command)
    return _gap(
        tutorial,
        _shown_at(seen, tutorial),
        evidence.model_copy(update={"lines": tuple(diff), "format": "diff"}),
        kind=GapKind.OUTPUT_MISMATCH,
        title=f"The output of `{short}` differs from the one shown",
        problem=f"`{short}` prints something else than the tutorial shows{_missing(seen.missing)}.",
        fix=fence("\n".join(shown), "text"),
        edits=shown_again(tutorial, seen),
    )


def _missing(lines: tuple[str, ...]) -> str:
    if not lines:
        return ""
    return f"; “{_short(plain(lines[0]))}” is not in it"


def _shown_at(seen: OutputDiffered, tutorial: Tutorial) -> Lines:
    """The lines of the output that the tutorial shows, where they are known."""
    step = tutorial.steps[seen.step] if 0 <= seen.step < len(tutorial.steps) else None
    if isinstance(step, Run):
        for command in step.commands:
            if command.expected_lines and (command.text, command.lines.first) == (
                seen.command,
                seen.line,
            ):
                return command.expected_lines
    return Lines(seen.line, seen.end_line)


# --- the rest ---------------------------------------------------------------------------------


def _improvised(attempt: Attempt, tutorial: Tutorial) -> Iterator[Gap]:
    for seen in attempt.observations:
        if isinstance(seen, Improvised):
            problem = plain(seen.problem).strip().rstrip(".")
            what = plain(seen.what).strip()
            yield _gap(
                tutorial,
                Lines(seen.line, seen.end_line),
                Evidence(iteration=attempt.iteration, lines=_telling(problem, what)),
                kind=seen.kind,
                title=_short(problem),
                problem=f"{problem}. The Student got past it alone, by what the text does not say.",
                fix=what,
            )


def _telling(problem: str, what: str) -> tuple[str, ...]:
    return tuple(line for line in (*problem.split("\n"), *what.split("\n")) if line.strip())[:8]


def _image(image: Image, tutorial: Tutorial) -> Gap:
    why = image.why_missing or "there is no such file"
    return _gap(
        tutorial,
        image.lines,
        Evidence(iteration=0, lines=(f"{image.reference}: {why}",)),
        kind=GapKind.MISSING_FILE,
        title=f"Image missing: `{_short(image.reference)}`",
        problem=f"The picture `{image.reference}` can't be shown: {why}.",
        fix=f"Add the file {code(image.path or image.reference)}, or take the picture out.",
    )


def left_behind(tutorial: Tutorial) -> tuple[SetAside, ...]:
    """The pictures that were not handed over with the text, as one entry."""
    images = [image for image in tutorial.images if image.left_behind]
    if not images:
        return ()
    listed = tuple(f"{image.reference}: {image.why_missing}" for image in images)
    count = "1 picture was" if len(images) == 1 else f"{len(images)} pictures were"
    first = Location(line=images[0].lines.first, end_line=images[0].lines.last)
    return (
        SetAside(
            title=f"{count} not handed over with the text",
            location=place_of(first, tutorial),
            problem="Whether a reader sees what the text shows there can't be told here.",
            reason="As published they may well be there.",
            evidence=Evidence(iteration=0, lines=listed),
        ),
    )


def _short(text: str) -> str:
    line = next(iter(plain(text).strip().split("\n")), "")
    return line if len(line) <= 80 else line[:79] + "…"


def without(gaps: Iterable[Gap], stuck: Iterable[Gap]) -> tuple[Gap, ...]:
    """The minor gaps that no other gap of the same kind and line speaks of already."""
    known = {(gap.kind, gap.location.line_number) for gap in stuck}
    return tuple(gap for gap in gaps if (gap.kind, gap.location.line_number) not in known)
