"""The way out of a sandbox: what it carries as it came, and what it refuses."""

from __future__ import annotations

import asyncio
import builtins
import inspect
import ipaddress
import re
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smile.gateway.egress import EgressProxy, refused
from smile.sandbox.relay import Listener, relay

Handler = Callable[[StreamReader, StreamWriter], Awaitable[None]]


def nothing(address: str) -> bool:
    """Refuses no address: the origins of these tests are on loopback."""
    return False


@asynccontextmanager
async def listening(handler: Handler, most: int = 256) -> AsyncIterator[int]:
    server = socket.create_server(("127.0.0.1", 0))
    port: int = server.getsockname()[1]
    listener = Listener(server, handler, most)
    await listener.start()
    try:
        yield port
    finally:
        await listener.close()


class Origin:
    """Records a request whole and answers with what it is told to."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.seen = b""

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.seen = await reader.readuntil(b"\r\n\r\n")
        head = self.seen.lower()
        if b"content-length: " in head:
            length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
            self.seen += await reader.readexactly(length)
        if b"chunked" in head:
            self.seen += await reader.readuntil(b"0\r\n\r\n")
        writer.write(self.answer)
        await writer.drain()


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    writer.write_eof()
    await writer.drain()
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: 5\r\n\r\nhello"


async def test_a_request_reaches_its_origin_without_what_was_meant_for_the_proxy() -> None:
    origin, contacts = Origin(PLAIN), []
    proxy = EgressProxy("", lambda *contact: contacts.append(contact), nothing)
    async with listening(origin.serve) as there, listening(proxy.serve) as here:
        answer = await ask(
            here,
            f"GET http://127.0.0.1:{there}/a?b=c HTTP/1.1\r\nHost: wrong\r\nX-Own: 1\r\n"
            "Proxy-Connection: keep-alive\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n".encode(),
        )
    assert origin.seen.startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{there}\r\n".encode() in origin.seen
    assert b"X-Own: 1" in origin.seen
    assert b"wrong" not in origin.seen
    assert b"X-Hop" not in origin.seen
    assert b"Proxy-Connection" not in origin.seen
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nhello")
    assert b"Keep-Alive" not in answer
    assert contacts == [("127.0.0.1", there, True)]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Length: 200000\r\n", b"x" * 200_000),
        ("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
    ],
)
async def test_a_body_is_passed_as_it_came_and_nothing_after_it(head: str, body: bytes) -> None:
    origin = Origin(PLAIN)
    proxy = EgressProxy("", None, nothing)
    async with listening(origin.serve) as there, listening(proxy.serve) as here:
        request = f"POST http://127.0.0.1:{there}/ HTTP/1.1\r\nHost: h\r\n{head}\r\n".encode()
        answer = await ask(here, request + body + b"GET http://localhost/ HTTP/1.1\r\n\r\n")
    assert origin.seen.endswith(b"\r\n\r\n" + body)
    # What follows the body is a request of its own, and judged as one.
    assert re.findall(rb"HTTP/1\.1 \d+", answer) == [b"HTTP/1.1 200", b"HTTP/1.1 403"]


async def test_requests_to_one_origin_share_a_connection() -> None:
    connections = []

    async def polite(reader: StreamReader, writer: StreamWriter) -> None:
        connections.append(1)
        while (head := await reader.readuntil(b"\r\n\r\n")).startswith(b"GET"):
            body = head.split(b" ")[1]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    proxy = EgressProxy("", None, nothing)
    async with listening(polite) as there, listening(proxy.serve) as here:
        requests = [f"GET http://127.0.0.1:{there}/{n} HTTP/1.1\r\n\r\n" for n in range(3)]
        answer = await ask(here, "".join(requests).encode())
    assert [part[:2] for part in answer.split(b"\r\n\r\n")[1:]] == [b"/0", b"/1", b"/2"]
    assert len(connections) == 1


async def test_an_origin_that_closed_meanwhile_is_dialled_again() -> None:
    connections = []

    async def impatient(reader: StreamReader, writer: StreamWriter) -> None:
        connections.append(1)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PLAIN)  # and hangs up, although it did not say so

    proxy = EgressProxy("", None, nothing)
    async with listening(impatient) as there, listening(proxy.serve) as here:
        request = f"GET http://127.0.0.1:{there}/ HTTP/1.1\r\n\r\n".encode()
        answer = await ask(here, request * 2)
    assert answer.count(b"200 OK") == 2
    assert len(connections) == 2


async def test_interim_answers_come_before_the_final_one() -> None:
    origin = Origin(b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN)
    proxy = EgressProxy("", None, nothing)
    async with listening(origin.serve) as there, listening(proxy.serve) as here:
        answer = await ask(here, f"GET http://127.0.0.1:{there}/ HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


async def echo(reader: StreamReader, writer: StreamWriter) -> None:
    while block := await reader.read(65536):
        writer.write(block.upper())
        await writer.drain()


async def test_a_tunnel_carries_both_ways_and_closes_one_after_the_other() -> None:
    proxy = EgressProxy("", None, nothing)
    async with listening(echo) as there, listening(proxy.serve) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here)
        writer.write(f"CONNECT 127.0.0.1:{there} HTTP/1.1\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.write(b"x" * 1_000_000)
        writer.write_eof()
        assert await reader.read(-1) == b"X" * 1_000_000
        writer.close()
        await writer.wait_closed()


async def test_the_authors_proxy_is_asked_with_its_credentials() -> None:
    first, second = Origin(PLAIN), Origin(b"HTTP/1.1 200 Fine\r\n\r\nthrough")
    request = b"CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n"
    async with listening(second.serve) as upstream:
        proxy = EgressProxy(f"http://me:a%40b@127.0.0.1:{upstream}")
        async with listening(proxy.serve) as here:
            answer = await ask(here, request)
    assert second.seen.startswith(b"CONNECT 93.184.216.34:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6YUBi\r\n" in second.seen
    assert answer.endswith(b"through")
    async with listening(first.serve) as upstream:
        proxy = EgressProxy(f"http://127.0.0.1:{upstream}")
        async with listening(proxy.serve) as here:
            await ask(here, b"GET http://93.184.216.34/a HTTP/1.1\r\n\r\n")
    assert first.seen.startswith(b"GET http://93.184.216.34/a HTTP/1.1\r\n")


async def test_what_the_authors_proxy_refuses_is_told() -> None:
    origin = Origin(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    async with (
        listening(origin.serve) as upstream,
        listening(EgressProxy(f"127.0.0.1:{upstream}").serve) as here,
    ):
        answer = await ask(here, b"CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"407 Proxy Authentication Required" in answer


@pytest.mark.parametrize("upstream", ["", "http://127.0.0.1:9"])
@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost.", "a.localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::1]"]
)
async def test_this_machine_is_refused_by_every_name(host: str, upstream: str) -> None:
    contacts: list[tuple[str, int, bool]] = []
    proxy = EgressProxy(upstream, lambda *contact: contacts.append(contact))
    async with listening(proxy.serve) as here:
        for request in (f"GET http://{host}:22/ HTTP/1.1", f"CONNECT {host}:22 HTTP/1.1"):
            assert (await ask(here, f"{request}\r\n\r\n".encode())).startswith(b"HTTP/1.1 403 ")
    assert [allowed for _, _, allowed in contacts] == [False, False]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1",
        b"GET ftp://a/ HTTP/1.1",
        b"CONNECT a HTTP/1.1",
        b"\0\xff",
        b"CONNECT a:x HTTP/1.1",
    ],
)
async def test_what_is_no_request_to_a_proxy_is_a_bad_request(request_: bytes) -> None:
    async with listening(EgressProxy().serve) as here:
        assert (await ask(here, request_ + b"\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_head_without_end_is_cut_off() -> None:
    async with listening(EgressProxy().serve) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here)
        try:
            with pytest.raises(OSError):  # noqa: PT012  it may hang up while we still write
                while True:
                    writer.write(b"X: " + b"y" * 65536 + b"\r\n")
                    await writer.drain()
                    if reader.at_eof():
                        raise ConnectionError
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def test_an_unknown_name_is_an_answer() -> None:
    async with listening(EgressProxy().serve) as here:
        answer = await ask(here, b"GET http://nowhere.invalid/ HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")


async def test_an_origin_that_speaks_no_http_is_an_answer() -> None:
    origin = Origin(b"220 mail ready\r\nhello\r\n\r\n")
    proxy = EgressProxy("", None, nothing)
    async with listening(origin.serve) as there, listening(proxy.serve) as here:
        answer = await ask(here, f"GET http://127.0.0.1:{there}/ HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 502 ")


async def test_more_callers_than_allowed_are_hung_up_on() -> None:
    async with listening(echo) as there, listening(relay(there), most=2) as here:
        kept = [await asyncio.open_connection("127.0.0.1", here) for _ in range(2)]
        for reader, writer in kept:
            writer.write(b"a")
            assert await reader.read(1) == b"A"
        assert await ask(here, b"") == b""
        for _, writer in kept:
            writer.close()
            await writer.wait_closed()


async def test_a_relay_to_a_port_where_nobody_listens_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with listening(relay(port)) as here:
        assert await ask(here, b"") == b""


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_all_of_loopback_is_refused_also_in_ipv6_clothes(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        assert refused(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number)))
    assert refused(str(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "ff02::1",
        "fd00:ec2::254",
        "2002:7f00:1::",
    ],
)
def test_addresses_that_are_no_host_of_the_world_are_refused(address: str) -> None:
    assert refused(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "10.1.2.3", "192.168.77.5", "2606:4700::1"])
def test_other_hosts_are_let_through_also_those_of_the_authors_network(address: str) -> None:
    assert not refused(address)


# --- errors ------------------------------------------------------------------------------------

OF_THE_SYSTEM = sorted(
    {
        value
        for module in (builtins, socket)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, OSError)
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", OF_THE_SYSTEM, ids=lambda kind: kind.__name__)
async def test_a_connection_that_the_system_refuses_is_an_answer_to_the_program(
    kind: type[OSError],
) -> None:
    class Broken(EgressProxy):
        async def _addresses(self, target: object) -> list[str] | None:
            raise kind("why")

    async with listening(Broken().serve) as port:
        answer = await ask(port, b"CONNECT example.org:443 HTTP/1.1\r\n\r\n")
    late = issubclass(kind, TimeoutError)
    assert answer.startswith(b"HTTP/1.1 504 " if late else b"HTTP/1.1 502 ")
    assert answer.endswith(b"smile: why\n")


async def test_an_origin_that_is_gone_when_it_is_asked_again_is_an_answer() -> None:
    """The connection kept for it is closed, and a second one can't be opened."""
    served = 0

    async def once(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal served
        await reader.readuntil(b"\r\n\r\n")
        served += 1
        if served == 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")  # the second request: hang up without a word
            gone.close()
            writer.close()

    gone = await asyncio.start_server(once, "127.0.0.1", 0)
    origin = gone.sockets[0].getsockname()[1]
    request = f"GET http://127.0.0.1:{origin}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    async with listening(EgressProxy(refuse=nothing).serve) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 ")
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 502 ")
