"""The sandbox's only way out: an HTTP proxy that knows where a tutorial must not go.

It speaks CONNECT and absolute URIs (RFC 9110, 9112) and keeps connections open between requests:
a package manager asks for hundreds of files. Names are looked
up here and the address that was checked is the address that is dialled: the author's own machine
is never one of them.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from smile.gateway.heads import BadHeadError, Head, copy_body, read_head
from smile.streams import hang_up, splice

Contact = Callable[[str, int, bool], None]
"""Told of every attempt: host, port, whether it was let through."""

_DIAL_SECONDS = 20.0
_HEAD_SECONDS = 30.0
_IDLE_SECONDS = 600.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this host
            "240.0.0.0/4",  # reserved, broadcast
            "fd00:ec2::254/128",  # a cloud's metadata service, which holds credentials
        ),
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Stream = tuple[StreamReader, StreamWriter]


def refused(address: str) -> bool:
    """Whether an IP address is none of a tutorial's business: this machine, or its links."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified:
        return True
    if any(found.version == net.version and found in net for net in _REFUSED):
        return True
    return _is_own(found)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _is_own(address: Address) -> bool:
    """Whether the address is one of this host's: then the kernel would answer from it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(address), 9))  # nothing is sent
        except OSError:
            return False  # no way there: dialling will say so
        return bool(probe.getsockname()[0] == str(address))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request wants to go."""

    host: str
    port: int


@dataclass(slots=True)
class _Kept:
    """The connection to the last target of one client."""

    target: Target | None = None
    stream: Stream | None = None
    used: bool = False

    async def hang_up(self) -> None:
        if self.stream is not None:
            await hang_up(self.stream[1])
        self.stream = self.target = None


def _nobody(host: str, port: int, allowed: bool) -> None:  # noqa: FBT001
    """Listens when nobody else does."""


class _StaleError(Exception):
    """The origin closed the connection that was kept for it, before it saw the request."""


class _RefusedError(Exception):
    """The target is none of a tutorial's business."""


FOREIGN = (BadHeadError, _RefusedError, OSError)
"""What can keep a request from being carried, as far as it is no bug of ours."""


class EgressProxy:
    """Serves connections of one sandbox.

    Args:
        upstream: URL of the author's own proxy, ``http://[user:password@]host:port``; empty to
            dial directly.
        on_contact: told of every attempt to reach a host.
        refuse: which IP addresses not to dial.
    """

    def __init__(
        self,
        upstream: str = "",
        on_contact: Contact | None = None,
        refuse: Callable[[str], bool] = refused,
    ) -> None:
        self._upstream = urlsplit(upstream if "://" in upstream else f"http://{upstream}")
        self._chained = bool(upstream)
        self._on_contact = on_contact or _nobody
        self._refuse = refuse

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer requests until a peer hangs up; closing the connection is left to the caller."""
        kept = _Kept()
        try:
            while await self._answer_next((reader, writer), kept):
                pass
        finally:
            await kept.hang_up()

    async def _answer_next(self, here: Stream, kept: _Kept) -> bool:
        """Answer one request; whether another may follow on this connection."""
        try:
            async with asyncio.timeout(_IDLE_SECONDS if kept.used else _HEAD_SECONDS):
                head = await read_head(here[0])
            if head is None:
                return False
            target = _target(head)
            there, reused = await self._connection(head, target, kept)
        except FOREIGN as error:
            await _answer_why(here[1], error)
            return False
        if head.method == "CONNECT":
            here[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await splice(here, there, idle=_IDLE_SECONDS)
            return False
        try:
            return await self._exchange(head, target, here, there)
        except _StaleError:
            if not reused or head.ends_by_itself:
                await _answer(here[1], 502, f"{target.host} doesn't speak HTTP")
                return False
        await kept.hang_up()
        try:
            there, _ = await self._connection(head, target, kept)
        except FOREIGN as error:
            await _answer_why(here[1], error)
            return False
        try:
            return await self._exchange(head, target, here, there)
        except _StaleError:
            await _answer(here[1], 502, f"{target.host} doesn't speak HTTP")
            return False

    async def _connection(self, head: Head, target: Target, kept: _Kept) -> tuple[Stream, bool]:
        """The connection kept for this target, or a new one; and whether it was kept."""
        kept.used = True
        if kept.stream is not None and kept.target == target and head.method != "CONNECT":
            return kept.stream, True
        await kept.hang_up()
        kept.stream = await self._reach(target, tunnel=head.method == "CONNECT")
        kept.target = target
        return kept.stream, False

    async def _exchange(self, head: Head, target: Target, here: Stream, there: Stream) -> bool:
        """Carry a request and its response; whether both peers take another one."""
        sending = asyncio.ensure_future(self._send(head, target, here[0], there[1]))
        try:
            goes_on = await _pass_response(there[0], here[1], head)
            if goes_on:
                await sending
        except BadHeadError:
            await _answer(here[1], 502, f"{target.host} doesn't speak HTTP")
            return False
        except TimeoutError:
            return False
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return goes_on

    async def _send(
        self, head: Head, target: Target, reader: StreamReader, writer: StreamWriter
    ) -> None:
        """The request to the origin, or as it came to the author's proxy."""
        passed = head.without_hop_by_hop()
        uri = head.uri
        if self._chained:
            passed = replace(passed, fields=(*passed.fields, *self._credentials()))
        else:
            parts = urlsplit(head.uri)
            uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        name = f"[{target.host}]" if ":" in target.host else target.host
        host = ("Host", name if target.port == 80 else f"{name}:{target.port}")
        fields = (host, *(field for field in passed.fields if field[0].lower() != "host"))
        passed = replace(passed, first=(head.method, uri, "HTTP/1.1"), fields=fields)
        writer.write(passed.to_bytes())
        await writer.drain()
        if head.ends_by_itself:
            await copy_body(head, reader, writer)

    def _credentials(self) -> Iterable[tuple[str, str]]:
        if self._upstream.username is None:
            return ()
        pair = f"{unquote(self._upstream.username)}:{unquote(self._upstream.password or '')}"
        return (("Proxy-Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"),)

    async def _reach(self, target: Target, *, tunnel: bool) -> Stream:
        """A connection to the target; through the author's proxy if there is one."""
        addresses = await self._addresses(target)
        if addresses is None:
            self._on_contact(target.host, target.port, False)
            raise _RefusedError(f"{target.host} is not reachable from this sandbox")
        self._on_contact(target.host, target.port, True)
        if not self._chained:
            return await _dial(addresses, target.port)
        host, port = self._upstream.hostname or "", self._upstream.port or 80
        there = await _dial(await _look_up(Target(host, port)), port)
        if tunnel:
            await self._open_tunnel(target, there)
        return there

    async def _addresses(self, target: Target) -> list[str] | None:
        """What a name stands for; ``None`` when one of it is not to be reached."""
        if _names_this_host(target.host):
            return None
        try:
            addresses = await _look_up(target)
        except socket.gaierror:
            # Behind the author's proxy often only that proxy can look names up.
            return []
        return None if any(map(self._refuse, addresses)) else addresses

    async def _open_tunnel(self, target: Target, there: Stream) -> None:
        name = f"[{target.host}]" if ":" in target.host else target.host
        goal = f"{name}:{target.port}"
        request = Head(("CONNECT", goal, "HTTP/1.1"), (("Host", goal), *self._credentials()))
        there[1].write(request.to_bytes())
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                response = await read_head(there[0])
        except BadHeadError as error:
            response, why = None, str(error)
        else:
            why = " ".join(response.first[1:]) if response else "it hung up"
        if response is None or not response.first[1].startswith("2"):
            await hang_up(there[1])
            raise ConnectionError(f"the author's proxy refused {target.host}: {why}")


async def _answer_why(writer: StreamWriter, error: Exception) -> None:
    await _answer(writer, _status(error), str(error) or "nobody answered in time")


def _status(error: Exception) -> int:
    """Of HTTP, for why a request can't be carried."""
    match error:
        case BadHeadError():
            return 400
        case _RefusedError():
            return 403
        case TimeoutError():
            return 504
        case _:
            return 502


def _target(head: Head) -> Target:
    parts = urlsplit(f"//{head.uri}" if head.method == "CONNECT" else head.uri)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadHeadError(f"{head.uri!r} names no host and port") from error
    if not host or (head.method == "CONNECT" and not port):
        raise BadHeadError(f"{head.uri!r} names no host: this is a proxy")
    if head.method != "CONNECT" and parts.scheme != "http":
        raise BadHeadError(f"scheme {parts.scheme!r} needs CONNECT")
    return Target(host, port or 80)


def _names_this_host(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


async def _look_up(target: Target) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_DIAL_SECONDS):
            found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise BadHeadError(f"{target.host!r} is no host name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _dial(addresses: list[str], port: int) -> Stream:
    """The first of these addresses that answers."""
    failure = OSError("there is no such host")
    for address in addresses:
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                return await asyncio.open_connection(address, port)
        except OSError as error:
            failure = error
    raise failure


async def _pass_response(reader: StreamReader, writer: StreamWriter, request: Head) -> bool:
    """Heads of 1xx as they come, then the final response; whether another may follow.

    Raises:
        _StaleError: the origin hung up without a word.
        BadHeadError: the origin speaks no HTTP.
    """
    while True:
        head = await _response_head(reader)
        interim = head.first[1].startswith("1")
        bare = request.method == "HEAD" or interim or head.first[1] in {"204", "304"}
        goes_on = request.may_go_on and head.may_go_on and (bare or head.ends_by_itself)
        more = () if interim or goes_on else (("Connection", "close"),)
        writer.write(head.without_hop_by_hop().to_bytes(*more))
        await writer.drain()
        if not interim:
            break
    if bare:
        return goes_on
    if not head.ends_by_itself:
        await _copy_all(reader, writer)
        return False
    try:
        await copy_body(head, reader, writer)
    except BadHeadError:  # too late to say so: hanging up does
        return False
    return goes_on


async def _response_head(reader: StreamReader) -> Head:
    async with asyncio.timeout(_IDLE_SECONDS):
        try:
            head = await read_head(reader)
        except ConnectionError as error:
            raise _StaleError from error
    if head is None:
        raise _StaleError
    return head


async def _copy_all(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(TimeoutError):
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                block = await reader.read(64 * 1024)
            if not block:
                return
            writer.write(block)
            await writer.drain()


async def _answer(writer: StreamWriter, status: int, why: str) -> None:
    body = f"smile: {why}\n".encode()
    head = (
        f"HTTP/1.1 {status} smile\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    with contextlib.suppress(OSError):
        await writer.drain()
