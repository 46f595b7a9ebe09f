"""The mailbox between the HTTP server and the loop: who may post what, and when.

One token is good for one role in one iteration; the observer token reads the state and stops the
loop. The server calls the ``accept_…`` methods, the loop opens a phase and waits for its result.
Everything runs in one event loop, and nothing here waits for an observer::

    Refused
    ├── Unauthorized   401  no token, or none of ours
    ├── Forbidden      403  another role's, or an iteration that is over
    ├── NotNow         503  the right one, but the loop is not waiting for this
    └── BadBody        400  speaks of another iteration
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from smile.errors import SmileError
from smile.loop.feed import Feed
from smile.wire import Acknowledged, MentorResult, Observation, Role, StudentResult

MAX_OBSERVATIONS = 20_000
MAX_OBSERVED_BYTES = 64 * 1024**2
"""Of one iteration, as posted."""

Result = StudentResult | MentorResult


class Refused(SmileError):  # noqa: N818 - what became of the request, not of us
    """A request that is not taken; ``status`` is its HTTP status."""

    status: ClassVar[int] = 400


class Unauthorized(Refused):
    """No token, or none of ours."""

    status = 401


class Forbidden(Refused):
    """Another role's token, or that of an iteration that is over."""

    status = 403


class NotNow(Refused):
    """The right token, but the loop is not waiting for this."""

    status = 503


class BadBody(Refused):
    """The body can't be right."""

    status = 400


def _no_end(_: Result) -> bool:
    return False


def _no_sink(_: tuple[Observation, ...]) -> None:
    return None


@dataclass(slots=True, eq=False)
class Phase:
    """One wrapper's turn.

    ``result`` is set once, by the first result that is posted; ``calls`` counts what the wrapper
    posted in its turn. ``room`` is how many bytes of observations are taken.
    """

    role: Role
    iteration: int
    token: str
    result: asyncio.Future[Result]
    room: int
    ends: Callable[[Result], bool] = _no_end
    sink: Callable[[tuple[Observation, ...]], None] = _no_sink
    answer: Acknowledged | None = None
    calls: int = 0
    kept: int = 0
    kept_bytes: int = 0
    dropped: int = 0
    last_batch: tuple[Observation, ...] = field(default=())


class Exchange:
    """Tokens, the current phase, the stop request, and the observers' feed."""

    def __init__(
        self,
        *,
        feed: Feed | None = None,
        new_token: Callable[[], str] = secrets.token_urlsafe,
        max_observations: int = MAX_OBSERVATIONS,
        max_bytes: int = MAX_OBSERVED_BYTES,
    ) -> None:
        self.feed = feed or Feed()
        self.observer_token = new_token()
        self.stopping = asyncio.Event()
        self.stop_reason = ""
        self.ended = asyncio.Event()
        self._new_token = new_token
        self._max_observations = max_observations
        self._max_bytes = max_bytes
        self._hosts: set[str] = set()
        self._phases: dict[str, Phase] = {}
        self._current: Phase | None = None
        self._iteration = 0

    # --- the loop's side ---

    def open(
        self,
        role: Role,
        iteration: int,
        *,
        ends: Callable[[Result], bool] = _no_end,
        sink: Callable[[tuple[Observation, ...]], None] = _no_sink,
        room: int = MAX_OBSERVED_BYTES,
    ) -> Phase:
        """Begin a wrapper's turn with a new token; the one before is over.

        ``ends`` says whether a result ends the loop (the wrapper is told "stop"); ``sink`` takes
        observations as they come. What ``sink`` raises becomes the outcome of the phase. ``room``
        is how many bytes of them the sink has room for.
        """
        loop = asyncio.get_running_loop()
        phase = Phase(
            role,
            iteration,
            self._new_token(),
            result=loop.create_future(),
            room=min(room, self._max_bytes),
            ends=ends,
            sink=sink,
        )
        self._phases[phase.token] = phase
        self._current, self._iteration = phase, iteration
        return phase

    def close_phase(self) -> None:
        """Wait for nobody: whatever comes now is refused."""
        self._current = None

    def end(self) -> None:
        """The loop is over: nothing is taken any more, and observers get what is queued."""
        self.close_phase()
        self.feed.close()
        self.ended.set()

    def admit_host(self, host: str) -> None:
        """The server may be called by this name too: the sandbox's way to it."""
        self._hosts.add(host.lower())

    @property
    def hosts(self) -> frozenset[str]:
        """The names, other than loopback, by which the server may be called."""
        return frozenset(self._hosts)

    def request_stop(self, reason: str) -> None:
        """Ask the loop to end; the first reason counts."""
        if not self.stopping.is_set():
            self.stop_reason = reason
            self.stopping.set()

    # --- the server's side ---

    def check_observer(self, token: str) -> None:
        """Refuse everything but the observer token."""
        if not secrets.compare_digest(token.encode(), self.observer_token.encode()):
            if token in self._phases:
                raise Forbidden("this token is not the observer's")
            raise Unauthorized("missing or unknown token")

    def check_role(self, token: str, role: Role) -> None:
        """Refuse everything but a token of this role, whatever its iteration."""
        self._phase_of(token, role)

    def accept_result(self, token: str, role: Role, result: Result) -> Acknowledged:
        """Take a wrapper's result; the same one again is acknowledged, and counted once."""
        phase = self._phase_of(token, role)
        if phase.iteration != self._iteration:
            raise Forbidden(f"iteration {phase.iteration} is over")
        if phase.answer is not None:
            return phase.answer
        self._check_turn(phase)
        phase.calls += 1
        stop = phase.ends(result) or self.stopping.is_set()
        phase.answer = Acknowledged(acknowledged=True, next_action="stop" if stop else "continue")
        if not phase.result.done():
            phase.result.set_result(result)
        return phase.answer

    def accept_observations(
        self, token: str, observations: tuple[Observation, ...], size: int = 0
    ) -> Acknowledged:
        """Take what the Student saw. ``size`` is that of the body, in bytes.

        A batch that comes again, unchanged, right after itself is a client's second try: counted
        once. Beyond the bounds of an iteration observations are dropped and counted.
        """
        phase = self._phase_of(token, Role.STUDENT)
        if phase.iteration != self._iteration:
            raise Forbidden(f"iteration {phase.iteration} is over")
        self._check_turn(phase)
        if phase.answer is not None:
            raise NotNow("this iteration has its result")
        if any(seen.iteration != phase.iteration for seen in observations):
            raise BadBody(f"an observation speaks of another iteration than {phase.iteration}")
        phase.calls += 1
        if observations and observations != phase.last_batch:
            phase.last_batch = observations
            self._keep(phase, observations, size)
        stop = self.stopping.is_set()
        return Acknowledged(acknowledged=True, next_action="stop" if stop else "continue")

    def _keep(self, phase: Phase, observations: tuple[Observation, ...], size: int) -> None:
        room = self._max_observations - phase.kept
        if phase.kept_bytes + size > phase.room:
            room = 0
        kept = observations[: max(0, room)]
        phase.dropped += len(observations) - len(kept)
        phase.kept += len(kept)
        phase.kept_bytes += size if kept else 0
        try:
            phase.sink(kept)
        except Exception as error:
            if not phase.result.done():
                phase.result.set_exception(error)
            if isinstance(error, SmileError):
                raise NotNow("what is observed can't be kept any more") from error
            raise

    def _phase_of(self, token: str, role: Role) -> Phase:
        phase = self._phases.get(token)
        if phase is None:
            if secrets.compare_digest(token.encode(), self.observer_token.encode()):
                raise Forbidden(f"this token is not the {role}'s")
            raise Unauthorized("missing or unknown token")
        if phase.role is not role:
            raise Forbidden(f"this token is not the {role}'s")
        return phase

    def _check_turn(self, phase: Phase) -> None:
        if phase is not self._current:
            raise NotNow(f"the loop is not waiting for the {phase.role}")
