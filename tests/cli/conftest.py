"""Drives the real command line in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Smile = Callable[..., subprocess.CompletedProcess[str]]

LEFT_OUT = ("_API_KEY", "SMILE_", "DOCKER_", "_PROXY", "_proxy")


def environment(**variables: str) -> dict[str, str]:
    """This environment without what would change a run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not any(part in name for part in LEFT_OUT)
    }
    return kept | variables


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "smile.cli.main", *args]


@pytest.fixture
def smile(tmp_path: Path) -> Smile:
    """Run ``smile`` with these arguments in an empty directory."""

    def run(*args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*args),
            cwd=tmp_path,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


class Started:
    """A run that goes on, to be interrupted."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def wait_for(self, text: str) -> None:
        """Read stderr until a line holds the text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return
        pytest.fail(f"it ended without saying {text!r}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        stdout, stderr = self.process.communicate(timeout=60)
        return self.process.returncode, stdout, stderr


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Started]:
    """Start ``smile`` with these arguments, and go on."""

    def begin(*args: str, **variables: str) -> Started:
        process = subprocess.Popen(
            command(*args),
            cwd=tmp_path,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Started(process)

    return begin
