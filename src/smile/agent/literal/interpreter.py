"""Lines for an interactive interpreter (``>>> 1 + 1``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile import wire
from smile.agent.literal.screen import cut
from smile.agent.literal.shell import Ending, Manner, Result, Shell
from smile.agent.literal.witness import Witness
from smile.regex import regex
from smile.tutorial.model import Repl

_STARTS = {"python": "python3 -q", "node": "node -i", "javascript": "node -i", "sqlite": "sqlite3"}
_ERROR = regex(
    r"^(?:Traceback \(most recent call last\)|Uncaught |Parse error|\w*Error: )", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Talk:
    """How the conversation went."""

    state: wire.StepState
    why: str = ""
    failure: wire.Failure | None = None


def talk(step: Repl, shell: Shell, witness: Witness, seconds: float) -> Talk:
    """Type the lines into the interpreter that waits, or into one started for them."""
    manner = Manner(seconds=seconds, answer=lambda *_: None)
    start = _STARTS.get(step.language.lower(), "")
    if not shell.is_busy:
        if not start:
            return Talk(wire.StepState.NOT_FOLLOWED, f"no interpreter for {step.language} is open")
        _typed(witness, shell, step, start, wire.Origin.STUDENT)
        began = shell.run(start, manner)
        _tell(witness, shell, step, start, began, wire.Origin.STUDENT)
        if began.ending is not Ending.WAITING:
            return Talk(wire.StepState.NOT_FOLLOWED, f"`{start}` did not open an interpreter")
        shell.keep(step.lines.first, start, interactive=True)
    _typed(witness, shell, step, "\n".join(step.inputs), wire.Origin.TUTORIAL)
    output = ""
    for line in step.inputs:
        answer = shell.type(line, manner)
        output += answer.output
        if answer.ending is not Ending.WAITING:
            break
    return _judge(step, shell, witness, output)


def _judge(step: Repl, shell: Shell, witness: Witness, output: str) -> Talk:
    text = "\n".join(step.inputs)
    result = Result(Ending.WAITING, None, output, len(output), 0.0)
    _tell(witness, shell, step, text, result, wire.Origin.TUTORIAL)
    if _ERROR.search(output) and not _ERROR.search(step.expected):
        problem = f"the {step.language} interpreter shows an error"
        return Talk(
            wire.StepState.FAILED,
            problem,
            wire.Failure(command=text, output=cut(output), problem=problem),
        )
    return Talk(wire.StepState.FOLLOWED)


def _typed(witness: Witness, shell: Shell, step: Repl, text: str, origin: wire.Origin) -> None:
    witness.typed(text, step.lines, cwd=shell.cwd, origin=origin, terminal=shell.number)


def _tell(  # noqa: PLR0917
    witness: Witness, shell: Shell, step: Repl, text: str, result: Result, origin: wire.Origin
) -> None:
    witness.command(text, step.lines, result, cwd=shell.cwd, origin=origin, terminal=shell.number)
