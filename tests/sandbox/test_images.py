"""Images of a learner's machine, built on a real engine."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine import author_network
from tests.sandbox.machines import IMAGE, client, spec

from smile.sandbox import images
from smile.sandbox.base import Exited, Network, SandboxError
from smile.sandbox.docker import DockerEngine
from smile.sandbox.host_sources import host_sources


@pytest.fixture
async def tag(docker_host: str) -> AsyncIterator[str]:
    """A name for an image, which is gone afterwards."""
    name = f"smile-test:{uuid.uuid4().hex[:8]}"
    yield name
    async with client() as docker:
        if any(name in (image["RepoTags"] or ()) for image in await docker.images.list()):
            await docker.images.delete(name, force=True)


async def inside(image: str, script: str) -> Exited:
    async with DockerEngine().open(spec(image=image)) as sandbox:
        return await sandbox.run(("bash", "-c", script), seconds=60)


@pytest.mark.docker
async def test_the_default_image_has_what_a_newcomer_has_and_no_more(docker_host: str) -> None:
    there = await inside(IMAGE, "command -v sudo curl python3 && python3 -m venv /tmp/v")
    absent = await inside(IMAGE, "command -v git pip node npm make gcc smile smile-agent")
    assert there.code == 0, there.output
    assert absent.output == ""


@pytest.mark.docker
async def test_nothing_of_the_build_is_left_in_the_image(docker_host: str) -> None:
    shown = await inside(IMAGE, "env; ls -A /tmp /etc/apt/apt.conf.d; cat /etc/pip.conf")
    assert "smile" not in shown.output.lower()
    assert "DEBIAN_FRONTEND" not in shown.output
    async with client() as docker:
        found = await docker.images.inspect(IMAGE)
    assert [name.partition("=")[0] for name in found["Config"]["Env"]] == ["PATH"]


def test_the_wrappers_own_libraries_reach_no_program_of_the_learner() -> None:
    bootloader = {"LD_LIBRARY_PATH": "/opt", "LD_LIBRARY_PATH_ORIG": "/mine", "_PYI_LEVEL": "1"}
    show = "import runpy, subprocess, sys; runpy.run_path(sys.argv[1]); subprocess.run(['env'])"
    shown = subprocess.run(
        [sys.executable, "-c", show, images.RECIPE / "environment.py"],
        env={"PATH": os.environ["PATH"], **bootloader},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert "LD_LIBRARY_PATH=/mine" in shown
    assert not any("_ORIG" in line or "_PYI" in line for line in shown)


@pytest.mark.docker
async def test_an_image_of_the_authors_choice_gets_the_wrapper_and_sudo_only(
    tag: str,
) -> None:
    lines: list[str] = []
    async with client() as docker:
        await docker.images.tag(images.DEFAULT_BASE, tag.partition(":")[0], tag="chosen")
    try:
        made = await images.build(
            base="smile-test:chosen", tag=tag, network=author_network(), progress=lines.append
        )
        assert made.startswith("sha256:")
        assert any("Successfully tagged" in line for line in lines)
        assert await DockerEngine().why_not(tag) == ""
        shown = await inside(tag, "command -v sudo; command -v python3 curl")
        assert shown.output == "/usr/bin/sudo\n"
        (image,) = [image for image in await images.list_images() if image.tag == tag]
        assert image.base == "smile-test:chosen"
        assert len(image.source) == 64
        await images.remove(tag)
        assert tag not in {image.tag for image in await images.list_images()}
    finally:
        async with client() as docker:
            await docker.images.delete("smile-test:chosen", force=True)


@pytest.mark.docker
async def test_a_base_that_nobody_has_is_told(tag: str) -> None:
    with pytest.raises(SandboxError, match="could not be built"):
        await images.build(
            base="127.0.0.1:1/no/such:base",
            tag=tag,
            network=Network(),
            progress=lambda line: None,
        )


@pytest.mark.docker
async def test_only_images_of_ours_are_removed(docker_host: str) -> None:
    with pytest.raises(SandboxError, match="not one of SMILE's"):
        await images.remove(images.DEFAULT_BASE)
    with pytest.raises(SandboxError, match="no image smile-nothing:at-all"):
        await images.remove("smile-nothing:at-all")


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
