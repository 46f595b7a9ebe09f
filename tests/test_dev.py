"""./dev on machines that lack something; what it does where nothing lacks, CI shows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAMS = ("sh", "dirname", "cksum", "cat", "id", "sed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a PATH that holds a few programs and no Python."""
    for name in ("dev", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS:
        program = shutil.which(name)
        assert program
        (tmp_path / "bin" / name).symlink_to(program)
    return tmp_path


def dev(clone: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(clone / "dev"), *args],
        env={"PATH": str(clone / "bin"), "HOME": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def python(clone: Path, script: str) -> None:
    path = clone / "bin/python3"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_python_it_says_which_one_is_needed(clone: Path) -> None:
    done = dev(clone, "run")
    assert done.returncode == 3
    assert "Python 3.11 or later" in done.stderr
    assert "apt install python3" in done.stderr


def test_a_python_that_is_too_old_is_passed_over(clone: Path) -> None:
    python(clone, "exit 1")
    assert "Python 3.11 or later" in dev(clone, "run").stderr


def test_a_python_without_venv_is_named_with_what_to_install(clone: Path) -> None:
    python(clone, 'case "$*" in *ensurepip*) exit 1 ;; esac')
    done = dev(clone, "run")
    assert done.returncode == 3
    assert f"{clone}/bin/python3 can't make a virtual environment" in done.stderr
    assert "apt install python3-venv" in done.stderr


def test_without_a_command_it_says_what_it_can_do(clone: Path) -> None:
    done = dev(clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert "./dev test" in done.stderr
