"""What the Student is at right now, from what it tells. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smile.wire import (
    COMMAND,
    CommandBegan,
    CommandRan,
    Observation,
    StepBegan,
    StepEnded,
    UnderWay,
)


@dataclass(frozen=True, slots=True)
class Doing:
    """The step, and the command of it that was typed last and has not ended.

    Beside each stands when it was heard of, by the run's clock: that of the sandbox may go
    differently.
    """

    step: tuple[StepBegan, float] | None = None
    command: tuple[CommandBegan, float] | None = None

    def after(self, seen: Observation, moment: float) -> Doing:
        """With this observation, heard at this moment."""
        match seen:
            case StepBegan():
                return Doing(step=(seen, moment))
            case CommandBegan():
                return replace(self, command=(seen, moment))
            case CommandRan():
                return replace(self, command=None)
            case StepEnded():
                return Doing()
            case _:
                return self

    def under_way(self, moment: float, *, lost: bool = False) -> UnderWay | None:
        """What has begun and not ended at this moment; ``lost`` when nobody could tell of it."""
        begun = self.command or self.step
        if begun is None:
            return None
        seen, since = begun
        kind = seen.kind if isinstance(seen, StepBegan) else COMMAND
        fields = seen.model_dump(exclude={"type"}) | {"kind": kind}
        return UnderWay(**fields, seconds=round(max(0.0, moment - since), 3), lost=lost)
