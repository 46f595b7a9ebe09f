"""The local engine for an ordinary user, who has no group of processes to put limits on.

Root runs these by becoming a number without an account: one user only can be mapped then.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import smile

pytestmark = [
    pytest.mark.namespaces,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user"),
]

PYTHON = "/usr/bin/python3"
NOBODY = "54321"

PROGRAM = """
import asyncio, json, os, signal, sys
from smile.sandbox import host
from smile.sandbox.base import Limits, Spec
from smile.sandbox.local import LocalEngine
if sys.argv[1] == "scratch":
    host._TMPFS_HAS_USER_ATTRIBUTES = (99, 0)
small = Limits(memory=128 * 1024**2, pids=48, disk=512 * 1024**2)
engine = LocalEngine(lambda upstream: None)
async def main():
    if sys.argv[1] == "remove":
        return await engine.remove("user")
    said = {"why": await engine.why_not("host"), "ended": []}
    async with engine.open(Spec("user", "host", {"a.md": b"hi"}, 9, limits=small)) as sandbox:
        for script in json.loads(sys.argv[2]):
            try:
                ended = await sandbox.run(("bash", "-c", script), seconds=20)
                said["ended"].append([ended.code, ended.output])
            except TimeoutError:
                said["ended"].append([-1, ""])
            if script == "reset":
                await sandbox.reset()
            if script == "die":
                os.kill(sandbox._jail._process.pid, signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps(said))
asyncio.run(main())
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A copy of the package where another user can read it, and a home for that user."""
    if not Path(PYTHON).exists():
        pytest.skip(f"no {PYTHON}")
    made = Path(tempfile.mkdtemp(prefix="smile-user-"))
    try:
        shutil.copytree(Path(smile.__file__).parent, made / "src/smile")
        (made / "home").mkdir()
        (made / "home/planted").write_text("a secret of the user")
        for path in (made, *made.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for path in (made / "home", made / "home/planted"):
            os.chown(path, int(NOBODY), int(NOBODY))
        yield made
    finally:
        shutil.rmtree(made)


def run_as_user(place: Path, kind: str, *scripts: str) -> subprocess.CompletedProcess[str]:
    variables = {"HOME": str(place / "home"), "PYTHONPATH": str(place / "src"), "PATH": os.defpath}
    become = ("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups")
    return subprocess.run(
        [*become, PYTHON, "-B", "-c", PROGRAM, kind, json.dumps(scripts)],
        env=variables,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def processes_of(user: int) -> list[str]:
    """Those that run, and with them every namespace and mount that is only theirs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if entry.stat().st_uid == user and " Z " not in (entry / "stat").read_text("utf-8"):
                found.append(entry.name)
        except OSError:
            continue  # it has ended
    return found


def as_user(place: Path, *scripts: str, kind: str = "memory") -> list[list[object]]:
    ended = run_as_user(place, kind, *scripts)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    if said["why"]:
        pytest.skip(said["why"])
    found: list[list[object]] = said["ended"]
    return found


def test_a_machine_opens_and_its_root_can_change_system_files(place: Path) -> None:
    script = "id -u; echo x >> /etc/passwd; echo y > /usr/bin/y; rm /usr/bin/env; pwd; ls -A"
    first, second = as_user(place, script, "test -e /usr/bin/y && ! test -e /usr/bin/env")
    assert first == [0, "0\n/workspace/work\n"]
    assert second == [0, ""]
    assert Path("/usr/bin/env").exists()
    assert not Path("/usr/bin/y").exists()


def test_neither_the_users_home_nor_host_processes_are_seen(place: Path) -> None:
    (seen,) = as_user(
        place, f"cat {place}/home/planted; ls -A /home /root; ls /proc | grep -c '^[0-9]'"
    )
    assert "secret" not in str(seen[1])
    assert str(seen[1]).splitlines()[-1] in {"4", "5"}


@pytest.mark.parametrize(
    "attempt",
    [
        "unshare --user true",
        "mount -t tmpfs none /mnt",
        "umount -l /etc",
        "echo x > /proc/sys/kernel/core_pattern",
        "mknod /tmp/x c 1 3",
        "echo x > /workspace/tutorial/a.md",
        "exec 3<>/dev/tcp/127.0.0.1/22",
        "ls /proc/1/root/",
    ],
)
def test_attempts_to_get_out_fail(place: Path, attempt: str) -> None:
    assert as_user(place, attempt)[0][0] != 0


def test_too_many_processes_are_ended_by_the_machine_itself(place: Path) -> None:
    bomb, after = as_user(place, "for i in $(seq 200); do sleep 20 & done; wait", "echo fine")
    assert bomb[0] != 0
    assert after == [0, "fine\n"]


def test_a_program_that_eats_memory_is_ended_by_the_machine_itself(place: Path) -> None:
    hog, after = as_user(place, "head -c 2G /dev/zero | tail; exit ${PIPESTATUS[1]}", "echo fine")
    assert hog[0] != 0
    assert after == [0, "fine\n"]


def test_what_is_written_to_disk_is_removed_with_the_machine(place: Path) -> None:
    before = set(Path("/var/tmp").glob("smile-*"))
    first, _, second = as_user(
        place,
        "echo x > /usr/bin/x; mkdir /etc/y; cat /usr/bin/x",
        "reset",
        "ls /usr/bin/x",
        kind="scratch",
    )
    assert first == [0, "x\n"]
    assert second[0] != 0
    deadline = time.monotonic() + 20  # the machine clears up behind itself when it has ended
    while set(Path("/var/tmp").glob("smile-*")) != before:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_was_written_to_disk_is_removed_also_when_all_that_could_do_it_were_killed(
    place: Path,
) -> None:
    before = set(Path("/var/tmp").glob("smile-*"))
    as_user(place, "true", kind="scratch")
    ended = run_as_user(place, "scratch", "mkdir -p /etc/y/z; chmod 0 /etc/y/z", "die")
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert set(Path("/var/tmp").glob("smile-*")) - before, "it must be there to be removed"
    deadline = time.monotonic() + 20
    while running := processes_of(int(NOBODY)):
        assert time.monotonic() < deadline, running
        time.sleep(0.1)
    ended = run_as_user(place, "remove")
    assert ended.returncode == 0, ended.stderr
    assert set(Path("/var/tmp").glob("smile-*")) == before
