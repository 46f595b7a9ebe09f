"""What of a step with several commands was left undone, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from smile.tutorial.model import Command, Lines, Run
from smile.wire import StepState

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a command was not done, as the report says it, and what that makes of its step."""

    state: StepState
    why: str


NO_WAY = Reason(StepState.SKIPPED, "the Mentor knew no way past it")
HANGS = Reason(StepState.SKIPPED, "it hangs on a step that was skipped")
OPTIONAL = Reason(StepState.NOT_FOLLOWED, "optional, and it failed")
OPENS_A_SHELL = Reason(StepState.NOT_FOLLOWED, "it opens a shell in which SMILE can't type")


def inside(opened: Lines) -> Reason:
    """It belongs in a shell in which we can't type."""
    why = f"it belongs in the shell that line {opened.first} opens, in which SMILE can't type"
    return Reason(StepState.NOT_FOLLOWED, why)


@dataclass(slots=True)
class Undone:
    """The commands of one step that were not done, in order."""

    step: Run
    left: list[tuple[Command, Reason]] = field(default_factory=list)

    def add(self, command: Command, reason: Reason | None) -> None:
        """Note it, if there is a reason; a command without one was done."""
        if reason is not None:
            self.left.append((command, reason))

    @property
    def state(self) -> StepState:
        """What became of the step."""
        states = {reason.state for _, reason in self.left}
        if not states:
            return StepState.FOLLOWED
        return StepState.SKIPPED if StepState.SKIPPED in states else StepState.NOT_FOLLOWED

    @property
    def lines(self) -> Lines:
        """From the first to the last command that was not done; all of the step if none was."""
        if len(self.left) in {0, len(self.step.commands)}:
            return self.step.lines
        return Lines(self.left[0][0].lines.first, self.left[-1][0].lines.last)

    @property
    def why(self) -> str:
        """Each of them with its reason, and how many of the step's commands were done."""
        reasons = list(dict.fromkeys(reason.why for _, reason in self.left))
        done = len(self.step.commands) - len(self.left)
        if not done and len(reasons) < 2:
            return "".join(reasons)
        named = "; ".join(f"{self._which(why)}{why}" for why in reasons)
        return f"{named}; {done} of the block's {len(self.step.commands)} commands were done"

    def _which(self, why: str) -> str:
        if len(self.left) == 1:  # ``lines`` says which
            return ""
        lines = [command.lines.first for command, reason in self.left if reason.why == why]
        named = ", ".join(str(line) for line in lines[:_MOST_NAMED])
        more = f" and {len(lines) - _MOST_NAMED} more" if len(lines) > _MOST_NAMED else ""
        return f"{'line' if len(lines) == 1 else 'lines'} {named}{more}: "
