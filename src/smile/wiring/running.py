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
from smile.errors import NoEvidenceError
from smile.loop.exchange import Exchange
from smile.loop.runner import LoopSettings, Runner
from smile.loop.store import Beginning, Store, read_journal
from smile.sandbox.base import TUTORIAL_DIR, Sandbox, Spec
from smile.wire import LoopState, Status
from smile.wiring import engines
from smile.wiring.observer import Observer
from smile.wiring.outset import Outset
from smile.wiring.plan import Plan, make

if TYPE_CHECKING:
    from smile.wiring.outcome import Outcome, Ran

__all__ = ["StoppedEarly", "run"]


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
) -> Outcome:
    """Follow the tutorial, and write the report.

    Args:
        config: what to do.
        environ: the author's environment: keys are looked for in it, nothing else.
        stop: when set, the loop ends, the sandbox is closed and the report is written.
        observer: is told of what happens.
        fresh: forget a run that was cut short.

    Raises:
        SmileError: nothing could be observed, or the input is wrong; there is no report.
    """
    watcher = observer or Observer()
    plan = make(config, environ, watcher)
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
    exchange = Exchange()
    outset = Outset(begun.state, exchange)
    runner: Runner | None = None

    def state() -> LoopState:
        return (runner and runner.state) or outset.state

    async with (
        _stoppable(stop, exchange) as opened,
        _open(plan, outset, exchange, state, observer) as sandbox,
    ):
        opened.set()
        runner = _runner(plan, sandbox, store, exchange, observer)
        # The report is needed only at the end: it loads while the Student works.
        loading = asyncio.create_task(asyncio.to_thread(import_module, "smile.wiring.outcome"))
        try:
            last = await runner.run(begun.state)
        finally:
            await loading
        machine = sandbox.machine
        entrance = await sandbox.close(keep=_keep(plan.config, last))

    from smile.wiring.outcome import Ran

    return Ran(last, machine, read_journal(store.journal_path), runner.failure, entrance)


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
    )


def _keep(config: Config, state: LoopState) -> bool:
    success = state.status is Status.COMPLETED
    return config.container.keep_on_success if success else config.container.keep_on_failure


@asynccontextmanager
async def _open(
    plan: Plan,
    outset: Outset,
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
    from smile.server.address import Address, beside, published
    from smile.server.app import create_app
    from smile.server.serve import serving

    observer.say(f"sandbox {choice.engine.name}" + (f": {choice.reason}" if choice.reason else ""))
    async with serving(create_app(exchange, state), config.port) as port:
        address = Address(f"http://127.0.0.1:{port}", exchange.observer_token)
        file = beside(config.state_file)
        observer.detail(f"{address.url}/api/status, its token is in {file}")
        spec = Spec(
            run_id=outset.state.run_id,
            image=config.container_image,
            files=dict(plan.files),
            port=port,
            network=plan.network,
        )
        with published(file, address):
            async with outset.told(), choice.engine.open(spec) as sandbox:
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
