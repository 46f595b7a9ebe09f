"""A run whose loop has not begun: its state, and its end where it comes to no beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from smile import wire
from smile.loop.exchange import Exchange
from smile.loop.messages import message_of
from smile.wire import JournalEntry, JournalEvent, LoopState, Status

__all__ = ["Outset"]

_DRAIN = 0.5
"""Seconds that observers have to read the last event."""


class Outset:
    """Tells observers, without secrets, how a run ended that ended before its loop began."""

    def __init__(self, state: LoopState, exchange: Exchange, redact: Callable[[str], str]) -> None:
        self.state = state
        self._exchange = exchange
        self._redact = redact

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """What escapes from here ended the run, unless the loop has told of its end already."""
        try:
            yield
        except BaseException as error:
            if not self._exchange.ended.is_set():
                await self._end(error)
            raise

    async def _end(self, error: BaseException) -> None:
        failed = isinstance(error, Exception)  # else it was cancelled: somebody stopped it
        status = Status.ERROR if failed else Status.STOPPED
        why = self._redact(str(error) if failed else self._exchange.stop_reason)
        reason = {"error_message": why} if failed else {"stop_reason": why}
        at = wire.now()
        self.state = self.state.model_copy(update={"status": status, "updated_at": at, **reason})
        for event in (JournalEvent.ERROR, JournalEvent.LOOP_COMPLETE)[0 if failed else 1 :]:
            entry = JournalEntry(
                timestamp=at,
                event=event,
                iteration=self.state.iteration,
                status=status,
                message=why,
            )
            message = message_of(entry)
            assert message is not None
            self._exchange.feed.publish(message)
        self._exchange.end()
        await self._exchange.feed.drained(_DRAIN)
