"""The thin shell around the machine: performs its effects, feeds back what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from urllib.parse import urlsplit

from smile import wire
from smile.errors import SmileError, StateError
from smile.loop.events import (
    AwaitMentor,
    AwaitStudent,
    Begin,
    Close,
    Event,
    Failed,
    MentorDone,
    MentorStarted,
    OpenIteration,
    Record,
    SandboxReady,
    StartMentor,
    StartStudent,
    Stopped,
    StudentDone,
    StudentStarted,
    WholeTimeout,
    Work,
)
from smile.loop.exchange import Exchange, Phase, Result
from smile.loop.machine import step
from smile.loop.messages import message_of
from smile.loop.state import State
from smile.loop.store import Store
from smile.loop.wrapper import Wrapper, cancelled
from smile.sandbox.base import Sandbox
from smile.wire import (
    JournalEntry,
    JournalEvent,
    LoopState,
    MentorResult,
    Observation,
    Role,
    Status,
    StudentBehavior,
    StudentOutput,
    StudentResult,
    Task,
)

_DRAIN = 0.5
"""Seconds that observers have to read the last event."""


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """What a run is told. ``timeout`` is in seconds, of the whole run."""

    max_iterations: int = 10
    timeout: float = 1800.0
    behavior: StudentBehavior = field(default_factory=StudentBehavior)
    provider: str = "literal"


def _ignore(_: JournalEntry) -> None:
    return None


class Runner:
    """Drives one run in an open sandbox to its end.

    ``failure`` holds the error behind status ``error``, for its hint and exit code. A fault that
    is no ``SmileError`` is a bug: it ends the run as ``error`` and is raised.
    """

    def __init__(
        self,
        *,
        sandbox: Sandbox,
        tutorial: str,
        store: Store,
        exchange: Exchange,
        settings: LoopSettings,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = wire.now,
        on_entry: Callable[[JournalEntry], None] = _ignore,
    ) -> None:
        self.failure: SmileError | None = None
        self._sandbox = sandbox
        self._tutorial = tutorial
        self._store = store
        self._exchange = exchange
        self._settings = settings
        self._clock = clock
        self._now = now
        self._on_entry = on_entry
        self._state: State | None = None
        self._since = 0.0
        self._used_before = 0.0
        self._used_machine = False
        self._wrapper: Wrapper | None = None

    @property
    def state(self) -> LoopState | None:
        """The state as of now; ``None`` before the run."""
        if self._state is None:
            return None
        if self._state.loop.status.ended:
            return self._state.loop
        return self._state.loop.model_copy(update={"seconds_used": self._seconds_used()})

    def request_stop(self, reason: str) -> None:
        """Ask the run to end: status ``stopped`` within two seconds."""
        self._exchange.request_stop(reason)

    async def run(self, begin: LoopState) -> LoopState:
        """Run from this state, a new one or a resumed one, to the end; the last state.

        Raises ``StateError`` when state or journal can't be written. When cancelled, the state
        file stays as it is and the sandbox is left to its context.
        """
        self._state = State(begin, self._settings.max_iterations)
        self._since, self._used_before = self._clock(), begin.seconds_used
        self._exchange.admit_host(urlsplit(self._sandbox.url).hostname or "localhost")
        try:
            work = self._transition(Begin(self._now()))
            while not isinstance(work, Close):
                work = self._transition(await self._perform(work))
            await self._settle(work)
        except Exception as error:
            self._give_up(error)
            raise
        finally:
            self._exchange.end()
            if self._wrapper is not None:
                self._wrapper.abandon()
        await self._exchange.feed.drained(_DRAIN)
        return self._loop

    # --- transitions ---

    @property
    def _loop(self) -> LoopState:
        assert self._state is not None
        return self._state.loop

    def _seconds_used(self) -> float:
        return self._used_before + self._clock() - self._since

    def _remaining(self) -> float:
        return max(0.0, self._settings.timeout - self._seconds_used())

    def _transition(self, event: Event) -> Work:
        """Step, write the journal, persist; what is to be done next."""
        try:
            return self._step(event)
        except StateError as error:
            if self._loop.status.ended:
                raise
            self.failure = error
            return self._step(Failed(self._now(), str(error)))

    def _step(self, event: Event) -> Work:
        assert self._state is not None
        after, effects = step(self._state, event)
        loop = after.loop.model_copy(update={"seconds_used": self._seconds_used()})
        self._state = replace(after, loop=loop)
        if loop.status.ended:
            self._exchange.close_phase()
        next_work: Work = Close(loop.status)
        for effect in effects:
            if isinstance(effect, Record):
                self._record(effect.entry)
            else:
                next_work = effect
        if loop.status.ended:
            self._store.finish(loop)
        else:
            self._store.save(loop)
        return next_work

    def _record(self, *entries: JournalEntry) -> None:
        self._store.append(*entries)
        for entry in entries:
            if (message := message_of(entry)) is not None:
                self._exchange.feed.publish(message)
            self._on_entry(entry)

    def _give_up(self, error: Exception) -> None:
        """Let the files and the observers know of a bug, or of a disk that is full."""
        if not self._loop.status.ended:
            self._step(Failed(self._now(), f"{type(error).__name__}: {error}"))

    # --- work ---

    async def _perform(self, work: Work) -> Event:
        """Do the work, unless a stop or the end of the time comes first; a result counts still."""
        waiting = isinstance(work, (AwaitStudent, AwaitMentor))
        if self._exchange.stopping.is_set() and not waiting:
            return Stopped(self._now(), self._exchange.stop_reason)
        task = asyncio.ensure_future(self._do(work))
        stop = asyncio.ensure_future(self._exchange.stopping.wait())
        try:
            await asyncio.wait(
                {task, stop}, timeout=self._remaining(), return_when=asyncio.FIRST_COMPLETED
            )
            if task.done():
                return task.result()
            if stop.done():
                return Stopped(self._now(), self._exchange.stop_reason)
            return WholeTimeout(
                self._now(), silent=self._wrapper is not None and self._wrapper.silent
            )
        except SmileError as error:
            self.failure = error
            return Failed(self._now(), str(error))
        finally:
            stop.cancel()
            await cancelled(task)

    async def _do(self, work: Work) -> Event:
        match work:
            case OpenIteration():
                await self._settle(work)
                if self._used_machine:
                    await self._sandbox.reset()
                self._used_machine = True
                return SandboxReady(self._now())
            case StartStudent():
                self._start(Role.STUDENT, work.iteration)
                return StudentStarted(self._now())
            case StartMentor():
                await self._settle(work)
                self._start(Role.MENTOR, work.iteration, work.question)
                return MentorStarted(self._now())
            case AwaitStudent() | AwaitMentor():
                return await self._result()
            case Close():
                raise AssertionError("closing is the end of the run, not a piece of its work")
        assert_never(work)

    def _start(self, role: Role, iteration: int, question: StudentOutput | None = None) -> None:
        phase = self._exchange.open(role, iteration, ends=self._ends, sink=self._observed)
        task = Task(
            role=role,
            run_id=self._loop.run_id,
            iteration=iteration,
            url=self._sandbox.url,
            token=phase.token,
            provider=self._settings.provider,
            tutorial=self._tutorial,
            behavior=self._settings.behavior,
            notes=self._loop.mentor_notes,
            question=question,
            environment=self._sandbox.environment,
        )
        self._wrapper = Wrapper.start(self._sandbox, task, phase, self._remaining())

    async def _result(self) -> Event:
        """What the wrapper at work posts, or how it failed to."""
        assert self._wrapper is not None
        wrapper = self._wrapper
        try:
            result = await wrapper.result()
        finally:
            self._say_dropped(wrapper.phase)
        if result is None:
            return WholeTimeout(self._now(), silent=wrapper.silent)
        return self._done(result)

    def _done(self, result: Result) -> StudentDone | MentorDone:
        match result:
            case StudentResult():
                return StudentDone(self._now(), result.student_output)
            case MentorResult():
                return MentorDone(self._now(), result)

    def _ends(self, result: Result) -> bool:
        """Whether this result will end the loop, also when it comes before its turn is noted."""
        assert self._state is not None
        event = self._done(result)
        student = isinstance(event, StudentDone)
        status = Status.WAITING_FOR_STUDENT if student else Status.WAITING_FOR_MENTOR
        loop = self._loop.model_copy(update={"status": status})
        return step(replace(self._state, loop=loop), event)[0].loop.status.ended

    def _observed(self, observations: tuple[Observation, ...]) -> None:
        at, iteration = self._now(), self._loop.iteration
        self._record(
            *(
                JournalEntry(
                    timestamp=at,
                    event=JournalEvent.OBSERVATION,
                    iteration=iteration,
                    observation=observation,
                )
                for observation in observations
            )
        )

    def _say_dropped(self, phase: Phase) -> None:
        if phase.dropped:
            message = f"{phase.kept} observations were kept, {phase.dropped} more were dropped"
            self._record(
                JournalEntry(
                    timestamp=self._now(),
                    event=JournalEvent.STATUS,
                    iteration=phase.iteration,
                    status=self._loop.status,
                    message=message,
                )
            )

    async def _settle(self, work: Work) -> None:
        """See the last wrapper end before the next piece of work."""
        if self._wrapper is None:
            return
        wrapper, self._wrapper = self._wrapper, None
        cut_short = isinstance(work, Close) and wrapper.phase.answer is None
        await wrapper.settle(at_once=cut_short or self._exchange.stopping.is_set())
