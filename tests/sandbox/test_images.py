"""Images of a learner's machine, built on a real engine."""

from __future__ import annotations

import asyncio
import io
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engine import author_network
from tests.sandbox.machines import IMAGE, client, of_run, spec

from smile.sandbox import images, recipes
from smile.sandbox.base import Exited, SandboxError
from smile.sandbox.container import archive, name_of, volume_of
from smile.sandbox.docker import DockerEngine
from smile.sandbox.docker_api import remove_volume
from smile.sandbox.filling import fill
from smile.sandbox.host_sources import host_sources
from smile.sandbox.owner import Owner


@pytest.fixture
async def tag(docker_host: str) -> AsyncIterator[str]:
    """A name for an image, which is gone afterwards."""
    name = f"smile-test:{uuid.uuid4().hex[:8]}"
    yield name
    async with client() as docker:
        if await images.inspected(docker, name):
            await docker.images.delete(name, force=True)


async def inside(image: str, script: str) -> Exited:
    async with DockerEngine().open(spec(image=image)) as sandbox:
        return await sandbox.run(("bash", "-c", script), seconds=60)


async def build(recipe: recipes.Recipe) -> list[str]:
    """Build it, and return what was said of that."""
    lines: list[str] = []
    await images.build(recipe, network=author_network(), progress=lines.append)
    return lines


# --- machines -------------------------------------------------------------------------------------


@pytest.mark.docker
async def test_a_machine_has_the_packages_of_its_recipe_and_no_more(docker_host: str) -> None:
    there = await inside(IMAGE, "command -v sudo curl python3 && python3 -m venv /tmp/v")
    absent = await inside(IMAGE, "command -v git pip node npm make gcc smile smile-agent")
    assert there.code == 0, there.output
    assert absent.output == ""


@pytest.mark.docker
async def test_the_account_learner_may_use_sudo(docker_host: str) -> None:
    said = await inside(IMAGE, "su - learner -c 'id -un; pwd; sudo id -un'")
    assert said == Exited(0, "learner\n/home/learner\nroot\n")


@pytest.mark.docker
async def test_nothing_of_the_build_is_left_in_the_image(docker_host: str) -> None:
    shown = await inside(IMAGE, "env; ls -A /tmp /etc/apt/apt.conf.d; cat /etc/pip.conf")
    assert "smile" not in shown.output.lower()
    assert "DEBIAN_FRONTEND" not in shown.output
    async with client() as docker:
        found = await docker.images.inspect(IMAGE)
    assert [name.partition("=")[0] for name in found["Config"]["Env"]] == ["PATH"]


@pytest.mark.docker
async def test_a_machine_is_built_on_an_image_of_the_authors_choice(tag: str) -> None:
    async with client() as docker:
        await docker.images.tag(recipes.DEBIAN, "smile-test", tag="chosen")
    try:
        lines = await build(recipes.learner("bare", tag, "smile-test:chosen", recipes.BARE))
        assert any("Successfully tagged" in line for line in lines)
        assert await DockerEngine().why_not(tag) == ""
        shown = await inside(tag, "command -v sudo; command -v python3 curl")
        assert shown.output == "/usr/bin/sudo\n"
        (image,) = [image for image in await images.list_images() if image.tag == tag]
        assert (image.kind, image.base) == ("bare", "smile-test:chosen")
        await images.remove(tag)
        assert tag not in {image.tag for image in await images.list_images()}
    finally:
        async with client() as docker:
            await docker.images.delete("smile-test:chosen", force=True)


LANGUAGES = """
set -e
cd "$(mktemp -d)"
python3 -m venv v && v/bin/pip --version && pip --version
node -e 'console.log(1)' && npm --version
printf 'package main\nfunc main() { println("go") }\n' >a.go && HOME=$PWD go run a.go
printf 'fn main() { println!("rust") }\n' >a.rs && rustc a.rs && ./a && cargo --version
printf 'class A { public static void main(String[] a) {} }\n' >A.java && javac A.java && java A
printf 'int main(void) { return 0; }\n' >a.c && make a && cc --version
git --version && curl --version && sudo id -un
ls /var/lib/apt/lists/*Packages*
"""


@pytest.mark.docker
@pytest.mark.heavy
async def test_the_default_machine_has_the_common_languages(tag: str) -> None:
    await build(recipes.learner("base", tag, recipes.DEBIAN, recipes.COMMON))
    said = await inside(tag, LANGUAGES)
    assert said.code == 0, said.output


@pytest.mark.docker
async def test_a_base_that_nobody_has_is_told(tag: str) -> None:
    with pytest.raises(SandboxError, match="could not be built"):
        await build(recipes.learner("bare", tag, "127.0.0.1:1/no/such:base", ()))


@pytest.mark.docker
async def test_only_images_of_ours_are_removed(docker_host: str) -> None:
    with pytest.raises(SandboxError, match="not one of SMILE's"):
        await images.remove(recipes.DEBIAN)
    with pytest.raises(SandboxError, match="no image smile-nothing:at-all"):
        await images.remove("smile-nothing:at-all")


# --- the runtime ----------------------------------------------------------------------------------


def dockerfile(text: str) -> bytes:
    return archive({"Dockerfile": text.encode()}, now=0)


NO_C_LIBRARY = f"""
FROM {recipes.DEBIAN} AS build
WORKDIR /new
COPY --from={IMAGE} /etc/apt /etc/apt
RUN apt-get -qq update && apt-get -qq download bash-static busybox-static \
    && for each in *.deb; do dpkg -x $each .; done && rm *.deb \
    && ln -s bash-static bin/bash \
    && for name in sh sleep env ls cat mkdir ps; do ln -s busybox bin/$name; done
FROM scratch
COPY --from=build /new /
"""
ONLY_SH = NO_C_LIBRARY.replace("ln -s bash-static bin/bash", "rm bin/bash-static")
PACKAGES = Path(__file__).parents[2] / "docker/agents"
VERSION = re.compile(r"(\d+\.\d+\.\d+)")
NOTHING = "FROM scratch\nLABEL nothing=here\n"


@asynccontextmanager
async def made_of(text: str) -> AsyncIterator[str]:
    """An image made of a Dockerfile, which is gone afterwards."""
    tag = f"smile-test:{uuid.uuid4().hex[:8]}"
    async with client() as docker:
        await docker.images.build(
            fileobj=io.BytesIO(dockerfile(text)), encoding="identity", tag=tag
        )
        try:
            yield tag
        finally:
            await docker.images.delete(tag, force=True)


async def beside(volume: str, image: str, script: str) -> str:
    """What a script prints in a container that is shown the runtime of this volume."""
    config: dict[str, Any] = {
        "Image": image,
        "Cmd": ["sh", "-c", script],
        "HostConfig": {"Binds": [f"{volume}:/opt/smile:ro,nocopy"]},
    }
    async with client() as docker:
        container = await docker.containers.run(config)
        try:
            await container.wait()
            return "".join(await container.log(stdout=True, stderr=True))
        finally:
            await container.delete(force=True)


@pytest.mark.docker
async def test_an_image_without_python_and_without_a_c_library_is_a_machine(
    docker_host: str,
) -> None:
    async with (
        made_of(NO_C_LIBRARY) as image,
        DockerEngine().open(spec(image=image)) as sandbox,
    ):
        said = await sandbox.run((*sandbox.agent, "student"), stdin=b"{}", seconds=60)
        seen = await sandbox.run(("bash", "-c", "ls /lib /lib64; command -v python3 node; env"))
    assert (said.code, "standard input holds no task" in said.output) == (1, True), said.output
    assert "ld-" not in seen.output
    assert "smile" not in seen.output
    assert "python" not in seen.output


@pytest.mark.docker
@pytest.mark.parametrize("text", [ONLY_SH, NOTHING], ids=["no bash", "nothing at all"])
async def test_an_image_in_which_nobody_can_type_is_told_before_anything_runs(
    docker_host: str, text: str
) -> None:
    async with made_of(text) as image:
        with pytest.raises(SandboxError, match=f"{image} has no bash") as caught:
            async with DockerEngine().open(spec(image=image)):
                pass
    assert "apk add bash" in caught.value.hint


@pytest.mark.docker
async def test_variables_of_the_image_are_the_learners_and_dont_disturb_the_wrapper(
    docker_host: str,
) -> None:
    text = f"FROM {IMAGE}\nENV PYTHONHOME=/no PYTHONPATH=/no LD_LIBRARY_PATH=/no/lib NODE_ENV=x\n"
    async with made_of(text) as image, DockerEngine().open(spec(image=image)) as sandbox:
        said = await sandbox.run((*sandbox.agent, "student"), stdin=b"{}", seconds=60)
        seen = await sandbox.run(("bash", "-c", "env"))
    assert "standard input holds no task" in said.output
    assert {"PYTHONHOME=/no", "LD_LIBRARY_PATH=/no/lib"} <= set(seen.output.splitlines())


@pytest.mark.docker
async def test_modules_of_the_learner_are_none_of_the_wrappers(docker_host: str) -> None:
    planted = (
        "for place in /usr/local/lib/python3.11/dist-packages /workspace/work; do "
        "mkdir -p $place && for name in sitecustomize pydantic json; do "
        'echo \'open("/tmp/caught", "w")\' >$place/$name.py; done; done; '
        "echo 'import sitecustomize' >/usr/local/lib/python3.11/dist-packages/a.pth"
    )
    async with DockerEngine().open(spec()) as sandbox:
        await sandbox.run(("bash", "-c", planted))
        said = await sandbox.run((*sandbox.agent, "student"), stdin=b"{}", seconds=60)
        caught = await sandbox.run(("ls", "/tmp/caught"))
    assert "standard input holds no task" in said.output
    assert caught.code != 0


@pytest.mark.docker
async def test_the_runtime_cant_be_changed_from_inside(docker_host: str) -> None:
    attempts = ("touch x", "rm -rf agent", "mount -o remount,rw .", "umount -l .")
    async with DockerEngine().open(spec()) as sandbox:
        for attempt in attempts:
            tried = await sandbox.run(("bash", "-c", f"cd /opt/smile && {attempt}"))
            assert tried.code != 0, attempt
        said = await sandbox.run((*sandbox.agent, "student"), stdin=b"{}", seconds=60)
    assert "standard input holds no task" in said.output


@pytest.mark.docker
async def test_runs_that_begin_together_fill_the_runtimes_volume_once_and_whole(
    docker_host: str,
) -> None:
    runtime = f"smile-test-runtime:{uuid.uuid4().hex[:8]}"
    name, _, version = runtime.partition(":")
    wanted = [spec() for _ in range(4)]
    async with client() as docker:
        await docker.images.tag(recipes.runtime().tag, name, tag=version)
        volume = volume_of(runtime)
        try:
            await asyncio.gather(*(fill(docker, each, Owner.me(), runtime) for each in wanted))
            whole = "/opt/smile/agent/lib/loader --list /opt/smile/agent/bin/smile-agent"
            said = await beside(
                volume, IMAGE, f"ls -A /opt/smile; {whole} >/dev/null && echo whole"
            )
            left = [c for each in wanted for c in await of_run(docker, each.run_id)]
        finally:
            for each in wanted:
                await remove_volume(docker, name_of(each.run_id))
        await images.remove(runtime)
        volumes: Any = docker.volumes
        names = {each["Name"] for each in (await volumes.list())["Volumes"] or ()}
    assert said == "agent\nwhole\n"
    assert left == []
    assert volume not in names, "it went with its image"


@pytest.mark.docker
@pytest.mark.heavy
async def test_programs_of_providers_start_at_their_versions_where_there_is_no_c_library(
    docker_host: str,
) -> None:
    await build(recipes.agents())
    wanted = spec()
    volume = volume_of(recipes.agents().tag)
    start = "cd /opt/smile/agent/cli/bin; for each in *; do echo $each $(./$each --version); done"
    async with client() as docker, made_of(NO_C_LIBRARY) as image:
        await fill(docker, wanted, Owner.me(), recipes.agents().tag)
        await remove_volume(docker, name_of(wanted.run_id))
        said = await beside(volume, image, f"export HOME=/tmp IS_SANDBOX=1; {start}")
    package = json.loads((PACKAGES / "package.json").read_text("utf-8"))
    versions = [said_of[1] for line in said.splitlines() if (said_of := VERSION.search(line))]
    assert sorted(versions) == sorted(package["dependencies"].values()), said


@pytest.mark.docker
async def test_a_runtime_that_is_not_there_is_told_with_the_command_that_makes_it(
    docker_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(recipes.runtime(), tag="smile-runtime:of-tomorrow")
    monkeypatch.setattr(recipes, "runtime", lambda: other)
    why = await DockerEngine().why_not(IMAGE)
    assert why.endswith("is not there: run `smile image build runtime`")


# --- sources of this machine -----------------------------------------------------------------


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


DEBIAN = {
    "etc/os-release": 'ID=debian\nVERSION_CODENAME="bookworm"\n',
    "etc/apt/sources.list.d/debian.sources": "Types: deb\nURIs: http://mirror.example/debian\n",
}


def test_the_distributions_own_sources_are_taken_over_and_no_others(tmp_path: Path) -> None:
    extra = {"etc/apt/sources.list.d/nodesource.sources": "Types: deb\n"}
    found = host_sources(machine(tmp_path, DEBIAN | extra))
    assert found["network/release"] == b"debian bookworm"
    assert b"mirror.example" in found["network/host/etc/apt/sources.list.d/debian.sources"]
    assert not any("nodesource" in name for name in found)


def test_of_pip_only_what_another_machine_can_reach_is_taken_over(tmp_path: Path) -> None:
    pip = (
        "[global]\nindex-url = https://index.example/simple\nfind-links = /opt/wheels\n"
        "extra-index-url = file:///opt/pypi https://more.example/simple\n"
    )
    found = host_sources(machine(tmp_path, DEBIAN | {"etc/pip.conf": pip}))
    text = found["network/host/etc/pip.conf"].decode()
    assert "index-url = https://index.example/simple\n" in text
    assert "extra-index-url = https://more.example/simple\n" in text
    assert "opt" not in text


def test_another_kind_of_machine_has_no_sources_to_take_over(tmp_path: Path) -> None:
    assert host_sources(machine(tmp_path, {"etc/os-release": "ID=arch\n"})) == {}
    assert host_sources(tmp_path / "empty") == {}
