"""One run from its configuration to its report."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from smile import wire
from smile.config import Config, SandboxKind
from smile.errors import (
    BUG,
    BugError,
    ExhaustedError,
    NoEvidenceError,
    SandboxError,
    SmileError,
    StorageError,
    exhausted,
)
from smile.loop.exchange import Exchange
from smile.loop.runner import LoopSettings, Runner
from smile.loop.store import Beginning, Store, read_journal
from smile.redaction import Redactor
from smile.sandbox.base import TUTORIAL_DIR, Machine, Sandbox, Spec
from smile.server.address import Address, beside, published
from smile.server.serve import Served, serving
from smile.wire import JournalEntry, JournalEvent, LoopState, Status
from smile.wiring import engines
from smile.wiring.observer import Observer
from smile.wiring.outset import Outset
from smile.wiring.plan import Plan, make

if TYPE_CHECKING:
    from smile.server.serve import ASGIApp
    from smile.wiring.outcome import Outcome, Ran

__all__ = ["StoppedEarly", "run"]


_GOES_ON = (StorageError, ExhaustedError, BugError)
"""Ends that are none of the run's own: as after a crash, the next run goes on."""


class StoppedEarly(NoEvidenceError):  # noqa: N818 - what happened, not what went wrong
    """Somebody asked to stop before the first attempt had begun."""

    exit_code = 130


async def run(
    config: Config,
    *,
    environ: Mapping[str, str],
    stop: asyncio.Event,
    observer: Observer | None = None,
    fresh: bool = False,
    redactor: Redactor | None = None,
) -> Outcome:
    """Follow the tutorial, and write the report.

    Args:
        config: what to do.
        environ: the author's environment: keys are looked for in it, nothing else.
        stop: when set, the loop ends, the sandbox is closed and the report is written.
        observer: is told of what happens.
        fresh: forget a run that was cut short.
        redactor: takes secrets out of all that is written and told; it learns the run's tokens.

    Raises:
        SmileError: nothing could be observed, or the input is wrong; there is no report.
    """
    watcher = observer or Observer()
    plan = make(config, environ, watcher, redactor or Redactor.of(environ))
    with Store(config.state_file) as store:
        begun = store.begin(plan.identity(secrets.token_hex(4)), wire.now(), fresh=fresh)
        for message in begun.messages:
            watcher.say(message)
        if begun.over:
            ran = await _left_over(store, begun, watcher)
        else:
            ran = await _follow(plan, store, begun, watcher, stop)

        from smile.wiring.outcome import conclude

        outcome = await asyncio.to_thread(conclude, plan, ran)
        return _closed(store, outcome)


def _closed(store: Store, outcome: Outcome) -> Outcome:
    """Note that nothing is left to do; where something is, the next run sees to it."""
    if outcome.files is None or isinstance(outcome.error, _GOES_ON):
        return outcome
    end = JournalEntry(
        timestamp=wire.now(), event=JournalEvent.RUN_END, iteration=outcome.state.iteration
    )
    try:
        store.append(end)
    except StorageError as error:
        return replace(outcome, error=outcome.error or error)
    return outcome


async def _left_over(store: Store, begun: Beginning, observer: Observer) -> Ran:
    """A run that was killed between its end and its report."""
    await _remove_elsewhere(begun, observer)

    from smile.wiring.outcome import Ran

    entries = read_journal(store.journal_path)
    machines = [entry.machine for entry in entries if entry.machine is not None]
    return Ran(begun.state, Machine(**machines[-1].model_dump()), entries)


async def _remove_elsewhere(begun: Beginning, observer: Observer) -> None:
    """Remove a dead run's sandbox on an engine that need not answer: this run does not need it."""
    engine = engines.named(SandboxKind(begun.dead_engine))
    try:
        await engine.remove(begun.dead_run)
    except SandboxError as error:
        observer.say(f"the sandbox of run {begun.dead_run} may still be there: {error}")


async def _follow(
    plan: Plan, store: Store, begun: Beginning, observer: Observer, stop: asyncio.Event
) -> Ran:
    exchange = Exchange(new_token=lambda: plan.redact.learn(secrets.token_urlsafe()))
    outset = Outset(begun.state, exchange, plan.redact)
    runner: Runner | None = None

    def state() -> LoopState:
        return (runner and runner.state) or outset.state

    async with (
        _stoppable(stop, exchange) as opened,
        _serve(plan, outset, exchange, state, observer) as server,
        _open(plan, begun, server.port, observer) as sandbox,
    ):
        opened.set()
        runner = _runner(plan, sandbox, store, exchange, observer)
        loading = asyncio.create_task(asyncio.to_thread(_load_report))
        try:
            last, failure = await _seen_through(runner, begun.state)
        finally:
            await loading
        server.stop()
        machine = sandbox.machine
        entrance = await sandbox.close(keep=_keep(plan.config, last))

    from smile.wiring.outcome import Ran

    return Ran(last, machine, read_journal(store.journal_path), failure, entrance)


async def _seen_through(runner: Runner, begin: LoopState) -> tuple[LoopState, SmileError | None]:
    """The last state, and what ended the run when that was a fault.

    A bug of ours is such a fault, too: what was seen until then is reported all the same.
    """
    try:
        return await runner.run(begin), runner.failure
    except Exception as error:
        if isinstance(error, SmileError) and error.exit_code != BUG:
            raise
        last = runner.state
        if last is None or not last.status.ended:
            raise  # not even that could be noted
        fault: SmileError | None = exhausted(error)
        if fault is None:
            fault = BugError(f"{type(error).__name__}: {error}")
            fault.__cause__ = error
        return last, fault


def _load_report() -> None:
    """Load what is needed only at the end while the Student works, who waits for the server."""
    for name in ("smile.server.app", "smile.wiring.outcome"):
        import_module(name)


def _runner(
    plan: Plan, sandbox: Sandbox, store: Store, exchange: Exchange, observer: Observer
) -> Runner:
    settings = LoopSettings(
        max_iterations=plan.config.max_iterations,
        timeout=plan.config.timeout,
        behavior=plan.config.student_behavior,
        provider=plan.provider.name,
    )
    return Runner(
        sandbox=sandbox,
        tutorial=f"{TUTORIAL_DIR}/{plan.config.tutorial.name}",
        store=store,
        exchange=exchange,
        settings=settings,
        on_entry=observer.entry,
        redact=plan.redact,
    )


def _keep(config: Config, state: LoopState) -> bool:
    success = state.status is Status.COMPLETED
    return config.container.keep_on_success if success else config.container.keep_on_failure


@asynccontextmanager
async def _serve(
    plan: Plan,
    outset: Outset,
    exchange: Exchange,
    state: Callable[[], LoopState],
    observer: Observer,
) -> AsyncIterator[Served]:
    """The server, which loads meanwhile, and a file for the author that says where it is."""

    def api() -> ASGIApp:
        from smile.server.app import create_app

        return create_app(exchange, state)

    file = beside(plan.config.state_file)
    async with serving(api, plan.config.port) as server:
        address = Address(f"http://127.0.0.1:{server.port}", exchange.observer_token)
        wanted = plan.config.port
        taken = wanted if wanted not in {0, server.port} else 0
        observer.address(address.url, file, instead_of=taken)
        with published(file, address):
            async with outset.told():
                yield server


@asynccontextmanager
async def _open(
    plan: Plan, begun: Beginning, port: int, observer: Observer
) -> AsyncIterator[Sandbox]:
    """The sandbox, from which the orchestrator is reached at this port."""
    config = plan.config
    # A resumed run stays on the engine that it began on: its report tells of one machine.
    kind = SandboxKind(begun.dead_engine) if begun.resumed and begun.dead_engine else config.sandbox
    choice = await engines.choose(kind, config.container_image, observer.say)
    because = f": {choice.reason}" if choice.reason else ""
    observer.say(f"sandbox {choice.engine.name}{because}", about="sandbox")
    if begun.dead_run:
        await choice.engine.remove(begun.dead_run)
        if begun.dead_engine not in {"", choice.engine.name}:
            await _remove_elsewhere(begun, observer)
    spec = Spec(
        run_id=begun.state.run_id,
        image=config.container_image,
        files=dict(plan.files),
        port=port,
        network=plan.network,
        limits=plan.limits,
    )
    async with choice.open(spec) as sandbox:
        yield sandbox


@asynccontextmanager
async def _stoppable(stop: asyncio.Event, exchange: Exchange) -> AsyncIterator[asyncio.Event]:
    """Heed ``stop``, and who asks through the API.

    While things are opened all is cancelled, later the loop is asked to end. Set the event that
    this gives when the sandbox is open.
    """
    opened = asyncio.Event()
    task = asyncio.current_task()
    assert task is not None

    async def pass_on() -> None:
        await stop.wait()
        exchange.request_stop("interrupted")

    async def heed() -> None:
        await exchange.stopping.wait()
        if not opened.is_set():
            task.cancel()

    watching = [asyncio.create_task(each) for each in (pass_on(), heed())]
    try:
        yield opened
    except asyncio.CancelledError:
        if opened.is_set() or not exchange.stopping.is_set():
            raise
        task.uncancel()
        raise StoppedEarly("stopped before the first attempt had begun") from None
    finally:
        for each in watching:
            each.cancel()
