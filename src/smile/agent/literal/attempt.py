"""One command of the tutorial: typed, watched, judged, and tried again as patience allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from smile import wire
from smile.agent import stuck
from smile.agent.literal import compare, questions
from smile.agent.literal.handbook import variables
from smile.agent.literal.screen import cut
from smile.agent.literal.shell import Ending, Manner, Result, Shell
from smile.agent.literal.terminals import Terminals
from smile.agent.literal.witness import Witness
from smile.regex import regex
from smile.tutorial.model import LIKE, Check, Command, Expect, Lines, Run, Terminal

_SLOW = regex(
    r"\b(?:apt(?:-get)?|pip3?|npm|npx|yarn|pnpm|uvx?|pipx|poetry|conda|cargo|rustup|go|gem|bundle"
    r"|mvn|gradle|docker|git\s+clone|curl|wget|make|cmake|composer|dotnet|bun|deno)\b"
)
_SLOW_FACTOR = 5
_EXPECTS_FAILURE = regex(
    r"\berrors?\b|\bfail|\bmissing\b|\bcomplain|\bwon't work|\bdoesn't work|\bcrash", re.IGNORECASE
)
_NO_SUCH_PROGRAM = 127
_SAYS_NOT_THERE = regex(
    r"not found|(?:not|isn't) (?:yet )?(?:installed|there|available|on (?:your |the )?PATH)|"
    r"no such|unknown command|not recognized",
    re.IGNORECASE,
)
_WATCHES = regex(r"--watch\b|\bwatch\b|\btail -[fF]\b|\brun (?:dev|start|serve|watch)\b")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the tutorial says should come of a command."""

    text: str = ""
    lines: Lines | None = None
    fails: bool = False
    keeps_running: bool = False
    check: Check = LIKE
    exit_code: int | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What came of a command: ``failure`` is ``None`` when a reader would go on."""

    result: Result
    failure: wire.Failure | None
    cwd: str
    tried: list[str] = field(default_factory=list)


class Typist:
    """Types commands into the learner's terminals and judges what comes of them."""

    def __init__(
        self, terminals: Terminals, witness: Witness, behavior: wire.StudentBehavior, text: str
    ) -> None:
        self._terminals = terminals
        self._witness = witness
        self._behavior = behavior
        self._lines = text.split("\n")

    def attempt(
        self, command: Command, step: Run, expected: Expected, *, accept: bool = False
    ) -> Outcome:
        """Type the tutorial's command; on failure try again or otherwise, as patience allows."""
        outcome = self.once(command.text, command.lines, step.terminal, expected)
        failures = 1
        while outcome.failure is not None and not accept:
            if stuck.judge(outcome.failure, failures, self._behavior).ask:
                break
            idea = _ideas(command.text, outcome.failure, failures)
            again = self.once(
                idea, command.lines, step.terminal, expected, origin=wire.Origin.STUDENT
            )
            failures += 1
            again.tried = [*outcome.tried, idea]
            if again.failure is None and idea != command.text:
                problem = f"`{command.text}` failed"
                self._witness.improvised(command.lines, problem, idea, _kind(outcome.failure))
            outcome = replace_failure(again, outcome)
        outcome.tried.insert(0, command.text)
        return outcome

    def once(
        self,
        text: str,
        lines: Lines,
        terminal: Terminal,
        expected: Expected,
        *,
        origin: wire.Origin = wire.Origin.TUTORIAL,
    ) -> Outcome:
        """Type it once, in the window where it belongs."""
        started = self._terminals.running(text)
        if started is not None:  # typed again: the first one is stopped, as there is one port
            self._terminals.stop(started)
        shell = self._terminals.pick(terminal, text)
        unset = self._unset_variables(text, shell)
        cwd = shell.cwd
        self._witness.typed(text, lines, cwd=cwd, origin=origin, terminal=shell.number)
        result = shell.run(text, self._manner(text, lines, expected))
        if result.ending in {Ending.SERVING, Ending.WAITING}:
            shell.keep(lines.first, text, interactive=result.ending is Ending.WAITING)
        self._witness.command(text, lines, result, cwd=cwd, origin=origin, terminal=shell.number)
        unset = self._still_unset(unset, text, shell)
        failure = self._judge(text, lines, result, expected, unset)
        if result.ending is Ending.FAILING:
            shell.interrupt()
        elif result.ending is Ending.ELSEWHERE:
            shell.leave()
        return Outcome(result, failure, cwd)

    # --- while it runs ----------------------------------------------------------------------

    def _manner(self, text: str, lines: Lines, expected: Expected) -> Manner:
        factor = _SLOW_FACTOR if _SLOW.search(text) else 1
        return Manner(
            seconds=expected.seconds or self._behavior.timeout_seconds * factor,
            answer=self._answerer(text, lines, expected),
            keeps_running=expected.keeps_running or bool(_WATCHES.search(text)),
            stopped=lambda: self._witness.stopped,
        )

    def _answerer(
        self, text: str, lines: Lines, expected: Expected
    ) -> Callable[[str, str], str | None]:
        first, last = max(0, lines.first - 41), lines.last + 40
        nearby = "\n".join([*self._lines[first:last], expected.text])
        answered: list[str] = []

        def answer(line: str, output: str) -> str | None:
            reply = questions.shown(line, nearby) or questions.reply(line, output)
            if reply is None or len(answered) >= 40:
                return None
            answered.append(line)
            if reply.question:
                told = questions.is_mentioned(reply.question, text, nearby)
                self._witness.asked(
                    text, lines, reply.question.strip(), reply.shown, mentioned=told
                )
            return reply.keys

        return answer

    def _unset_variables(self, text: str, shell: Shell) -> tuple[str, ...]:
        """Variables that the command needs and this window doesn't have."""
        if "<<" in text or shell.is_busy:
            return ()
        return self._missing(variables.unset(text))

    def _missing(self, names: Iterable[str]) -> tuple[str, ...]:
        wanted = sorted(names)
        known = self._terminals.variables() if wanted else {}
        return tuple(name for name in wanted if name not in known)

    def _still_unset(self, unset: tuple[str, ...], text: str, shell: Shell) -> tuple[str, ...]:
        """Those that the command did not set itself, by what it read or evaluated."""
        if not unset or not variables.hides(text):
            return unset
        if shell.is_busy or re.search(r"[(|]", text):
            return ()  # it may have been set where it can't be seen from here
        return self._missing(unset)

    # --- what came of it --------------------------------------------------------------------

    def _judge(
        self,
        text: str,
        lines: Lines,
        result: Result,
        expected: Expected,
        unset: tuple[str, ...],
    ) -> wire.Failure | None:
        if unset:
            names = ", ".join(f"${name}" for name in unset)
            return _failure(text, result, f"{names} is not set")
        match result.ending:
            case Ending.SERVING | Ending.WAITING | Ending.SHELL | Ending.ELSEWHERE:
                return None
            case Ending.FAILING:
                return _failure(text, result, "it keeps running but only shows an error")
            case Ending.TIMED_OUT:
                return _failure(text, result, f"it did not end within {result.seconds:.0f} s")
            case Ending.CLOSED:
                leaves = re.search(r"\b(?:exit|logout)\b", text)
                return None if leaves or result.code == 0 else _failure(text, result)
            case Ending.EXITED:
                if self._is_fine(text, lines, result, expected):
                    return None
                wanted = expected.exit_code
                said = "" if wanted is None else f"it should end with exit code {wanted}"
                return _failure(text, result, said)

    def _is_fine(self, text: str, lines: Lines, result: Result, expected: Expected) -> bool:
        if expected.exit_code is not None:
            return result.code == expected.exit_code
        if result.code == 0 or (expected.fails and self._is_meant(lines, result)):
            return True
        if result.code == 1 and re.match(r"\s*(?:diff|cmp)\b", text):
            return True  # differences found: what these tools are for
        return bool(expected.text) and compare.accounts_for(expected.text, result.output)

    def _is_meant(self, lines: Lines, result: Result) -> bool:
        """An error that the text announces is hardly that the program is not there at all."""
        if result.code != _NO_SUCH_PROGRAM:
            return True
        near = self._lines[max(0, lines.first - 6) : lines.last + 10]
        return bool(_SAYS_NOT_THERE.search("\n".join(near)))


def expectation(command: Command, step: Run, shown: Expect | None) -> Expected:
    """What to expect of a command; ``shown`` is a block of output that follows its step."""
    expected = Expected(
        text=command.expected,
        lines=command.expected_lines,
        fails=step.fails or bool(_EXPECTS_FAILURE.search(command.note)),
        keeps_running=step.background,
        check=command.check,
        exit_code=command.exit_code,
        seconds=step.seconds,
    )
    if command.expected or shown is None:
        return expected
    return replace(expected, text=shown.text, lines=shown.lines, check=shown.check)


def replace_failure(new: Outcome, old: Outcome) -> Outcome:
    """The evidence of the tutorial's own command tells more than that of an improvisation."""
    if new.failure is not None and old.failure is not None:
        return replace(new, failure=old.failure, cwd=old.cwd)
    return new


def _failure(text: str, result: Result, problem: str = "") -> wire.Failure:
    outcome = wire.CommandOutcome.EXITED
    if result.ending is Ending.TIMED_OUT:
        outcome = wire.CommandOutcome.TIMED_OUT
    elif result.ending is Ending.FAILING:
        outcome = wire.CommandOutcome.STOPPED
    return wire.Failure(
        command=text,
        exit_code=result.code,
        output=cut(result.output),
        problem=problem,
        outcome=outcome,
    )


def _ideas(text: str, failure: wire.Failure, failures: int) -> str:
    """What a patient beginner tries next: the same again, then the usual ways around."""
    options = list(_ways_around(text, failure))
    return options[min(failures - 1, len(options) - 1)]


def _ways_around(text: str, failure: wire.Failure) -> Iterator[str]:
    if re.search(r"[Pp]ermission denied|are you root|EACCES", failure.output):
        yield f"sudo {text}"
    if failure.exit_code == 127 and re.match(r"(python|pip)\s", text):
        yield re.sub(r"^(python|pip)\b", r"\g<1>3", text)
    yield text


def _kind(failure: wire.Failure) -> wire.GapKind:
    if re.search(r"[Pp]ermission denied|are you root|EACCES", failure.output):
        return wire.GapKind.PERMISSION
    if failure.exit_code == 127:
        return wire.GapKind.MISSING_PREREQUISITE
    return wire.GapKind.BROKEN_COMMAND
