"""Heads of HTTP/1.1 messages, as a proxy needs them (RFC 9112)."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, replace

_LIMIT = 64 * 1024
_IDLE_SECONDS = 600.0
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
    }
)
"""RFC 9110, section 7.6.1; transfer-encoding stays, because bodies are passed as they come."""


class BadHeadError(Exception):
    """The peer's message is not HTTP/1.1."""


@dataclass(frozen=True, slots=True)
class Head:
    """First line in its three parts, and the fields in order."""

    first: tuple[str, str, str]
    fields: tuple[tuple[str, str], ...]

    @property
    def method(self) -> str:
        """Of a request."""
        return self.first[0]

    @property
    def uri(self) -> str:
        """Of a request."""
        return self.first[1]

    def value(self, name: str) -> str:
        """The last value of a field, empty when there is none."""
        values = [value for key, value in self.fields if key.lower() == name]
        return values[-1] if values else ""

    @property
    def ends_by_itself(self) -> bool:
        """Whether the body says where it ends, so that another message can follow it."""
        return bool(self.value("transfer-encoding") or self.value("content-length"))

    @property
    def may_go_on(self) -> bool:
        """Whether the peer takes another message on this connection (RFC 9112, section 9.3)."""
        version = self.first[0] if self.first[0].startswith("HTTP/") else self.first[2]
        asked = f"{self.value('connection')},{self.value('proxy-connection')}".lower()
        return version == "HTTP/1.1" and "close" not in asked

    def without_hop_by_hop(self) -> Head:
        """Without the fields that are meant for the next peer only."""
        named = {part.strip().lower() for part in self.value("connection").split(",")}
        gone = (_HOP_BY_HOP | named) - {"", "transfer-encoding", "content-length"}
        return replace(self, fields=tuple(f for f in self.fields if f[0].lower() not in gone))

    def to_bytes(self, *more: tuple[str, str]) -> bytes:
        """As it goes over the wire."""
        lines = [" ".join(self.first).rstrip(), *(f"{k}: {v}" for k, v in (*self.fields, *more))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def read_head(reader: StreamReader) -> Head | None:
    """The next head; ``None`` when the peer has hung up before one.

    Raises:
        BadHeadError: it is no head, or longer than 64 KiB.
    """
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise BadHeadError("the head ends early") from error
    except asyncio.LimitOverrunError as error:
        raise BadHeadError("the head is too long") from error
    if len(raw) > _LIMIT:
        raise BadHeadError("the head is too long")
    first, *lines = raw.decode("latin-1").strip("\r\n").split("\r\n")
    parts = first.split(" ", 2)
    if len(parts) < 2 or any(character in raw for character in b"\0"):
        raise BadHeadError("the first line is not HTTP")
    fields = tuple(_field(line) for line in lines)
    return Head((parts[0], parts[1], parts[2] if len(parts) > 2 else ""), fields)


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    # A bare line end or a blank in the name would be read differently by the next peer.
    if not colon or not name or name != name.strip() or "\n" in line or "\r" in line:
        raise BadHeadError("a header field is malformed")
    return name, value.strip()


async def copy_body(head: Head, reader: StreamReader, writer: StreamWriter) -> None:
    """Pass on a body that says where it ends, and nothing after it.

    Raises:
        BadHeadError: it says so wrongly, or ends early.
        TimeoutError: nothing came for ten minutes.
    """
    if "chunked" in head.value("transfer-encoding").lower():
        await _copy_chunks(reader, writer)
        return
    length = head.value("content-length") or "0"
    if not length.isdecimal():
        raise BadHeadError("Content-Length is no number")
    await _copy_exactly(int(length), reader, writer)


async def _copy_exactly(left: int, reader: StreamReader, writer: StreamWriter) -> None:
    while left:
        async with asyncio.timeout(_IDLE_SECONDS):
            block = await reader.read(min(left, _LIMIT))
        if not block:
            raise BadHeadError("the body ends early")
        left -= len(block)
        writer.write(block)
        await writer.drain()


async def _copy_chunks(reader: StreamReader, writer: StreamWriter) -> None:
    while True:
        line = await reader.readline()
        writer.write(line)
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError as error:
            raise BadHeadError("a chunk has no size") from error
        if size == 0:
            break
        await _copy_exactly(size + 2, reader, writer)
    while line := await reader.readline():  # trailer fields, then an empty line
        writer.write(line)
        if line in {b"\r\n", b"\n"}:
            break
    await writer.drain()
