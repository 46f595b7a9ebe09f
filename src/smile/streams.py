"""Bytes between two connections."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter

_BLOCK = 64 * 1024


async def splice(
    first: tuple[StreamReader, StreamWriter],
    second: tuple[StreamReader, StreamWriter],
    *,
    idle: float | None = None,
) -> None:
    """Copy both ways until both ends have said all, or one is gone, or nothing comes for long.

    Args:
        first: one connection.
        second: the other.
        idle: seconds without a byte in either direction after which both are given up.
    """
    clock = asyncio.get_running_loop().time
    last = clock()

    async def copy(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal last
        while block := await reader.read(_BLOCK):
            last = clock()
            writer.write(block)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    copies = {
        asyncio.ensure_future(copy(first[0], second[1])),
        asyncio.ensure_future(copy(second[0], first[1])),
    }
    try:
        pending = copies
        while pending and (idle is None or clock() - last < idle):
            left = None if idle is None else last + idle - clock()
            done, pending = await asyncio.wait(
                pending, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            if any(task.exception() for task in done):
                return  # a broken connection: there is nobody to tell
    finally:
        for task in copies:
            task.cancel()
        await asyncio.gather(*copies, return_exceptions=True)


async def hang_up(writer: StreamWriter) -> None:
    """Close a connection, whatever state it is in."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
