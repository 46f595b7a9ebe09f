"""What the Student tells at the end of an attempt."""

from __future__ import annotations

from typing import TypedDict

from smile import wire
from smile.agent.literal.witness import Witness
from smile.cuts import beginning
from smile.tutorial.model import EditFile, Lines, Run, Step, Visit, WriteFile


class _Work(TypedDict):
    """What every result tells of the attempt."""

    current_step: str
    attempted_actions: tuple[str, ...]
    files_created: tuple[str, ...]
    commands_run: tuple[str, ...]


class Account:
    """Puts an attempt into words.

    ``index`` is the step that the Student is at, from 0, ``steps`` how many there are.
    """

    def __init__(self, text: str, witness: Witness) -> None:
        self._text, self._witness = text, witness
        self.index = self.steps = 0

    def stuck(
        self,
        failure: wire.Failure,
        lines: Lines,
        trigger: wire.Trigger,
        tried: list[str],
        seen: wire.Facts,
    ) -> wire.StudentOutput:
        """It needs help at these lines."""
        what = in_words(failure)
        return wire.StudentOutput(
            **self._work(tried),
            status=wire.StudentStatus.ASK_MENTOR,
            summary=f"Stuck at line {lines.first}: {what}",
            problem=what,
            question_for_mentor=f"At line {lines.first} {what}. What am I missing?",
            trigger=trigger,
            location=wire.Location(line=lines.first, end_line=lines.last, quote=self.quote(lines)),
            step=self.index,
            failure=failure,
            facts=seen,
        )

    def completed(self, summary: str) -> wire.StudentOutput:
        """It came to the end."""
        return wire.StudentOutput(
            **self._work([]), status=wire.StudentStatus.COMPLETED, summary=summary
        )

    def gave_up(self, summary: str, reason: str) -> wire.StudentOutput:
        """It can't complete the tutorial, or must not go on."""
        return wire.StudentOutput(
            **self._work([]),
            status=wire.StudentStatus.CANNOT_COMPLETE,
            summary=summary,
            reason=reason,
        )

    def label(self, step: Step) -> str:
        """One line that tells a person who watches what the step is."""
        match step:
            case Run():
                return step.commands[0].text.split("\n")[0] if step.commands else ""
            case WriteFile():
                return f"write {step.path}"
            case EditFile():
                return f"change {step.path}"
            case Visit():
                return f"open {step.url}"
            case _:
                return self.quote(step.lines).split("\n")[0]

    def quote(self, lines: Lines) -> str:
        """The raw text of these lines."""
        return "\n".join(self._text.split("\n")[lines.first - 1 : lines.last])

    def _work(self, tried: list[str]) -> _Work:
        return _Work(
            current_step=f"step {self.index + 1} of {self.steps}",
            attempted_actions=tuple(tried),
            files_created=tuple(self._witness.files),
            commands_run=tuple(self._witness.commands),
        )


def in_words(failure: wire.Failure) -> str:
    """The failure as a beginner would put it."""
    if not failure.command:
        return failure.problem
    shown = failure.command.split("\n")[0]
    said = next((row.strip() for row in reversed(failure.output.splitlines()) if row.strip()), "")
    how = f"`{shown}` ends with exit code {failure.exit_code}"
    if failure.problem:
        how = f"`{shown}`: {failure.problem}"
    return f"{how} ({beginning(said, 200)})" if said else how
