"""The careful beginner who knows only the tutorial: follows it and sees what happens."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self, assert_never

from smile import wire
from smile.agent import stuck
from smile.agent.literal import compare, facts, files, remedies
from smile.agent.literal.account import Account
from smile.agent.literal.attempt import Expected, Outcome, Typist, expectation
from smile.agent.literal.interpreter import talk
from smile.agent.literal.screen import Log
from smile.agent.literal.shell import Ending, Result
from smile.agent.literal.suspicion import Suspicion, port_name
from smile.agent.literal.terminals import Terminals, learner_environment
from smile.agent.literal.undone import (
    HANGS,
    NO_WAY,
    OPENS_A_SHELL,
    OPTIONAL,
    Reason,
    Undone,
    inside,
)
from smile.agent.literal.visit import visit
from smile.agent.literal.witness import Sink, Witness
from smile.cuts import ending
from smile.regex import regex
from smile.tutorial.model import (
    Command,
    EditFile,
    Expect,
    Lines,
    Prose,
    Repl,
    Run,
    Skip,
    SkipReason,
    Step,
    Stop,
    Terminal,
    Visit,
    WriteFile,
)
from smile.wire import StepState

_OtherStep = WriteFile | EditFile | Expect | Repl | Visit | Stop | Prose | Skip
_LEAVES = regex(r"\s*(?:exit|logout)\b")
_LOOK_AHEAD = 3
_SECONDS_TO_START, _SECONDS_TO_ANSWER = 20.0, 3.0


class StuckError(Exception):
    """The Student needs the Mentor."""

    def __init__(
        self, failure: wire.Failure, lines: Lines, trigger: wire.Trigger, tried: list[str]
    ) -> None:
        super().__init__(failure.problem or failure.command)
        self.failure, self.lines, self.trigger, self.tried = failure, lines, trigger, tried


class LiteralStudent:
    """One attempt at a tutorial, from the top."""

    def __init__(self, task: wire.Task, text: str, sink: Sink) -> None:
        self._task = task
        self._steps: tuple[Step, ...] = ()
        self._text = text
        self._witness = Witness(sink, task.iteration)
        logs = Path(task.logs_dir)
        logs.mkdir(parents=True, exist_ok=True)
        self._log = Log(logs / f"terminal-{task.iteration}.log", "w")
        environment = learner_environment(dict(os.environ), task.environment)
        self._home = environment["HOME"]
        self._terminals = Terminals(task.work_dir, environment, self._log)
        self._typist = Typist(self._terminals, self._witness, task.behavior, text)
        self._suspicion = Suspicion(text)
        self._account = Account(text, self._witness)
        self._index = 0
        self._inside: Lines | None = None
        """The command that opened a shell in which we can't type, until the reader leaves it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._terminals.close()
        self._log.close()

    def follow(self, steps: tuple[Step, ...]) -> wire.StudentOutput:
        """Do every step in order until the end or until stuck."""
        self._steps, self._account.steps = steps, len(steps)
        try:
            for index, step in enumerate(self._steps):
                self._index = self._account.index = index
                if self._witness.stopped:
                    return self._account.gave_up("Stopped by the orchestrator", "stopped")
                self._witness.begin(index, step, self._account.label(step))
                if isinstance(step, Run):
                    undone = self._run(step)
                    self._witness.end(undone.state, undone.why, undone.lines)
                else:
                    self._witness.end(*self._do(step))
        except StuckError as trouble:
            self._witness.end(StepState.FAILED, str(trouble))
            return self._ask(trouble)
        return self._finished()

    # --- steps ------------------------------------------------------------------------------

    def _do(self, step: _OtherStep) -> tuple[StepState, str]:
        if self._remedies(step).skip:
            return self._give_up_on(step)
        match step:
            case WriteFile() | EditFile():
                return self._write(step)
            case Visit():
                return self._visit(step)
            case Stop():
                return self._stop()
            case Repl():
                return self._talk(step)
            case Expect():
                return StepState.FOLLOWED, "compared with what was printed"
            case Prose():
                self._suspicion.not_followed(step.lines, (*step.about, step.text))
                return StepState.NOT_FOLLOWED, "only described in prose"
            case Skip():
                return self._pass_over(step)
            case _:
                assert_never(step)

    def _pass_over(self, step: Skip) -> tuple[StepState, str]:
        if step.reason is SkipReason.UNKNOWN:
            self._suspicion.not_followed(step.lines, (step.text,))
            return StepState.NOT_FOLLOWED, "not clear what to do with this block"
        return StepState.NOT_APPLICABLE, step.reason.value.replace("_", " ")

    def _give_up_on(self, step: Step) -> tuple[StepState, str]:
        names: tuple[str, ...] = ()
        if isinstance(step, WriteFile | EditFile):
            names = (step.path,)
        elif isinstance(step, Visit):
            names = (port_name(step.url),)
        self._suspicion.skipped(step.lines, names)
        return StepState.SKIPPED, "the Mentor knew no way past it"

    def _run(self, step: Run) -> Undone:
        undone = Undone(step)
        for position, command in enumerate(step.commands):
            here = remedies.at_line(self._task.notes, command.lines.first)
            if self._inside is not None and step.terminal is not Terminal.NEW:
                undone.add(command, self._stay_out(command, self._inside))
                continue
            self._carry_out(here.before, command.lines, step.terminal)
            if here.skip:
                said = remedies.questions(self._task.notes, command.lines.first)
                self._suspicion.skipped(command.lines, (command.text,), said)
                undone.add(command, NO_WAY)
                continue
            expected = self._expected(step, position)
            if here.instead is not None:
                undone.add(command, self._instead(here.instead, command, step, expected))
            else:
                undone.add(command, self._type(command, step, expected, accept=here.accept))
            self._carry_out(here.after, command.lines, step.terminal)
        return undone

    def _stay_out(self, command: Command, opened: Lines) -> Reason | None:
        """A command for the shell that we could not type in, until it is left."""
        if _LEAVES.match(command.text):
            self._inside = None
            return None
        self._suspicion.not_followed(command.lines, (f"`{command.text}`",))
        return inside(opened)

    def _type(
        self, command: Command, step: Run, expected: Expected, *, accept: bool
    ) -> Reason | None:
        """Why a reader would not go on after this command, if so."""
        outcome = self._typist.attempt(command, step, expected, accept=accept)
        if outcome.result.ending is Ending.ELSEWHERE:
            self._inside = command.lines
            self._suspicion.not_followed(command.lines, (f"`{command.text}`",))
            return OPENS_A_SHELL
        if outcome.failure is None or accept:
            self._compare(command, expected, outcome.result)
            return None
        return self._face(outcome.failure, command.lines, step, outcome.tried)

    def _instead(
        self, remedy: wire.Remedy, command: Command, step: Run, expected: Expected
    ) -> Reason | None:
        """Do what the Mentor said in place of the command; why a reader would not go on."""
        outcome = self._carry_out((remedy,), command.lines, step.terminal, expected)
        if outcome is None or outcome.failure is None:
            return None
        return self._face(outcome.failure, command.lines, step, list(remedy.commands))

    def _face(self, failure: wire.Failure, lines: Lines, step: Run, tried: list[str]) -> Reason:
        """A failure of a command: pass over it where that is honest, else ask."""
        if step.optional:
            return OPTIONAL
        if self._suspicion.hangs_on_skipped(failure):
            self._suspicion.lost(lines, (failure.command,))
            return HANGS
        trigger = stuck.judge(failure, len(tried), self._task.behavior).trigger
        raise StuckError(failure, lines, trigger, tried)

    def _expected(self, step: Run, position: int) -> Expected:
        """What the text shows after this command, also when that stands in a block of its own."""
        shown, keeps_running = None, False
        if position == len(step.commands) - 1:
            after = self._steps[self._index + 1 : self._index + 1 + _LOOK_AHEAD]
            shown = after[0] if after and isinstance(after[0], Expect) else None
            keeps_running = any(
                isinstance(s, Stop | Visit) or (isinstance(s, Run) and s.terminal is Terminal.NEW)
                for s in after
            )
        expected = expectation(step.commands[position], step, shown)
        return replace(expected, keeps_running=True) if keeps_running else expected

    def _compare(self, command: Command, expected: Expected, result: Result) -> None:
        if not expected.text or expected.lines is None or expected.fails:
            return
        output, log = result.output, result.ending is Ending.SERVING
        missing = compare.differs(expected.text, output, log=log, check=expected.check)
        deadline = time.monotonic() + _SECONDS_TO_ANSWER
        while missing and log and time.monotonic() < deadline:
            time.sleep(0.2)  # a server's last words may come after it has begun to listen
            output = self._terminals.current.recent()
            missing = compare.differs(expected.text, output, log=log, check=expected.check)
        if not missing:
            return
        line = self._line_of(missing[0], expected.lines)
        place = Lines(line, max(line, expected.lines.last if len(missing) > 1 else line))
        self._witness.differed(command.text, place, expected.text, output, missing)

    def _line_of(self, wanted: str, within: Lines) -> int:
        lines = self._text.split("\n")
        for number in range(within.first, within.last + 1):
            if wanted in lines[number - 1]:
                return number
        return within.first

    def _write(self, step: WriteFile | EditFile) -> tuple[StepState, str]:
        here = self._remedies(step)
        self._carry_out(here.before, step.lines, Terminal.SAME)
        if here.instead is not None and not here.instead.path:
            self._carry_out((here.instead,), step.lines, Terminal.SAME)
            return StepState.FOLLOWED, "as the Mentor said"
        named = here.instead.path if here.instead is not None else step.path
        target = self._target(step, named)
        try:
            written = files.put(step, target)
        except files.CannotWriteError as reason:
            self._suspicion.not_followed(step.lines, (step.path,))
            return StepState.NOT_FOLLOWED, str(reason)
        except OSError as error:
            self._cannot_write(step, target, error)
        self._witness.file(written.path, created=written.created, origin=wire.Origin.TUTORIAL)
        self._carry_out(here.after, step.lines, Terminal.SAME)
        return StepState.FOLLOWED, ""

    def _target(self, step: WriteFile | EditFile, named: str) -> Path:
        """Where the block goes; a reader who was told to edit a file finds it where it is."""
        cwd = self._terminals.current.cwd
        target = files.locate(named, cwd, self._home)
        existing = isinstance(step, EditFile) or step.existing
        if not existing or target.exists():
            return target
        other = files.elsewhere(named, cwd, self._task.work_dir)
        if other is None:
            return target
        there = os.path.relpath(other, cwd)
        if there.startswith(".."):  # one that lies below is found as easily as it is named
            lines = Lines(step.named_at or step.lines.first, step.lines.last)
            problem = f"`{named}` is not where the reader stands: the file is `{there}`"
            what = f"Write `{there}`, or say to go back first."
            self._witness.improvised(lines, problem, what, wire.GapKind.MISSING_DIRECTORY_CHANGE)
        return other

    def _cannot_write(self, step: WriteFile | EditFile, target: Path, error: OSError) -> NoReturn:
        why = error.strerror or str(error)
        failure = wire.Failure(problem=f"can't write {target}: {why}", path=str(target), output=why)
        trigger = stuck.judge(failure, 1, self._task.behavior).trigger
        line = step.named_at or step.lines.first
        lines = Lines(min(line, step.lines.first), step.lines.first)
        raise StuckError(failure, lines, trigger, [f"write {step.path}"])

    def _visit(self, step: Visit) -> tuple[StepState, str]:
        here = self._remedies(step)
        self._carry_out(here.before, step.lines, Terminal.SAME)
        server = self._terminals.last_server()
        answer = visit(step.url, patience=_SECONDS_TO_START if server else _SECONDS_TO_ANSWER)
        self._witness.request(step.url, answer.status, answer.error)
        if answer.works or here.accept:
            return StepState.FOLLOWED, ""
        problem = f"{step.url} answers {answer.status or 'nothing: ' + answer.error}"
        failure = wire.Failure(
            problem=problem, url=step.url, output=ending(server.recent(), 6000) if server else ""
        )
        if self._suspicion.hangs_on_skipped(failure):
            return StepState.SKIPPED, "it hangs on a step that was skipped"
        raise StuckError(failure, step.lines, wire.Trigger.COMMAND_FAILURE, [f"open {step.url}"])

    def _stop(self) -> tuple[StepState, str]:
        self._inside = None
        window = self._terminals.last_server()
        if window is None:
            return StepState.FOLLOWED, "nothing was running"
        self._terminals.stop(window)
        return StepState.FOLLOWED, ""

    def _talk(self, step: Repl) -> tuple[StepState, str]:
        shell = self._terminals.current
        outcome = talk(step, shell, self._witness, self._task.behavior.timeout_seconds)
        if outcome.failure is not None:
            if self._suspicion.hangs_on_skipped(outcome.failure):
                return StepState.SKIPPED, "it hangs on a step that was skipped"
            trigger = stuck.specific_trigger(outcome.failure)
            raise StuckError(outcome.failure, step.lines, trigger, list(step.inputs))
        return outcome.state, outcome.why

    def _remedies(self, step: Step) -> remedies.Remedies:
        named = step.named_at if isinstance(step, WriteFile | EditFile) else step.lines.first
        return remedies.at_line(self._task.notes, step.lines.first, named)

    # --- the Mentor's remedies ---------------------------------------------------------------

    def _carry_out(
        self,
        given: tuple[wire.Remedy, ...],
        lines: Lines,
        terminal: Terminal,
        expected: Expected | None = None,
    ) -> Outcome | None:
        """Do what the remedies say; what came of the last command, or of the first that failed."""
        outcome = None
        for remedy in given:
            for file in remedy.files:
                self._place(file)
            for text in remedy.commands:
                outcome = self._typist.once(
                    text, lines, terminal, expected or Expected(), origin=wire.Origin.NOTE
                )
                if outcome.failure is not None:
                    return outcome
        return outcome

    def _place(self, file: wire.RemedyFile) -> None:
        target = files.resolve(file.path, self._terminals.current.cwd, self._home)
        created = not target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.content, encoding="utf-8")
        self._witness.file(target, created=created, origin=wire.Origin.NOTE)

    # --- the end ----------------------------------------------------------------------------

    def _ask(self, trouble: StuckError) -> wire.StudentOutput:
        seen = facts.collect(
            trouble.failure,
            cwd=self._terminals.current.cwd,
            work_dir=self._task.work_dir,
            variables=self._terminals.variables(),
            terminal=self._terminals.current.number,
            servers=self._terminals.servers,
        )
        doubtful = self._suspicion.doubts(trouble.failure)
        failure = trouble.failure.model_copy(update={"doubtful": doubtful})
        return self._account.stuck(failure, trouble.lines, trouble.trigger, trouble.tried, seen)

    def _finished(self) -> wire.StudentOutput:
        if self._suspicion.left_out:
            where = ", ".join(str(lines.first) for lines in self._suspicion.left_out)
            return self._account.gave_up(
                "Reached the end, but not every step could be done",
                f"The Mentor knew no way past line {where}",
            )
        if not self._text.strip():
            return self._account.gave_up("Nothing to follow", "The tutorial is empty")
        nothing = not any(
            isinstance(s, Run | WriteFile | EditFile | Repl | Visit) for s in self._steps
        )
        said = "No actions required" if nothing else "Followed the tutorial to its end"
        return self._account.completed(said)
