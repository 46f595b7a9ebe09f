"""What only a Docker engine has; what every sandbox does is told by the contract suite."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.engine import author_network
from tests.sandbox.machines import IMAGE, client, of_run, orchestrator, spec, volumes_of_run

from smile.sandbox.base import Exited, Network, Sandbox, SandboxError
from smile.sandbox.container import CA_PATH, CAPABILITIES, RUNTIME
from smile.sandbox.docker import DockerEngine
from smile.sandbox.docker_api import create_volume, remove_volume

pytestmark = pytest.mark.docker


async def sh(sandbox: Sandbox, script: str, seconds: float = 60) -> Exited:
    return await sandbox.run(("bash", "-c", script), seconds=seconds)


# --- what it is ----------------------------------------------------------------------------


async def test_a_container_bears_its_runs_name_and_labels(docker_host: str) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted), client() as docker:
        (shown,) = await of_run(docker, wanted.run_id)
    assert shown["Name"] == f"/smile-{wanted.run_id}"
    assert shown["Config"]["Labels"]["dev.smile.role"] == "student"


async def test_root_inside_has_no_more_rights_than_tutorials_need(docker_host: str) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted) as sandbox, client() as docker:
        (shown,) = await of_run(docker, wanted.run_id)
        status = await sh(sandbox, "grep CapBnd /proc/self/status")
        made = await sh(sandbox, "mknod /tmp/disk b 8 0; mount -t tmpfs none /mnt")
    assert int(status.output.split()[1], 16).bit_count() == len(CAPABILITIES)
    assert made.output.count("not permitted") + made.output.count("denied") == 2
    host = shown["HostConfig"]
    assert not host["Privileged"]
    assert host["NetworkMode"] != "host"
    assert not host["Binds"]


async def test_limits_and_log_driver_are_set_on_the_engine(docker_host: str) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted), client() as docker:
        (shown,) = await of_run(docker, wanted.run_id)
    host = shown["HostConfig"]
    assert host["Memory"] == host["MemorySwap"] == wanted.limits.memory
    assert host["PidsLimit"] == wanted.limits.pids
    assert host["CpuQuota"] / host["CpuPeriod"] == wanted.limits.cpus
    assert host["LogConfig"]["Type"] == "none"
    assert host["Init"] is True


async def test_sudo_and_ordinary_users_work_without_a_word_of_complaint(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        said = await sh(
            sandbox,
            "useradd -m ann && echo 'ann ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ann &&"
            "su ann -c 'sudo id -un' && sudo -u nobody id -un",
        )
    assert said == Exited(0, "root\nnobody\n")


async def test_the_report_learns_what_the_image_had(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        machine = sandbox.machine
    assert machine.engine == "docker"
    assert machine.distribution.startswith("Debian GNU/Linux 12")
    assert machine.version
    assert any("python3" in note and "can't be seen" in note for note in machine.notes)
    assert any("package lists" in note for note in machine.notes)


async def test_the_wrapper_starts_and_finds_all_of_itself(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        said = await sandbox.run((*sandbox.agent, "student"), stdin=b"{}", seconds=30)
    assert said.code == 1
    assert "standard input holds no task" in said.output


# --- its way to the author's machine ---------------------------------------------------------


def reach(url: str) -> str:
    return f"curl --silent --show-error --max-time 5 {url}"


async def test_the_orchestrator_is_reached_also_after_a_reset(docker_host: str) -> None:
    async with orchestrator() as port, DockerEngine().open(spec(port=port)) as sandbox:
        before = await sh(sandbox, reach(sandbox.url))
        await sandbox.reset()
        after = await sh(sandbox, reach(sandbox.url))
    assert before == after == Exited(0, "pong")


async def test_nothing_else_on_the_authors_loopback_is_reached(docker_host: str) -> None:
    async with (
        orchestrator() as port,
        orchestrator(b"private") as other,
        DockerEngine().open(spec(port=port)) as sandbox,
    ):
        gateway = urlsplit(sandbox.url).hostname
        for host in (gateway, "host.docker.internal", "127.0.0.1"):
            for closed in (port, other):
                tried = await sh(sandbox, reach(f"http://{host}:{closed}"))
                assert tried.code == 7, f"{host}:{closed} answered {tried.output!r}"


async def test_the_relay_turns_away_whoever_is_not_its_container(docker_host: str) -> None:
    async with (
        orchestrator() as port,
        DockerEngine().open(spec(port=port)) as sandbox,
        DockerEngine().open(spec()) as neighbour,
    ):
        url = urlsplit(sandbox.url)
        tried = await sh(neighbour, reach(sandbox.url))
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        from_here = await reader.read()
        writer.close()
    assert tried.code != 0
    assert "pong" not in tried.output
    assert from_here == b""


# --- the author's network --------------------------------------------------------------------


async def test_certificates_and_proxy_reach_the_learners_programs(
    docker_host: str, tmp_path: Path
) -> None:
    bundle = tmp_path / "company.pem"
    bundle.write_text("-- a certificate --", encoding="ascii")
    network = Network(bundle, "http://proxy.example:3128")
    async with DockerEngine().open(spec(network=network)) as sandbox:
        shown = await sh(sandbox, f"cat {CA_PATH}; apt-config dump | grep -E 'CaInfo|::Proxy'")
        own = await sh(sandbox, "env")
        environment = sandbox.environment
        host = urlsplit(sandbox.url).hostname
    assert "-- a certificate --" in shown.output
    assert f'Acquire::https::CaInfo "{CA_PATH}"' in shown.output
    assert 'Acquire::http::Proxy "http://proxy.example:3128"' in shown.output
    assert environment["PIP_CERT"] == CA_PATH
    assert environment["https_proxy"] == "http://proxy.example:3128"
    assert str(host) in environment["no_proxy"].split(",")
    assert "proxy" not in own.output, "our own wrapper must not go through the proxy"


async def test_apt_and_pip_install_inside(docker_host: str) -> None:
    async with DockerEngine().open(spec(network=author_network())) as sandbox:
        variables = " ".join(f"{key}={value}" for key, value in sandbox.environment.items())
        done = await sh(
            sandbox,
            "apt-get -qq install -y tree >/dev/null 2>&1 && tree --version &&"
            "python3 -m venv v && "
            f"{variables} v/bin/pip --quiet --disable-pip-version-check install mdurl && "
            "v/bin/python -c 'import mdurl; print(mdurl.__name__)'",
            seconds=180,
        )
    assert done.code == 0, done.output
    assert done.output.rstrip().endswith("mdurl")


# --- when it goes wrong ------------------------------------------------------------------------


async def test_a_container_killed_from_outside_is_our_fault_never_an_exit_code(
    docker_host: str,
) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted) as sandbox, client() as docker:
        running = asyncio.create_task(sh(sandbox, "sleep 60"))
        await asyncio.sleep(0.5)
        await docker.containers.container(f"smile-{wanted.run_id}").kill()
        with pytest.raises(SandboxError):
            await running
        with pytest.raises(SandboxError):
            await sh(sandbox, "true")


async def test_a_container_restarted_from_outside_is_noticed(docker_host: str) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted) as sandbox, client() as docker:
        running = asyncio.create_task(sh(sandbox, "sleep 60"))
        await asyncio.sleep(0.5)
        await docker.containers.container(f"smile-{wanted.run_id}").restart(t=0)
        with pytest.raises(SandboxError):
            await running
        with pytest.raises(SandboxError, match="from outside"):
            await sandbox.reset()


async def test_a_container_removed_from_outside_is_an_error_but_closes_quietly(
    docker_host: str,
) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted) as sandbox, client() as docker:
        await docker.containers.container(f"smile-{wanted.run_id}").delete(force=True)
        with pytest.raises(SandboxError):
            await sh(sandbox, "true")
        with pytest.raises(SandboxError):
            await sandbox.reset()
    async with client() as docker:
        assert await volumes_of_run(docker, wanted.run_id) == []


async def test_a_timeout_kills_what_fled_into_a_session_of_its_own(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        with pytest.raises(TimeoutError):
            await sh(sandbox, "env -i setsid sleep 1234 & touch here; sleep 60", seconds=1)
        left = await sh(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; ls")
    assert "sleep 1234" not in left.output
    assert "here" in left.output, "files stay: the author may want to look at them"


async def test_a_program_that_closes_its_output_is_waited_for(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        done = await sh(sandbox, "exec >/dev/null 2>&1 </dev/null; sleep 1; exit 5")
    assert done.code == 5


async def test_a_program_need_not_read_its_input(docker_host: str) -> None:
    async with DockerEngine().open(spec()) as sandbox:
        done = await sandbox.run(("true",), stdin=b"x" * 5_000_000, seconds=30)
    assert done == Exited(0, "")


# --- what is left, and what is kept --------------------------------------------------------------


async def test_nothing_is_left_on_the_engine(docker_host: str) -> None:
    wanted = spec()
    with pytest.raises(ZeroDivisionError):
        async with DockerEngine().open(wanted):
            raise ZeroDivisionError
    async with client() as docker:
        assert await of_run(docker, wanted.run_id) == []
        assert await volumes_of_run(docker, wanted.run_id) == []


async def test_cancelled_while_it_opens_it_leaves_nothing(docker_host: str) -> None:
    wanted = spec()

    async def open_it() -> None:
        async with DockerEngine().open(wanted):
            await asyncio.sleep(60)

    for seconds in (0.05, 0.15, 0.3):
        task = asyncio.create_task(open_it())
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with client() as docker:
            assert await of_run(docker, wanted.run_id) == []


async def test_a_kept_container_stays_with_its_tutorial_and_can_be_entered(
    docker_host: str,
) -> None:
    wanted = spec()
    async with DockerEngine().open(wanted) as sandbox:
        await sh(sandbox, "echo mine > notes.txt")
        command = await sandbox.close(keep=True)
        with pytest.raises(SandboxError):
            await sh(sandbox, "true")
    assert command == f"docker exec -it smile-{wanted.run_id} bash"
    async with client() as docker:
        kept = docker.containers.container(f"smile-{wanted.run_id}")
        execution = await kept.exec(["cat", "notes.txt", "/workspace/tutorial/tutorial.md"])
        async with execution.start() as stream:
            message = await stream.read_out()
        await kept.delete(force=True)
    assert message is not None
    assert message.data.startswith(b"mine\n")


DIES = """
import asyncio, os, sys
from smile.sandbox.docker import DockerEngine
from tests.sandbox.machines import spec

async def main(run_id, how):
    async with DockerEngine().open(spec(run_id=run_id)) as sandbox:
        if how == "keeps":
            await sandbox.close(keep=True)
        print("open", flush=True)
        if how != "lives":
            os._exit(9)
        sys.stdin.read()

asyncio.run(main(*sys.argv[1:]))
"""


def another_run(run_id: str, how: str) -> subprocess.Popen[bytes]:
    """A process of its own that opens a sandbox and then dies, keeps it, or lives on."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(DIES), run_id, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    return process


async def test_leftovers_of_dead_runs_go_and_those_of_live_or_kept_ones_stay(
    docker_host: str,
) -> None:
    dead, kept, live = (spec().run_id for _ in range(3))
    processes = [
        another_run(live, "lives"),
        another_run(kept, "keeps"),
        another_run(dead, "dies"),
    ]
    try:
        for process in processes[1:]:
            process.wait(30)
        async with client() as docker:
            assert await of_run(docker, dead), "it must be there to be cleared away"
            async with DockerEngine().open(spec()):
                assert await of_run(docker, dead) == []
                assert await volumes_of_run(docker, dead) == []
                assert await of_run(docker, kept)
                assert await volumes_of_run(docker, kept)
                assert await of_run(docker, live)
            with pytest.raises(SandboxError, match="going on already"):
                async with DockerEngine().open(spec(run_id=live)):
                    pass
            assert await of_run(docker, live), "a run that goes on is nobody's to end"
            async with DockerEngine().open(spec(run_id=kept)) as sandbox:
                assert (await sh(sandbox, "ls /workspace/KEPT")).code != 0
            assert await of_run(docker, kept) == []
    finally:
        for process in processes:
            process.communicate(timeout=30)


async def test_clean_removes_what_is_dead_and_tells_its_name(docker_host: str) -> None:
    dead, kept, live = (spec().run_id for _ in range(3))
    processes = [another_run(live, "lives"), another_run(kept, "keeps"), another_run(dead, "dies")]
    old = f"smile-runtime-{uuid.uuid4().hex[:8]}"
    try:
        for process in processes[1:]:
            process.wait(30)
        async with client() as docker:
            await create_volume(docker, old, {RUNTIME: "smile-runtime:of-yesterday"})
            removed = await DockerEngine().clean()
            assert {f"container smile-{dead}", f"volume smile-{dead}", f"volume {old}"} <= {
                *removed
            }
            assert not any(kept in name or live in name for name in removed)
            assert await of_run(docker, dead) == []
            assert await of_run(docker, live)
            (left,) = await of_run(docker, kept)
            await docker.containers.container(left["Id"]).delete(force=True)
            await remove_volume(docker, f"smile-{kept}")
        assert f"container smile-{dead}" not in await DockerEngine().clean()
    finally:
        for process in processes:
            process.communicate(timeout=30)


# --- why not ------------------------------------------------------------------------------------


async def test_an_image_that_is_ready_has_no_reason_against_it(docker_host: str) -> None:
    assert await DockerEngine().why_not(IMAGE) == ""


async def test_a_missing_image_is_told_with_the_command_that_makes_it(docker_host: str) -> None:
    engine = DockerEngine()
    assert "`smile image build`" in await engine.why_not("smile-base:of-yesterday")
    assert "`smile image build bare`" in await engine.why_not("smile-bare:of-yesterday")


async def test_an_image_that_nobody_has_is_a_sentence_not_an_error(docker_host: str) -> None:
    assert "127.0.0.1:1/no/such" in await DockerEngine().why_not("127.0.0.1:1/no/such:image")


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("unix:///nowhere/docker.sock", "No Docker engine is reachable"),
        ("tcp://127.0.0.1:1", "No Docker engine is reachable"),
        ("nonsense", "No Docker engine is reachable"),
    ],
)
async def test_no_engine_is_a_sentence_and_an_error_of_ours(
    address: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    assert (await DockerEngine().why_not(IMAGE)).startswith(part)
    with pytest.raises(SandboxError, match=part):
        async with DockerEngine().open(spec()):
            pass


async def test_what_answers_but_is_no_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with orchestrator() as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        assert "no Docker engine" in await DockerEngine().why_not(IMAGE)
