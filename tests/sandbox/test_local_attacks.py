"""Nothing gets out of a machine made of namespaces, though its user is root and means harm."""

# ruff: noqa: ASYNC220, ASYNC240, PTH116, PTH208  the host's state is read at once, between two attacks

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.sandbox.local_machines import contacts, local, opened, py, sh

from smile.sandbox.local import LocalSandbox

pytestmark = pytest.mark.namespaces

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs a host root's secrets")


@pytest.fixture(autouse=True)
async def _possible() -> None:
    contacts.clear()
    if why := await local().why_not("host"):
        pytest.skip(why)


@pytest.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    async with opened() as found:
        yield found


# --- host files ------------------------------------------------------------------------------------

VICTIMS = ("/etc/passwd", "/etc/hosts", "/usr/bin/env", "/etc/os-release", "/dev/null", "/dev/tty")


def state(path: str) -> tuple[int, int, int, int, int, bytes]:
    found = os.stat(path)
    content = Path(path).read_bytes() if stat.S_ISREG(found.st_mode) else b""
    return found.st_ino, found.st_mode, found.st_uid, found.st_gid, found.st_rdev, content


@pytest.fixture
def _host_unchanged() -> Iterator[None]:
    """The host's files and kernel settings are as before."""
    settings = ("kernel/core_pattern", "vm/swappiness", "kernel/hostname", "vm/overcommit_memory")
    before = [state(path) for path in VICTIMS]
    values = [Path("/proc/sys", name).read_text() for name in settings]
    listed = {place: sorted(os.listdir(place)) for place in ("/", "/etc", "/usr/bin", "/root")}
    yield
    assert [state(path) for path in VICTIMS] == before
    assert [Path("/proc/sys", name).read_text() for name in settings] == values
    for place, names in listed.items():
        assert sorted(os.listdir(place)) == names


@pytest.mark.usefixtures("_host_unchanged")
@pytest.mark.parametrize(
    "attempt",
    [
        "echo x >> /etc/passwd; echo x > /usr/bin/env; rm -rf /etc/os-release /usr/bin/ls",
        "rm -rf --no-preserve-root / 2>/dev/null",
        "chmod 000 /dev/null /dev/tty; chown 7:7 /dev/null; rm -f /dev/null",
        "echo x >> /proc/1/root/etc/passwd; echo x > /proc/1/cwd/etc/x",
        "for p in /proc/[0-9]*; do echo x > $p/root/etc/escaped; touch $p/cwd/escaped; done",
        "for d in /host /old /oldroot /.old /mnt/host ..; do touch $d/etc/escaped; done",
    ],
)
async def test_no_file_of_the_host_is_changed(sandbox: LocalSandbox, attempt: str) -> None:
    await sh(sandbox, attempt)


@pytest.mark.usefixtures("_host_unchanged")
@pytest.mark.parametrize(
    "attempt",
    [
        "mknod /tmp/disk b 8 0",
        "mknod /tmp/disk b 254 0",
        "mknod /tmp/mem c 1 1",
        "mount -t tmpfs none /mnt",
        "mount -t proc none /mnt",
        "mount -t sysfs none /mnt",
        "mount -t devtmpfs none /mnt",
        "mount --bind / /mnt",
        "mount -o remount,rw /proc/sys",
        "mount -o remount,rw /opt/smile/python/lib/python3*",
        "umount -l /proc/sys",
        "umount -l /etc",
        "umount -l /dev",
        "unshare --mount true",
        "unshare --user true",
        "unshare --user --map-root-user --mount mount -t proc none /mnt",
        "unshare --net true",
        "nsenter -t 1 -m true",
        "nsenter -t 1 -U true",
        "chroot /proc/1/root true",
        "echo '|/tmp/x' > /proc/sys/kernel/core_pattern",
        "echo 1 > /proc/sys/vm/swappiness",
        "sysctl -w kernel.hostname=broken",
        "echo b > /proc/sysrq-trigger",
        "echo 0 > /proc/irq/default_smp_affinity",
        "hostname broken",
        "cat /dev/kmsg",
        "test -e /dev/vda -o -e /dev/sda -o -e /dev/mem -o -e /dev/kvm",
        "test -s /proc/kcore",
        "test -s /proc/kallsyms",
        "test -s /proc/keys",
        "test -s /proc/timer_list",
        "test -e /proc/kmsg && timeout 2 head -c1 /proc/kmsg | grep -q .",
        "ls /sys/* 2>/dev/null | grep -q .",
        "touch /sys/x",
        "date -s 2001-01-01",
        "touch /opt/smile/python/x",
        "touch /opt/smile/site/own/smile/x",
    ],
)
async def test_an_attempt_at_the_kernel_or_the_mounts_fails(
    sandbox: LocalSandbox, attempt: str
) -> None:
    ended = await sh(sandbox, attempt)
    assert ended.code != 0, ended.output


SYSCALLS = """
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def failed(name, *arguments):
    ctypes.set_errno(0)
    assert getattr(libc, name)(*arguments) == -1, name
failed("unshare", 0x10000000)   # a user namespace
failed("unshare", 0x00020000)   # a mount namespace
failed("mount", b"none", b"/mnt", b"tmpfs", 0, None)
failed("umount2", b"/proc/sys", 2)
failed("umount2", b"/workspace/tutorial", 2)
failed("sethostname", b"x", 1)
failed("reboot", 0x1234567)
failed("ptrace", 16, 1, 0, 0)   # attach to PID 1
failed("init_module", b"", 0, b"")
for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/maps"):
    try:
        open(path, "rb").read(1)
    except OSError:
        continue
    raise AssertionError(path)
for path in ("/proc/1/root", "/proc/1/cwd", "/proc/1/exe"):
    try:
        os.stat(path + "/") if path != "/proc/1/exe" else os.readlink(path)
    except OSError:
        continue
    raise AssertionError(path)
for number in range(20):
    for use in (os.readlink, os.stat, lambda path: os.open(path, os.O_RDWR)):
        try:
            use(f"/proc/1/fd/{number}")
        except OSError:
            continue
        raise AssertionError(f"descriptor {number} of PID 1")
pidfd = os.pidfd_open(1)
assert libc.syscall(438, pidfd, 0, 0) == -1   # pidfd_getfd
assert libc.setns(pidfd, 0x00020000) == -1
print("held")
"""


async def test_system_calls_that_lead_out_are_refused(sandbox: LocalSandbox) -> None:
    assert (await py(sandbox, SYSCALLS)).output == "held\n"


async def test_root_inside_holds_no_capability_that_reaches_the_host(
    sandbox: LocalSandbox,
) -> None:
    shown = (await sh(sandbox, "grep Cap /proc/self/status; cat /proc/self/uid_map")).output
    sets = dict(line.split(":") for line in shown.splitlines() if line.startswith("Cap"))
    forbidden = {12, 13, 16, 17, 19, 21, 22, 23, 24, 25, 27, 34, 35, 37, 38, 39, 40}
    for name, value in sets.items():
        held = {n for n in range(64) if int(value, 16) >> n & 1}
        assert not held & forbidden, name


# --- secrets ---------------------------------------------------------------------------------------


@root_only
async def test_nothing_that_only_the_hosts_root_may_read_is_seen(sandbox: LocalSandbox) -> None:
    kept = [
        path
        for path in (*Path("/etc").rglob("*"), *Path("/var/cache/debconf").iterdir())
        if path.is_file() and not path.is_symlink() and not path.stat().st_mode & 0o004
    ]
    assert kept, "this host has no secrets to hide"
    for path in kept:
        ended = await sandbox.run(("cat", str(path)), seconds=30)
        content = path.read_bytes()
        assert not content or content.decode(errors="replace") not in ended.output, path


@root_only
async def test_the_password_file_is_valid_and_holds_no_password(sandbox: LocalSandbox) -> None:
    shown = (await sh(sandbox, "cat /etc/shadow; pwck -r -q; grpck -r")).output
    lines = [line for line in shown.splitlines() if line.count(":") == 8]
    assert lines
    assert all(line.split(":")[1] == "*" for line in lines)
    ended = await sh(sandbox, "useradd -m alice && su alice -c 'id -un; echo $HOME'")
    assert ended.output == "alice\n/home/alice\n"


async def test_no_home_of_the_host_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted").write_text("a secret of the author")
    monkeypatch.setenv("HOME", str(tmp_path))
    async with opened() as sandbox:
        shown = await sh(sandbox, f"cat {tmp_path}/planted; ls -A /home; ls -A /root /tmp /srv")
        assert "secret" not in shown.output
        found = await sh(sandbox, "find / -xdev -name planted 2>/dev/null | grep .")
        assert found.code != 0


@root_only
async def test_the_home_of_the_hosts_root_is_not_seen(sandbox: LocalSandbox) -> None:
    planted = Path("/root/.smile-test-planted")
    planted.write_text("a secret of root")
    try:
        shown = await sh(sandbox, "cat /root/.smile-test-planted; cat ~/.smile-test-planted")
        assert "secret" not in shown.output
        assert shown.code != 0
    finally:
        planted.unlink()


@root_only
async def test_what_the_hosts_opt_hides_stays_hidden(sandbox: LocalSandbox) -> None:
    kept = Path("/opt/smile-test-kept")
    kept.mkdir(mode=0o700)
    (kept / "key").write_text("a secret in opt")
    try:
        await sandbox.reset()
        shown = await sh(sandbox, "cat /opt/smile-test-kept/key; ls -A /opt/smile-test-kept")
        assert "key" not in shown.output.replace("/opt/smile-test-kept/key", "")
        assert "secret" not in shown.output
    finally:
        (kept / "key").unlink()
        kept.rmdir()


async def test_people_of_the_host_have_no_account(sandbox: LocalSandbox) -> None:
    shown = (await sh(sandbox, "getent passwd; hostname; cat /etc/machine-id")).output
    people = [line for line in shown.splitlines() if line.count(":") == 6]
    assert all(int(line.split(":")[2]) < 1000 or line.startswith("nobody") for line in people)
    assert "newcomer" in shown
    assert socket.gethostname() not in shown or socket.gethostname() == "newcomer"
    if Path("/etc/machine-id").exists() and (own := Path("/etc/machine-id").read_text().strip()):
        assert own not in shown


# --- processes -------------------------------------------------------------------------------------


async def test_no_process_of_the_host_is_seen_killed_or_traced(sandbox: LocalSandbox) -> None:
    with subprocess.Popen(["sleep", "641"]) as victim:
        try:
            seen = await sh(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
            assert "sleep 641" not in seen.output
            kill = f"kill -9 {victim.pid} {os.getpid()}; kill -9 -1; pkill -9 sleep"
            await sh(sandbox, kill)
            attach = (
                f"import ctypes; raise SystemExit(ctypes.CDLL(None).ptrace(16, {victim.pid}, 0, 0))"
            )
            assert (await py(sandbox, attach)).code != 0
            assert victim.poll() is None
        finally:
            victim.kill()


async def test_the_machines_first_process_survives_its_root(sandbox: LocalSandbox) -> None:
    await sh(sandbox, "kill -9 1; kill -TERM 1; kill -STOP 1; kill -SEGV 1; kill -INT 1")
    assert (await sh(sandbox, "echo fine")).output == "fine\n"


# --- sockets and network ---------------------------------------------------------------------------


async def test_sockets_of_the_host_are_out_of_reach(sandbox: LocalSandbox, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as named:
        abstract.bind("\0smile-test-abstract")
        abstract.listen()
        named.bind(str(tmp_path / "socket"))
        named.listen()
        program = f"""
import socket
for name in ("\\0smile-test-abstract", {str(tmp_path / "socket")!r}, "/var/run/docker.sock",
             "/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private"):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
    except OSError:
        continue
    raise AssertionError(name)
print("held")
"""
        assert (await py(sandbox, program)).output == "held\n"


async def serve_secret(host: str) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nhost secret")
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, host, 0)


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.9.9.9",
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "own",
    ],
)
async def test_the_hosts_own_servers_are_not_reached_through_the_proxy(
    sandbox: LocalSandbox, host: str
) -> None:
    server = await serve_secret("0.0.0.0")
    async with server:
        port = server.sockets[0].getsockname()[1]
        name = own_address() if host == "own" else host
        proxy = sandbox.environment["http_proxy"]
        plain = f"curl -s -m 10 --noproxy '' -x {proxy} http://{name}:{port}/"
        shown = await sh(sandbox, f"{plain}; {plain} --proxytunnel; true")
        assert "host secret" not in shown.output
        if not name[0].isdigit() or name.count(".") == 3:  # curl rewrites the other spellings
            assert not any(allowed for _, _, allowed in contacts)


async def test_without_the_proxy_there_is_no_way_out(sandbox: LocalSandbox) -> None:
    server = await serve_secret("0.0.0.0")
    async with server:
        port = server.sockets[0].getsockname()[1]
        for host in (own_address(), "127.0.0.1", "172.17.0.1", "10.0.0.1", "1.1.1.1"):
            ended = await sh(sandbox, f"timeout 5 bash -c 'exec 3<>/dev/tcp/{host}/{port}'")
            assert ended.code != 0


async def test_ports_below_1024_can_be_served_inside(sandbox: LocalSandbox) -> None:
    serve = "import socket; s = socket.create_server(('127.0.0.1', 80)); print(s.getsockname()[1])"
    assert (await py(sandbox, serve)).output == "80\n"
