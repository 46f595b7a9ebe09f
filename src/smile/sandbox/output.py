"""The ends of the pipes of a program that runs inside: its last output, and its input."""

from __future__ import annotations

import asyncio
import os

_KEPT = 64 * 1024
_BLOCK = 64 * 1024
_LEFT_IN_PIPE = 1024 * 1024  # the most that an ordinary user may make a pipe hold


class Output:
    """Takes what a program prints, as fast as it prints, and keeps the end of it."""

    def __init__(self) -> None:
        self._ours, self.theirs = os.pipe()
        os.set_blocking(self._ours, False)
        self._kept = bytearray()
        self._open = True

    def begin(self) -> None:
        """Read; the other end is now in the machine's hands only."""
        os.close(self.theirs)
        self.theirs = -1
        asyncio.get_running_loop().add_reader(self._ours, self._read)

    def close(self) -> None:
        """Take what is still in the pipe; a process left in the background may hold it open."""
        if self.theirs >= 0:
            os.close(self.theirs)
        for _ in range(_LEFT_IN_PIPE // _BLOCK):
            if not self._open or not self._read():
                break
        self._hang_up()

    def text(self) -> str:
        """The last 64 KiB; bytes that are no UTF-8 are replaced."""
        return bytes(self._kept[-_KEPT:]).decode(errors="replace")

    def _read(self) -> bool:
        try:
            block = os.read(self._ours, _BLOCK)
        except BlockingIOError:
            return False
        if not block:
            self._hang_up()
            return False
        self._kept += block
        if len(self._kept) > 4 * _KEPT:
            del self._kept[:-_KEPT]
        return True

    def _hang_up(self) -> None:
        if self._open:
            self._open = False
            asyncio.get_running_loop().remove_reader(self._ours)
            os.close(self._ours)


async def feed(sink: int, content: bytes) -> None:
    """Write a program's standard input and close it; a program need not read it."""
    loop = asyncio.get_running_loop()
    pipe = os.fdopen(sink, "wb", buffering=0)
    try:
        transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, pipe)
    except BaseException:
        # Not by its number: a transport that was half made closes it too, and by then the number
        # may be another file's.
        pipe.close()
        raise
    transport.set_write_buffer_limits(0)  # so that all is written when ``drain`` comes back
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    try:
        writer.write(content)
        await writer.drain()
    except OSError:
        pass  # it has ended, or closed its input
    finally:
        transport.abort()  # closes at once: what could not be written has no reader
