"""The thin shell around the machine: performs its effects, feeds back what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never
from urllib.parse import urlsplit

from smile import wire
from smile.errors import SmileError, StorageError
from smile.loop.doing import Doing
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
from smile.loop.recorder import Recorder
from smile.loop.state import State
from smile.loop.store import Store
from smile.loop.trim import trimmed, trimmed_state
from smile.loop.wrapper import Wrapper, cancelled
from smile.redaction import redacted
from smile.sandbox.base import Sandbox
from smile.wire import (
    JournalEntry,
    JournalEvent,
    LoopState,
    MachineSeen,
    MentorResult,
    Observation,
    Role,
    Status,
    StudentBehavior,
    StudentOutput,
    StudentResult,
    Task,
    UnderWay,
)

_DRAIN = 0.5
"""Seconds that observers have to read the last event."""


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """What a run is told. Times are in seconds.

    ``timeout`` is that of the whole run. A wrapper that is silent for longer than ``silence`` (a
    Student, which gives signs of life) or ``answer`` (a Mentor, which has nothing else to tell) is
    a fault of ours.
    """

    max_iterations: int = 10
    timeout: float = 1800.0
    silence: float = 60.0
    answer: float = 300.0
    behavior: StudentBehavior = field(default_factory=StudentBehavior)
    provider: str = "literal"


def _ignore(_: JournalEntry) -> None:
    return None


def _as_it_is(text: str) -> str:
    return text


class Runner:
    """Drives one run in an open sandbox to its end.

    ``failure`` holds the error behind status ``error``, for its hint and exit code. A fault that
    is no ``SmileError`` is a bug: it ends the run as ``error`` and is raised. The journal does not
    tell of the end by a bug or a ``StorageError``: as after a crash, the next run goes on.
    ``redact`` takes secrets out of whatever leaves the loop: journal, state, observers.
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
        redact: Callable[[str], str] = _as_it_is,
    ) -> None:
        self.failure: SmileError | None = None
        self._sandbox = sandbox
        self._tutorial = tutorial
        self._exchange = exchange
        self._settings = settings
        self._now = now
        self._redact = redact
        self._recorder = Recorder(store, exchange.feed, clock, on_entry)
        self._state: State | None = None
        self._shown: LoopState | None = None
        self._used_machine = False
        self._wrapper: Wrapper | None = None
        self._doing = Doing()

    @property
    def state(self) -> LoopState | None:
        """The state as of now, without secrets; ``None`` before the run."""
        if self._shown is None or self._shown.status.ended:
            return self._shown
        return self._shown.model_copy(update={"seconds_used": self._recorder.seconds_used})

    def request_stop(self, reason: str) -> None:
        """Ask the run to end: status ``stopped`` within two seconds."""
        self._exchange.request_stop(reason)

    async def run(self, begin: LoopState) -> LoopState:
        """Run from this state, a new one or a resumed one, to the end; the last state.

        When state or journal can't be written, that ends the run as ``error``. When cancelled,
        the files stay as they are and the sandbox is left to its context.
        """
        self._state = State(begin, self._settings.max_iterations)
        self._shown = trimmed_state(redacted(begin, self._redact))
        self._recorder.start_clock(begin.seconds_used)
        self._exchange.admit_host(urlsplit(self._sandbox.url).hostname or "localhost")
        try:
            work = self._begin()
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

    def _remaining(self) -> float:
        return max(0.0, self._settings.timeout - self._recorder.seconds_used)

    def _begin(self) -> Work:
        seen = MachineSeen.model_validate(asdict(self._sandbox.machine))
        try:
            self._record(self._entry(JournalEvent.MACHINE, machine=seen))
        except StorageError as error:
            return self._unstored(error)
        return self._transition(Begin(self._now()))

    def _transition(self, event: Event) -> Work:
        """Step; what is to be done next."""
        try:
            return self._step(event)
        except StorageError as error:
            return self._unstored(error)

    def _step(self, event: Event) -> Work:
        """The journal first: what it does not tell has not happened."""
        assert self._state is not None
        after, effects = step(self._state, event)
        seen = tuple(effect.entry for effect in effects if isinstance(effect, Record))
        entries = self._clean(seen)
        used = self._recorder.write(*entries)
        self._state = replace(after, loop=after.loop.model_copy(update={"seconds_used": used}))
        # Once, for all who ask and for the file.
        self._shown = trimmed_state(redacted(self._loop, self._redact))
        if self._loop.status.ended:
            self._exchange.close_phase()
        self._recorder.tell(*entries)
        self._recorder.save(self._shown)
        return next(effect for effect in effects if not isinstance(effect, Record))

    def _record(self, *seen: JournalEntry) -> tuple[JournalEntry, ...]:
        """Write and tell of what is no transition, without secrets."""
        entries = self._clean(seen)
        self._recorder.write(*entries)
        self._recorder.tell(*entries)
        return entries

    def _clean(self, seen: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
        """As they may leave: without secrets, and then cut."""
        return tuple(map(trimmed, redacted(seen, self._redact)))

    def _entry(self, event: JournalEvent, **fields: Any) -> JournalEntry:
        return JournalEntry(
            timestamp=self._now(), event=event, iteration=self._loop.iteration, **fields
        )

    def _unstored(self, error: StorageError) -> Work:
        """The end for want of a place to write to; what had ended before stays as it ended."""
        self.failure = error
        self._recorder.stop_storing()
        if self._loop.status.ended:
            return Close(self._loop.status)
        return self._step(Failed(self._now(), str(error)))

    def _give_up(self, error: Exception) -> None:
        """Let the observers know of a bug."""
        self._recorder.stop_storing()
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
                return Stopped(self._now(), self._exchange.stop_reason, self._under_way())
            return self._out_of_time()
        except SmileError as error:
            self.failure = error
            if isinstance(error, StorageError):
                self._recorder.stop_storing()
            return Failed(self._now(), str(error), self._under_way(lost=True))
        finally:
            stop.cancel()
            await cancelled(task)

    def _out_of_time(self) -> Event:
        """The whole time is over: the tutorial took it, unless the wrapper was lost before."""
        wrapper = self._wrapper
        if wrapper is not None and (lost := wrapper.lost):
            raise lost
        silent = wrapper is not None and wrapper.silent
        return WholeTimeout(self._now(), silent=silent, under_way=self._under_way())

    def _under_way(self, *, lost: bool = False) -> UnderWay | None:
        if self._wrapper is not None and self._wrapper.phase.dropped:
            return None  # what was not kept may have told of its end
        return self._doing.under_way(self._recorder.seconds_used, lost=lost)

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
        phase = self._exchange.open(
            role, iteration, ends=self._ends, sink=self._observed, room=self._recorder.room
        )
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
        self._doing = Doing()
        self._wrapper = Wrapper.start(self._sandbox, task, phase, self._remaining())

    async def _result(self) -> Event:
        """What the wrapper at work posts, or how it failed to."""
        assert self._wrapper is not None
        wrapper = self._wrapper
        student = wrapper.phase.role is Role.STUDENT
        patience = self._settings.silence if student else self._settings.answer
        try:
            result = await wrapper.result(patience)
        finally:
            self._say_dropped(wrapper.phase)
        if result is None:
            return self._out_of_time()
        self._doing = Doing()
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
        plain = self._entry(JournalEvent.OBSERVATION)
        entries = (plain.model_copy(update={"observation": seen}) for seen in observations)
        for entry in self._record(*entries):
            assert entry.observation is not None
            self._doing = self._doing.after(entry.observation, self._recorder.seconds_used)

    def _say_dropped(self, phase: Phase) -> None:
        if phase.dropped:
            message = f"{phase.kept} observations were kept, {phase.dropped} more were dropped"
            self._record(self._entry(JournalEvent.DROPPED, message=message))

    async def _settle(self, work: Work) -> None:
        """See the last wrapper end before the next piece of work."""
        if self._wrapper is None:
            return
        wrapper, self._wrapper = self._wrapper, None
        cut_short = isinstance(work, Close) and wrapper.phase.answer is None
        await wrapper.settle(at_once=cut_short or self._exchange.stopping.is_set())
