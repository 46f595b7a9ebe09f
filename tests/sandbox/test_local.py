"""A machine made of namespaces: what it shows, what it leaves, and where it can't be."""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC240, PTH208  the host's state is read at once

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.sandbox.local_machines import SMALL, contacts, local, opened, py, sh

from smile.errors import SandboxError
from smile.sandbox.base import Network
from smile.sandbox.local import LocalSandbox

pytestmark = pytest.mark.namespaces


@pytest.fixture(autouse=True)
async def _possible() -> None:
    contacts.clear()
    if why := await local().why_not("host"):
        pytest.skip(why)


@pytest.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    async with opened() as found:
        yield found


# --- what a newcomer needs -------------------------------------------------------------------------


async def test_a_terminal_can_be_opened(sandbox: LocalSandbox) -> None:
    program = "import os, pty; m, s = os.openpty(); print(os.ttyname(s)); os.write(s, b'x')"
    assert (await py(sandbox, program)).output == "/dev/pts/0\n"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("sudo echo hello", "hello\n"),
        ("sudo -E -n -H echo hello", "hello\n"),
        ("sudo -EH echo hello", "hello\n"),
        ("sudo -- echo -n hello", "hello"),
        ("sudo A=1 B='two words' sh -c 'echo $A $B'", "1 two words\n"),
        ("sudo -u nobody id -un", "nobody\n"),
        ("sudo -unobody id -un", "nobody\n"),
        ("sudo --user=nobody id -un", "nobody\n"),
        ("sudo -i pwd", "/root\n"),
        ("sudo -s 'echo $((1+1))'", "2\n"),
        ("sudo su -c 'echo hello'", "hello\n"),
        ("echo hello | sudo tee /etc/hello", "hello\n"),
        ("sudo -v && sudo -k && echo hello", "hello\n"),
        ("sudo bash -c 'exit 7'; echo $?", "7\n"),
        ("sudo -u no-such-user true 2>/dev/null || echo refused", "refused\n"),
    ],
)
async def test_sudo_runs_its_command(sandbox: LocalSandbox, command: str, output: str) -> None:
    assert (await sh(sandbox, command)).output == output


async def test_notes_name_what_cant_be_seen(sandbox: LocalSandbox) -> None:
    notes = " ".join(sandbox.machine.notes)
    assert "programs installed on the host" in notes
    assert "sudo" in notes
    assert "proxy" in notes


async def test_certificates_of_the_author_are_named_and_there(tmp_path: Path) -> None:
    bundle = tmp_path / "own.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\nYXV0aG9y\n-----END CERTIFICATE-----\n")
    async with opened(network=Network(ca_bundle=bundle)) as sandbox:
        path = sandbox.environment["SSL_CERT_FILE"]
        assert (await sh(sandbox, f"cat {path}")).output == bundle.read_text()
        store = "/etc/ssl/certs/ca-certificates.crt"
        if Path(store).exists():
            assert "YXV0aG9y" in (await sh(sandbox, f"tail -3 {store}")).output


async def test_the_disk_is_limited(sandbox: LocalSandbox) -> None:
    async with opened(limits=SMALL) as small:
        ended = await sh(small, "head -c 200M /dev/zero > /tmp/big")
        assert ended.code != 0
        assert "No space left" in ended.output


# --- the end ---------------------------------------------------------------------------------------


def groups() -> set[str]:
    return {str(path) for path in Path("/sys/fs/cgroup").rglob("smile-*") if path.is_dir()}


def running(marker: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if marker in (entry / "cmdline").read_bytes().decode(errors="replace").split("\0"):
                found.append(int(entry.name))
        except (OSError, ValueError):
            continue
    return found


async def test_a_closed_machine_leaves_nothing_on_the_host() -> None:
    mounts, descriptors = Path("/proc/self/mounts").read_text(), len(os.listdir("/proc/self/fd"))
    async with opened(run_id="leftovers") as sandbox:
        await sh(sandbox, "setsid sleep 651.5 >/dev/null 2>&1 &")
        async with asyncio.timeout(20):
            while not running("651.5"):
                await asyncio.sleep(0.05)
    assert not running("651.5")
    assert Path("/proc/self/mounts").read_text() == mounts
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert not [group for group in groups() if "leftovers" in group]


KILLED = """
import asyncio, sys
from smile.sandbox.base import Spec
from smile.sandbox.local import LocalEngine
async def main():
    async with LocalEngine(lambda upstream: None).open(Spec("killed", "host", {}, 9)) as sandbox:
        await sandbox.run(("sh", "-c", "setsid sleep 661.5 >/dev/null 2>&1 &"))
        print("up", flush=True)
        await sandbox.run(("sleep", "661.5"))
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_nothing_outlives_us_when_we_are_killed(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            while len(running("661.5")) < 2:
                await asyncio.sleep(0.05)
            process.send_signal(number)
            process.wait(timeout=20)
        finally:
            process.kill()
    for _ in range(50):
        if not running("661.5") and not [group for group in groups() if "killed" in group]:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"left: {running('661.5')} {groups()}")


async def test_a_killed_helper_takes_the_machine_with_it(sandbox: LocalSandbox) -> None:
    await sh(sandbox, "setsid sleep 671.5 >/dev/null 2>&1 &")
    assert sandbox._jail is not None
    assert sandbox._jail._process is not None
    os.kill(sandbox._jail._process.pid, signal.SIGKILL)
    with pytest.raises(SandboxError, match="died"):
        await sandbox.run(("sleep", "5"))
    for _ in range(50):
        if not running("671.5"):
            return
        await asyncio.sleep(0.1)
    pytest.fail("a process of the machine lives on")


async def test_groups_of_dead_runs_are_removed_by_the_next_and_those_of_living_ones_stay() -> None:
    async with opened(run_id="first"):
        mine = [Path(group) for group in groups() if "smile-first" in group]
        if not mine:
            pytest.skip("no control groups can be made here")
        dead = [group.with_name("smile-dead-4194305") for group in mine]
        living = [group.with_name(f"smile-living-{os.getpid()}") for group in mine]
        for group in (*dead, *living):
            group.mkdir()
    try:
        async with opened(run_id="second"):
            assert not any(group.exists() for group in dead)
            assert all(group.exists() for group in living)
    finally:
        for group in living:
            group.rmdir()


async def test_removing_a_run_clears_its_groups_and_says_so_when_it_lives_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("smile.sandbox.local._END_SECONDS", 0.3)
    async with opened(run_id="living"):
        mine = [Path(group) for group in groups() if "smile-living" in group]
        if not mine:
            pytest.skip("no control groups can be made here")
        for group in mine:
            group.with_name("smile-dead-4194305").mkdir()
        await local().remove("dead")
        assert not any("smile-dead" in group for group in groups())
        with pytest.raises(SandboxError, match="the machine of run living does not end") as raised:
            await local().remove("living")
        assert str(mine[0]) in raised.value.hint


# --- where it can't be -----------------------------------------------------------------------------


async def test_an_image_that_is_no_directory_is_named() -> None:
    assert "debian:bookworm" in await local().why_not("debian:bookworm")
    assert "/nowhere" in await local().why_not("/nowhere")


async def test_without_namespaces_it_says_why() -> None:
    """In a machine of its own there are none: a user namespace may not be made there."""
    program = (
        "import asyncio\nfrom smile.sandbox.local import LocalEngine\n"
        "print(asyncio.run(LocalEngine(lambda upstream: None).why_not('host')))"
    )
    async with opened() as sandbox:
        at = sandbox.agent.index("-c")
        prelude = sandbox.agent[at + 1].split("; from smile")[0]
        ended = await sandbox.run((*sandbox.agent[:at], "-c", f"{prelude}\n{program}"), seconds=60)
    assert ended.code == 0
    assert "not allowed here" in ended.output or "died" in ended.output


async def test_resetting_waits_for_nothing(sandbox: LocalSandbox) -> None:
    took = []
    for _ in range(5):
        began = time.monotonic()
        await sandbox.reset()
        took.append(time.monotonic() - began)
    assert min(took) < 3  # a tenth on an idle machine
