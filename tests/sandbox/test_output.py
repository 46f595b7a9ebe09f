"""The pipes of a program that runs inside."""

from __future__ import annotations

import asyncio
import os

import pytest

from smile.sandbox.output import feed


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_feeding_that_is_cancelled_at_any_time_closes_its_own_pipe_only(turns: int) -> None:
    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    source, sink = os.pipe()
    feeding = asyncio.ensure_future(feed(sink, b"x" * 1_000_000))
    for _ in range(turns):
        await asyncio.sleep(0)
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    another = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]  # one gets the number
    os.close(source)
    for _ in range(5):
        await asyncio.sleep(0)
    for descriptor in another:
        os.close(descriptor)
    assert failed == []
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sink)
