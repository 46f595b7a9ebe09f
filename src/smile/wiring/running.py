"""One run from its configuration to its report."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from smile import wire
from smile.config import Config
from smile.errors import BUG, BugError, NoEvidenceError, SmileError, exhausted
from smile.loop.exchange import Exchange
from smile.loop.runner import LoopSettings, Runner
from smile.loop.store import Beginning, Store, read_journal
from smile.redaction import Redactor
from smile.sandbox.base import TUTORIAL_DIR, Sandbox, Spec
from smile.wire import LoopState, Status
from smile.wiring import engines
from smile.wiring.observer import Observer
from smile.wiring.plan import Plan, make

if TYPE_CHECKING:
    from smile.wiring.outcome import Outcome, Ran

__all__ = ["StoppedEarly", "run"]


class StoppedEarly(NoEvidenceError):  # noqa: N818 - what happened, not what went wrong
    """Somebody asked to stop before the first attempt had begun."""


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
        begun = store.begin(
            run_id=secrets.token_hex(4),
            at=wire.now(),
            tutorial_digest=plan.tutorial_digest,
            config_digest=plan.config_digest,
            fresh=fresh,
        )
        for message in begun.messages:
            watcher.say(message)
        ran = await _follow(plan, store, begun, watcher, stop)

    from smile.wiring.outcome import conclude

    return await asyncio.to_thread(conclude, plan, ran)


async def _follow(
    plan: Plan, store: Store, begun: Beginning, observer: Observer, stop: asyncio.Event
) -> Ran:
    exchange = Exchange(new_token=lambda: plan.redact.learn(secrets.token_urlsafe()))
    runner: Runner | None = None

    def state() -> LoopState:
        return (runner and runner.state) or begun.state

    async with (
        _stoppable(stop, exchange) as opened,
        _open(plan, begun.state.run_id, exchange, state, observer) as sandbox,
    ):
        opened.set()
        runner = _runner(plan, sandbox, store, exchange, observer)
        # The report is needed only at the end: it loads while the Student works.
        loading = asyncio.create_task(asyncio.to_thread(import_module, "smile.wiring.outcome"))
        try:
            last, failure = await _seen_through(runner, begun.state)
        finally:
            await loading
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
async def _open(
    plan: Plan,
    run_id: str,
    exchange: Exchange,
    state: Callable[[], LoopState],
    observer: Observer,
) -> AsyncIterator[Sandbox]:
    """The server, then the sandbox, whose spec needs the server's port."""
    config = plan.config
    # The server takes longest to load: meanwhile the engines are asked.
    loading = asyncio.to_thread(import_module, "smile.server.app")
    choice, _ = await asyncio.gather(
        engines.choose(config.sandbox, config.container_image), loading
    )
    from smile.server.app import create_app
    from smile.server.serve import serving

    because = f": {choice.reason}" if choice.reason else ""
    observer.say(f"sandbox {choice.engine.name}{because}", about="sandbox")
    async with serving(create_app(exchange, state), config.port) as port:
        observer.address(f"http://127.0.0.1:{port}/api/status", exchange.observer_token)
        spec = Spec(
            run_id=run_id,
            image=config.container_image,
            files=dict(plan.files),
            port=port,
            network=plan.network,
        )
        async with choice.engine.open(spec) as sandbox:
            yield sandbox


@asynccontextmanager
async def _stoppable(stop: asyncio.Event, exchange: Exchange) -> AsyncIterator[asyncio.Event]:
    """Heed ``stop``: while things are opened all is cancelled, later the loop is asked to end.

    Set the event that this gives when the sandbox is open.
    """
    opened = asyncio.Event()
    task = asyncio.current_task()
    assert task is not None

    async def watch() -> None:
        await stop.wait()
        if opened.is_set():
            exchange.request_stop("interrupted")
        else:
            task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield opened
    except asyncio.CancelledError:
        if opened.is_set() or not stop.is_set():
            raise
        task.uncancel()
        raise StoppedEarly("stopped before the first attempt had begun") from None
    finally:
        watching.cancel()
