"""What every engine owes the loop, told through the protocol only."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smile.errors import SandboxError
from smile.sandbox.base import Engine, Exited, Limits, Sandbox, Spec

from .conftest import FILES, Orchestrator, Subject, serving

SMALL = Limits(memory=192 * 1024**2, pids=64, cpus=1.0, disk=64 * 1024**2)
KEPT = 64 * 1024


async def sh(sandbox: Sandbox, script: str, *, seconds: float = 60, stdin: bytes = b"") -> Exited:
    return await sandbox.run(("bash", "-c", script), seconds=seconds, stdin=stdin)


async def alive(sandbox: Sandbox, marker: str) -> bool:
    """Whether a process inside has this word on its command line, other than who asks."""
    look = (
        "for f in /proc/[0-9]*/cmdline; do "
        'case $f in /proc/$$/*) continue;; esac; tr "\\0" " " <$f 2>/dev/null; echo; done'
    )
    return marker in (await sh(sandbox, look)).output


def fetch(host: str, port: int) -> str:
    """A script that speaks HTTP with bash alone."""
    return f"exec 3<>/dev/tcp/{host}/{port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 cat <&3"


# --- the machine as it is opened ------------------------------------------------------------------


async def test_an_engine_that_can_open_says_nothing_against_it(
    engine: Engine, subject: Subject
) -> None:
    assert await engine.why_not(subject.image) == ""
    assert engine.name == subject.name


async def test_an_engine_says_why_it_cant_open_an_image_that_is_nowhere(engine: Engine) -> None:
    assert await engine.why_not("no-such-image-anywhere:never") != ""


async def test_a_program_starts_in_an_empty_work_directory(sandbox: Sandbox) -> None:
    assert (await sh(sandbox, "pwd; ls -A")).output == "/workspace/work\n"


async def test_the_work_and_logs_directories_can_be_written_to(sandbox: Sandbox) -> None:
    ended = await sh(sandbox, "echo a > /workspace/work/a && echo b > /workspace/logs/b && cat a")
    assert ended == Exited(0, "a\n")


async def test_the_files_of_the_tutorial_are_there_byte_for_byte(sandbox: Sandbox) -> None:
    for name, content in FILES.items():
        shown = await sh(sandbox, f"od -An -v -tx1 /workspace/tutorial/{name}")
        assert bytes.fromhex(shown.output) == content


@pytest.mark.parametrize(
    "attempt",
    [
        "echo x >> tutorial.md",
        "rm tutorial.md",
        "touch new.md",
        "mv tutorial.md other.md",
        "chmod 777 tutorial.md",
        "mount -o remount,rw /workspace/tutorial",
        "umount -l /workspace/tutorial",
    ],
)
async def test_the_tutorial_cant_be_changed_from_inside(sandbox: Sandbox, attempt: str) -> None:
    ended = await sh(sandbox, f"cd /workspace/tutorial && {attempt}")
    assert ended.code != 0
    assert (await sh(sandbox, "cat /workspace/tutorial/tutorial.md")).output == "# Hello\n"


async def test_nothing_of_ours_is_in_a_programs_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret-of-the-author")
    shown = (await sh(sandbox, "env")).output
    assert "secret-of-the-author" not in shown
    assert "smile" not in shown.lower()
    assert "HOME=/root\n" in shown


async def test_the_report_is_told_what_machine_it_was(
    sandbox: Sandbox, engine: Engine, subject: Subject
) -> None:
    machine = sandbox.machine
    assert (machine.engine, machine.image) == (engine.name, subject.image)
    assert machine.distribution
    assert all(note.endswith(".") for note in machine.notes)


async def test_the_wrapper_starts_inside(sandbox: Sandbox) -> None:
    ended = await sandbox.run((*sandbox.agent, "student"), stdin=b"no task", seconds=60)
    assert ended.code == 1  # it read its task and found it to be none
    assert "not found" not in ended.output


# --- programs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "code"), [("true", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
)
async def test_an_exit_code_is_what_a_shell_would_say(
    sandbox: Sandbox, script: str, code: int
) -> None:
    assert (await sh(sandbox, script)).code == code


async def test_a_program_that_is_not_there_is_a_result(sandbox: Sandbox) -> None:
    assert (await sandbox.run(("no-such-program",), seconds=30)).code == 127


async def test_a_program_starts_also_when_the_work_directory_was_removed(
    sandbox: Sandbox,
) -> None:
    await sh(sandbox, "cd / && rm -rf /workspace/work")
    assert (await sh(sandbox, "echo here")).output == "here\n"


async def test_both_output_streams_come_in_order(sandbox: Sandbox) -> None:
    assert (await sh(sandbox, "echo one; echo two >&2; echo three")).output == "one\ntwo\nthree\n"


async def test_standard_input_arrives_whole(sandbox: Sandbox) -> None:
    ended = await sh(sandbox, "wc -c", stdin=b"x" * 1_000_000)
    assert ended.output.strip() == "1000000"


async def test_a_program_need_not_read_its_input(sandbox: Sandbox) -> None:
    assert (await sh(sandbox, "exit 4", stdin=b"x" * 1_000_000)).code == 4


async def test_a_program_that_waits_for_input_sees_its_end(sandbox: Sandbox) -> None:
    assert (await sh(sandbox, "cat; read x; echo $?", seconds=20)).output == "1\n"


async def test_of_much_output_the_end_is_kept(sandbox: Sandbox) -> None:
    ended = await sh(sandbox, "seq 1 100000; echo the end")
    assert ended.output.endswith("99999\n100000\nthe end\n")
    assert KEPT - 100 < len(ended.output) <= KEPT


async def test_output_that_is_no_text_is_no_error(sandbox: Sandbox) -> None:
    assert (await sh(sandbox, r"printf 'a\xffb'")).output == "a\ufffdb"


async def test_programs_run_side_by_side(sandbox: Sandbox) -> None:
    waiting, waking = await asyncio.gather(
        sh(sandbox, "until test -e /tmp/now; do sleep 0.05; done; echo woken"),
        sh(sandbox, "sleep 0.2; touch /tmp/now"),
    )
    assert (waiting.output, waking.code) == ("woken\n", 0)


async def test_a_background_process_doesnt_hold_a_programs_end(sandbox: Sandbox) -> None:
    began = time.monotonic()
    assert (await sh(sandbox, "sleep 600 & echo started")).output == "started\n"
    assert time.monotonic() - began < 10
    assert await alive(sandbox, "sleep 600")


# --- time ----------------------------------------------------------------------------------------


STUBBORN = """
trap '' TERM HUP INT
setsid sleep 611 &
( ( sleep 612 & ) & )
nohup bash -c 'trap "" TERM; sleep 613' &
sleep 614
"""


async def test_past_its_time_every_process_is_killed(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError):
        await sh(sandbox, STUBBORN, seconds=1.5)
    assert not await alive(sandbox, "sleep 61")


async def test_after_a_timeout_the_machine_can_be_used(sandbox: Sandbox) -> None:
    await sh(sandbox, "echo kept > kept")
    with pytest.raises(TimeoutError):
        await sh(sandbox, "sleep 600", seconds=0.5)
    assert (await sh(sandbox, "cat kept")).output == "kept\n"


async def test_a_cancelled_program_is_killed_with_all_its_processes(sandbox: Sandbox) -> None:
    task = asyncio.ensure_future(sh(sandbox, STUBBORN))
    await asyncio.sleep(1)
    assert await alive(sandbox, "sleep 614")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await alive(sandbox, "sleep 61")


async def test_a_program_whose_time_ends_as_it_is_cancelled_is_killed(sandbox: Sandbox) -> None:
    task = asyncio.ensure_future(sh(sandbox, STUBBORN))
    await asyncio.sleep(1)
    assert await alive(sandbox, "sleep 614")
    for _ in range(2):  # the end of its time is a cancellation, too
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await alive(sandbox, "sleep 61")


# --- a fresh start -------------------------------------------------------------------------------


TRACES = """
echo x > /workspace/work/trace; echo x > /workspace/logs/trace; echo x > /tmp/trace
echo x > $HOME/trace; echo 'echo trace' >> $HOME/.bashrc; echo x > /etc/trace
mkdir -p /var/spool/cron/crontabs; echo '* * * * * touch /tmp/trace' > /var/spool/cron/crontabs/root
echo x > /usr/local/bin/trace; rm -f /etc/os-release /usr/bin/env; echo x > /dev/shm/trace
setsid sleep 621 >/dev/null 2>&1 &
"""
LEFT = (
    "ls -A /workspace/work /workspace/logs /tmp $HOME /etc /usr/local/bin /dev/shm;"
    "cat $HOME/.bashrc; cat /var/spool/cron/crontabs/root; ls /usr/bin/env"
)


async def test_a_reset_leaves_no_trace_of_before(sandbox: Sandbox) -> None:
    before = (await sh(sandbox, LEFT)).output
    await sh(sandbox, TRACES)
    assert "trace" in (await sh(sandbox, LEFT)).output
    await sandbox.reset()
    assert (await sh(sandbox, LEFT)).output == before
    assert not await alive(sandbox, "sleep 621")


async def test_after_a_reset_tutorial_and_orchestrator_are_there(
    sandbox: Sandbox, orchestrator: Orchestrator
) -> None:
    await sandbox.reset()
    await sandbox.reset()
    assert (await sh(sandbox, "cat /workspace/tutorial/tutorial.md")).output == "# Hello\n"
    where = urlsplit(sandbox.url)
    answer = await sh(sandbox, fetch(str(where.hostname), where.port or 80))
    assert orchestrator.answer.decode() in answer.output


async def test_a_reset_ends_programs_that_run(sandbox: Sandbox) -> None:
    running = asyncio.ensure_future(sh(sandbox, "sleep 600"))
    await asyncio.sleep(0.5)
    await sandbox.reset()
    ended = (await asyncio.gather(running, return_exceptions=True))[0]
    assert isinstance(ended, SandboxError) or (isinstance(ended, Exited) and ended.code != 0)
    assert (await sh(sandbox, "echo fresh")).output == "fresh\n"


async def test_two_machines_see_nothing_of_each_other(engine: Engine, spec: Spec) -> None:
    other = replace(spec, run_id=f"{spec.run_id}-other")
    async with engine.open(spec) as first, engine.open(other) as second:
        await sh(first, "echo x > /tmp/mine; setsid sleep 631 >/dev/null 2>&1 &")
        assert (await sh(second, "ls /tmp")).output == ""
        assert not await alive(second, "sleep 631")


# --- the end -------------------------------------------------------------------------------------


async def test_closing_twice_is_harmless(sandbox: Sandbox) -> None:
    assert await sandbox.close() == ""
    assert await sandbox.close() == ""


async def test_a_closed_machine_says_so(sandbox: Sandbox) -> None:
    await sandbox.close()
    with pytest.raises(SandboxError):
        await sandbox.run(("true",))
    with pytest.raises(SandboxError):
        await sandbox.reset()


async def test_closing_ends_a_program_that_waits_forever(sandbox: Sandbox) -> None:
    running = asyncio.ensure_future(sh(sandbox, "trap '' TERM; sleep 600"))
    await asyncio.sleep(0.5)
    async with asyncio.timeout(30):
        await sandbox.close()
        ended = (await asyncio.gather(running, return_exceptions=True))[0]
    assert isinstance(ended, SandboxError) or (isinstance(ended, Exited) and ended.code != 0)


async def test_a_file_that_would_lie_outside_the_tutorial_is_refused(
    engine: Engine, spec: Spec
) -> None:
    with pytest.raises(SandboxError):
        async with engine.open(replace(spec, files={"../../etc/passwd": b"x"})):
            pass


async def killed(subject: Subject, run_id: str, marker: str) -> None:
    """A process that opened a machine, and was killed while a program ran in it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.dies", subject.name, run_id, marker),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    process.kill()
    await process.communicate()


async def test_what_a_killed_run_left_is_removed_and_nothing_else(
    engine: Engine, subject: Subject, spec: Spec
) -> None:
    dead, marker = f"{spec.run_id}-dead", f"dead{time.monotonic_ns()}"
    async with engine.open(spec) as living:
        await killed(subject, dead, marker)
        await engine.remove(dead)
        assert await subject.left(dead) == []
        assert processes(marker) == 0
        assert (await sh(living, "echo fine")).output == "fine\n"
        await engine.remove(dead)


async def test_a_run_of_the_same_name_opens_after_what_a_killed_one_left_is_removed(
    engine: Engine, subject: Subject, spec: Spec
) -> None:
    await killed(subject, spec.run_id, "again")
    await engine.remove(spec.run_id)
    async with engine.open(spec) as sandbox:
        assert (await sh(sandbox, "ls -A")).output == ""


# --- the network ---------------------------------------------------------------------------------


async def test_the_orchestrator_is_reached_by_its_url(
    sandbox: Sandbox, orchestrator: Orchestrator
) -> None:
    where = urlsplit(sandbox.url)
    answer = await sh(sandbox, fetch(str(where.hostname), where.port or 80))
    assert orchestrator.answer.decode() in answer.output


async def test_no_other_port_of_the_authors_loopback_is_reached(sandbox: Sandbox) -> None:
    async with serving(b"a stranger's secret") as stranger:
        for host in ("127.0.0.1", "localhost", str(urlsplit(sandbox.url).hostname)):
            answer = await sh(sandbox, fetch(host, stranger.port))
            assert "secret" not in answer.output


async def test_a_server_inside_is_reached_inside_and_not_from_outside(sandbox: Sandbox) -> None:
    serve = "python3 -m http.server 8123 --bind 127.0.0.1 >/dev/null 2>&1 &"
    if (await sh(sandbox, "command -v python3")).code:
        pytest.skip("this image has nothing to serve with")
    await sh(sandbox, serve)
    asked = await sh(
        sandbox, f"for i in $(seq 50); do ({fetch('127.0.0.1', 8123)}) && break; sleep 0.1; done"
    )
    assert "200 OK" in asked.output
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", 8123)


# --- abuse ---------------------------------------------------------------------------------------


def processes(marker: str) -> int:
    """How many processes have this on their command line, as far as this host sees them."""
    found = 0
    for entry in Path("/proc").iterdir():
        try:
            found += marker in (entry / "cmdline").read_text("utf-8", errors="replace")
        except OSError:
            continue  # it has ended, or is none
    return found


@pytest.mark.parametrize("spec", [SMALL], indirect=True)
async def test_a_fork_bomb_stays_within_its_limit(sandbox: Sandbox) -> None:
    marker = f"bomb{time.monotonic_ns()}"
    script = f": {marker}; b(){{ b|b& sleep 5; }}; b; sleep 3"
    bomb = asyncio.ensure_future(sh(sandbox, script, seconds=6))
    most = 0
    while not bomb.done():
        most = max(most, processes(marker))
        await asyncio.sleep(0.05)
    await asyncio.gather(bomb, return_exceptions=True)
    assert most <= SMALL.pids
    await sandbox.reset()
    assert (await sh(sandbox, "echo fine")).output == "fine\n"


@pytest.mark.parametrize("spec", [SMALL], indirect=True)
async def test_a_program_that_eats_memory_is_ended(sandbox: Sandbox) -> None:
    ended = await sh(sandbox, "head -c 3G /dev/zero | tail; exit ${PIPESTATUS[1]}")
    assert ended.code != 0
    assert (await sh(sandbox, "echo fine")).output == "fine\n"


@pytest.mark.parametrize("spec", [SMALL], indirect=True)
async def test_a_gigabyte_of_output_costs_us_next_to_no_memory(sandbox: Sandbox) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = await sh(sandbox, "head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo end")
    assert ended.output.endswith("x\nend\n")
    assert len(ended.output) <= KEPT
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB
