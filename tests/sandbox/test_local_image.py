"""The local engine over an unpacked root file system: a machine that has next to nothing."""

# ruff: noqa: ASYNC221, ASYNC240  small files, before or after a machine runs

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.sandbox.local_machines import local, opened, py

from smile.errors import SandboxError

pytestmark = pytest.mark.namespaces

PROGRAMS = ("sh", "cat", "ls")


@pytest.fixture
async def image(tmp_path: Path) -> Path:
    """A root file system with a shell and two programs, no Python, and no certificates."""
    if why := await local().why_not("host"):
        pytest.skip(why)
    root = tmp_path / "colon:and,comma" / "root"
    for directory in ("bin", "etc", "usr/bin", "usr/local/bin", "opt"):
        (root / directory).mkdir(parents=True)
    for program in PROGRAMS:
        path = Path(shutil.which(program) or "")
        shutil.copy(path, root / "bin" / program)
        said = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", said):
            target = root / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/os-release").write_text('PRETTY_NAME="Next To Nothing 1"\n')
    return root


async def test_only_what_is_in_it_is_seen(image: Path) -> None:
    async with opened(image=str(image)) as sandbox:
        shown = await sandbox.run(
            ("sh", "-c", "ls /bin /usr/bin; cat /workspace/tutorial/tutorial.md")
        )
        assert shown.output.split() == [
            "/bin:",
            *sorted(PROGRAMS),
            "/usr/bin:",
            "sudo",
            "#",
            "Hello",
        ]
        assert sandbox.machine.distribution == "Next To Nothing 1"
        assert "none of those that tutorials ask for" in " ".join(sandbox.machine.notes)


async def test_the_wrapper_runs_where_there_is_no_python(image: Path) -> None:
    async with opened(image=str(image)) as sandbox:
        program = "import ctypes, lzma, socket, sqlite3, ssl, sys; print(sys.version_info[0])"
        assert (await py(sandbox, program)).output == "3\n"
        started = await sandbox.run((*sandbox.agent, "student"), stdin=b"no task", seconds=60)
        assert started.code == 1
        assert "standard input holds no task" in started.output


async def test_it_is_not_changed_and_a_reset_shows_it_anew(image: Path) -> None:
    before = sorted(path.relative_to(image) for path in image.rglob("*"))
    async with opened(image=str(image)) as sandbox:
        await sandbox.run(("sh", "-c", "echo x > /bin/x; echo y >> /etc/passwd; echo z > /z"))
        assert "x" in (await sandbox.run(("ls", "/bin"))).output.split()
        await sandbox.reset()
        assert "x" not in (await sandbox.run(("ls", "/bin"))).output.split()
    assert sorted(path.relative_to(image) for path in image.rglob("*")) == before


@pytest.mark.parametrize("name", ["proc", "dev", "workspace", "opt", "sys"])
async def test_a_link_in_it_doesnt_lead_us_out(image: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    if (image / name).is_dir():
        (image / name).rmdir()
    (image / name).symlink_to(f"../host{outside}")
    with pytest.raises(SandboxError, match="is a link in this root file system"):
        async with opened(image=str(image)):
            pass
    assert not list(outside.iterdir())


async def test_a_file_that_is_a_link_is_replaced_not_followed(image: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("as before")
    (image / "etc/resolv.conf").symlink_to(kept)
    async with opened(image=str(image)) as sandbox:
        assert "127.0.0.1" in (await sandbox.run(("cat", "/etc/resolv.conf"))).output
    assert kept.read_text() == "as before"


async def test_a_directory_without_a_shell_is_no_image(tmp_path: Path) -> None:
    assert "no shell" in await local().why_not(str(tmp_path))
