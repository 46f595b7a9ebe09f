"""What observers cost a run, how soon they are told, and how soon it heeds them.

    python bench/observers.py [--clients 100] [--runs 5] [--seconds 20]

Half of the observers never read. Three figures. *Latency*: the server of a run tells of an event every 0.2 s and of an observation with
some output every 0.02 s; each event carries the time at which it happened, and each client that
reads notes when it came. *The loop's time*: the same tutorial is followed with and without
observers in turns, in `local`; the ratio is that of the medians, from the first command after all
have connected to the end of the loop. *Stop*: from the request to the answer, while a command works;
the median of the runs. All clients live in one process of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__)
SMILE = [sys.executable, "-m", "smile.cli.main"]
COMMANDS = 150
TUTORIAL = "# Many steps\n\n```bash\nsleep 4\n```\n\n" + "".join(
    f"```bash\nseq {n * 100} {n * 100 + 300}\n```\n\n" for n in range(COMMANDS)
)


# --- the clients: a process of its own ------------------------------------------------------------


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The messages of a server, which does not mask them (RFC 6455, section 5.2)."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            kind, size = await reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            payload = await reader.readexactly(size)
            if kind == 0x81:  # a whole text
                yield payload


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connected(port: int, token: str, *, reads: bool) -> Streams:
    limit = 1024**2 if reads else 1024  # so much is taken from the kernel without being asked for
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    writer.write(
        (
            "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nAuthorization: Bearer {token}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    return reader, writer


async def read(reader: asyncio.StreamReader, late: list[float]) -> int:
    """Read to the end; how late events came, and how many messages there were."""
    count, before = 0, ""
    async for text in frames(reader):
        now = time.time()
        count += 1
        if text.startswith(b'{"event":"mentor_output"'):
            at = re.search(rb'"timestamp":"([^"]+)"', text)
            assert at is not None
            stamp = at[1].decode()
            assert stamp > before, "out of order"
            before = stamp
            late.append(now - datetime.fromisoformat(stamp).timestamp())
    return count


async def clients(port: int, token: str, count: int, *, note: bool) -> None:
    mutes = [await connected(port, token, reads=False) for _ in range(count // 2)]
    readers = [await connected(port, token, reads=True) for _ in range(count - len(mutes))]
    print("connected", flush=True)
    os.nice(19)  # they stand for programs elsewhere: the run is not to wait for them
    late: list[float] = []
    if note:
        counts = await asyncio.gather(*(read(reader, late) for reader, _ in readers))
    else:
        counts = [discard([writer.get_extra_info("socket") for _, writer in readers])]
    for _, writer in (*mutes, *readers):
        writer.close()
    print(json.dumps({"late": late, "messages": sum(counts)}), flush=True)


def discard(sockets: list[socket.socket]) -> int:
    """Read to the end, as cheaply as can be; how many times something was read."""
    count = 0
    with selectors.DefaultSelector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                count += 1
                with contextlib.suppress(BlockingIOError):
                    if not os.read(key.fd, 1024**2):
                        selector.unregister(key.fd)
    return count


def start_clients(port: int, token: str, count: int, *, note: bool) -> subprocess.Popen[str]:
    """Clients that have all connected, and ``note`` what they read."""
    process = subprocess.Popen(
        [sys.executable, str(HERE), "--connect", str(port), "--clients", str(count)]
        + ["--note"] * note,
        env=os.environ | {"TOKEN": token},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "connected\n"
    return process


def end_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the clients noted, when their connections have ended."""
    assert process.stdout is not None
    noted: dict[str, Any] = json.loads(process.stdout.readline())
    process.communicate(timeout=60)
    return noted


# --- how soon --------------------------------------------------------------------------------------


async def latency(count: int, seconds: float) -> bool:
    from smile.loop.exchange import Exchange  # noqa: PLC0415
    from smile.loop.messages import Message  # noqa: PLC0415
    from smile.loop.state import initial  # noqa: PLC0415
    from smile.server.app import create_app  # noqa: PLC0415
    from smile.server.serve import serving  # noqa: PLC0415
    from smile.wire import CommandOutcome, CommandRan, now  # noqa: PLC0415
    from smile.wire.events import MentorOutputPayload  # noqa: PLC0415

    exchange = Exchange()
    state = initial("bench", now())
    before = resident(os.getpid())
    async with serving(lambda: create_app(exchange, lambda: state)) as server:
        process = await asyncio.to_thread(
            start_clients, server.port, exchange.observer_token, count, note=True
        )
        for number in range(int(seconds / 0.02)):
            ran = CommandRan(
                timestamp=now(), iteration=1, step=0, line=1, end_line=1, text=f"command {number}",
                cwd="/", outcome=CommandOutcome.EXITED, exit_code=0, output="output\n" * 200,
            )  # fmt: skip
            exchange.feed.publish(Message("observation", ran, throttled=True))
            if number % 10 == 0:
                told = MentorOutputPayload(notes="install make", iteration=1, timestamp=now())
                exchange.feed.publish(Message("mentor_output", told))
            await asyncio.sleep(0.02)
        exchange.end()
        await exchange.feed.drained(1)
    noted = await asyncio.to_thread(end_of, process)
    late = sorted(noted["late"])
    p99 = late[int(0.99 * len(late))]
    what = f"p99 of {len(late)} events, {count} clients, {count // 2} of them mute"
    good = line(what, f"{p99 * 1000:.1f} ms", "100 ms", good=p99 <= 0.1)
    print(
        f"{'  median, and the latest':60} {late[len(late) // 2] * 1000:.1f}, {late[-1] * 1000:.1f} ms"
    )
    print(f"{'  messages read':60} {noted['messages']}")
    print(f"{'  memory of the server, before and after':60} {before}, {resident(os.getpid())} MB")
    return good


# --- how soon it stops ----------------------------------------------------------------------------


def stop_time(where: Path) -> tuple[float, float]:
    """Seconds until a stop is answered, and until the run has written its report and exited."""
    run, found = start_run(where)
    journal = where / ".smile/journal.jsonl"
    while not journal.exists() or '"type":"command"' not in journal.read_text():
        time.sleep(0.05)
    connection = http.client.HTTPConnection(found["url"].removeprefix("http://"))
    headers = {"Authorization": f"Bearer {found['token']}", "Content-Type": "application/json"}
    began = time.perf_counter()
    connection.request("POST", "/api/stop", '{"reason": "bench"}', headers)
    assert json.loads(connection.getresponse().read())["stopped"]
    answered = time.perf_counter() - began
    assert run.wait() == 130, run.returncode
    return answered, time.perf_counter() - began


def stopping(runs: int, where: Path) -> bool:
    (where / "tutorial.md").write_text("# T\n\n```bash\ntouch begun\nsleep 50\n```\n")
    measured = zip(*(stop_time(where) for _ in range(runs)), strict=True)
    answered, exited = map(statistics.median, measured)
    good = line("a stop through the API", f"{answered:.2f} s", "2 s", good=answered <= 2)
    print(f"{'  to its report and its end':60} {exited:.2f} s")
    return good


# --- what it costs ---------------------------------------------------------------------------------


def start_run(where: Path) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """A run, and where it is."""
    run = subprocess.Popen(
        [*SMILE, "run", "--sandbox", "local", "--provider", "literal", "--fresh", "-q"],
        cwd=where,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    file = where / ".smile/observer.json"
    while not file.exists():
        time.sleep(0.01)
        assert run.poll() is None, run.returncode
    return run, json.loads(file.read_text())


def loop_time(where: Path, count: int) -> tuple[float, float, int]:
    """Seconds of the loop, of the orchestrator's processor, and its memory in MB."""
    run, found = start_run(where)
    port = int(found["url"].rpartition(":")[2])
    process = start_clients(port, found["token"], count, note=False) if count else None
    processor, memory = 0.0, 0
    while run.poll() is None:
        processor, memory = max(processor, used(run.pid)), max(memory, resident(run.pid))
        time.sleep(0.02)
    if process is not None:
        end_of(process)
    assert run.returncode == 0, run.returncode
    report = json.loads((where / "smile-report.json").read_text())
    first = report["auditTrail"]["commands"][1]["timestamp"]
    ended = datetime.fromisoformat(report["summary"]["endedAt"])
    return (ended - datetime.fromisoformat(first)).total_seconds(), processor, memory


def cost(count: int, runs: int, where: Path) -> bool:
    (where / "tutorial.md").write_text(TUTORIAL)
    times: dict[int, list[tuple[float, float, int]]] = {0: [], count: []}
    for number in range(runs):
        turn = (0, count) if number % 2 else (count, 0)
        for then in turn:
            times[then].append(loop_time(where, then))
    without, with_them = (
        [statistics.median(column) for column in zip(*times[n], strict=True)] for n in (0, count)
    )
    ratio = with_them[0] / without[0]
    good = line(
        f"the loop's time, {count} to 0 clients", f"{ratio:.3f}", "1.050", good=ratio <= 1.05
    )
    for what, n, unit in (("time", 0, "s"), ("processor, all in all", 1, "s"), ("memory", 2, "MB")):
        print(
            f"{f'  {what}, without and with them':60} {without[n]:.2f}, {with_them[n]:.2f} {unit}"
        )
    print(f"{'  each run':60} {[[round(t[0], 2) for t in times[n]] for n in times]}")
    return good


def line(what: str, value: str, limit: str, *, good: bool) -> bool:
    print(f"{what:60} {value:>10}   {limit:>8}  {'ok' if good else 'OVER'}")
    return good


def resident(pid: int) -> int:
    """MB at the most so far; 0 for a process that is gone."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) // 1024 if found else 0
    return 0


def used(pid: int) -> float:
    """Seconds of the processor so far."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connect", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--note", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.connect:
        asyncio.run(clients(args.connect, os.environ["TOKEN"], args.clients, note=args.note))
        return 0
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {args.runs} runs each\n")
    good = [asyncio.run(latency(args.clients, args.seconds))]
    with tempfile.TemporaryDirectory(prefix="smile-bench-") as name:
        good.append(stopping(args.runs, Path(name)))
        good.append(cost(args.clients, args.runs, Path(name)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
