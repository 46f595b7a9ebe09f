"""Runs ``smile`` as a user does, and looks at what it leaves on the host."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from smile.wiring import engines

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schema/smile-report.schema.json").read_text(encoding="utf-8"))
REPORTS = ("smile-report.md", "smile-report.json", "smile-audit.log")

PROGRAM = ("-m", "smile.cli.main")

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_LEFT_OUT = ("_API_KEY", "SMILE_", "DOCKER_", "_PROXY", "_proxy")
_ENGINES = ("docker", "containerd", "netns", "podman")
"""In the mounts of engines that tests beside these may have started."""
_WATCHED = ("/", "/bin", "/etc", "/root", "/usr/bin", "/var/lib")
_SECONDS_TO_VANISH = 3.0


@cache
def why_not() -> str:
    """Why there is no local sandbox here; empty when there is one."""
    return asyncio.run(engines.local().why_not("host"))


def bash(*commands: str) -> str:
    """A tutorial with these commands, the first of them on line 4."""
    return "\n".join(["# T", "", "```bash", *commands, "```", ""])


@dataclass
class Ended:
    """A run that is over."""

    where: Path
    code: int
    stdout: str
    stderr: str
    seconds: float
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return str(self.report["summary"]["status"])

    @property
    def commands(self) -> dict[str, dict[str, Any]]:
        """What was typed → how it went; the last time counts."""
        return {ran["command"]: ran for ran in self.report["auditTrail"]["commands"]}

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """Kind and line."""
        return [(gap["kind"], gap["location"]["lineNumber"]) for gap in self.report["gaps"]]

    @property
    def written(self) -> str:
        """All that it wrote and said."""
        files = [self.where / name for name in REPORTS] + [*self.where.glob(".smile/*")]
        texts = [path.read_text(encoding="utf-8") for path in files if path.exists()]
        return "\n".join([self.stdout, self.stderr, *texts])


class Smile:
    """``smile`` in a directory of its own."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.program: Sequence[str] = PROGRAM
        """What Python is to run: a test may put something broken in its place."""
        self._temporary = where.parent / f"{where.name}-tmp"
        self._temporary.mkdir()
        self._before = _seen_on_the_host()

    def write(
        self,
        tutorial: str | bytes,
        *,
        timeout: int = 120,
        iterations: int = 2,
        **behavior: Any,
    ) -> None:
        """Write the tutorial, and a smile.json with little patience."""
        content = tutorial.encode() if isinstance(tutorial, str) else tutorial
        (self.where / "tutorial.md").write_bytes(content)
        settings = {
            "maxIterations": iterations,
            "timeout": timeout,
            "studentBehavior": {"timeoutSeconds": 3} | behavior,
        }
        (self.where / "smile.json").write_text(json.dumps(settings), encoding="utf-8")

    def start(
        self, *args: str, program: Sequence[str] = (), **variables: str
    ) -> subprocess.Popen[str]:
        """``smile run`` in the local sandbox without a model, unless told otherwise."""
        kept = {k: v for k, v in os.environ.items() if not any(part in k for part in _LEFT_OUT)}
        chosen = ["--sandbox", "local"] if "--sandbox" not in args else []
        chosen += ["--provider", "literal"] if "--provider" not in args else []
        return subprocess.Popen(
            [sys.executable, *(program or self.program), "run", *args, *chosen],
            cwd=self.where,
            env=kept | {"TMPDIR": str(self._temporary), "NO_COLOR": "1"} | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="strict",
        )

    def run(self, *args: str, **variables: str) -> Ended:
        """Run to the end; what holds for every end is looked at."""
        began = time.monotonic()
        return self.end(self.start(*args, **variables), began)

    def end(self, process: subprocess.Popen[str], began: float) -> Ended:
        """Wait for the end of one that was started."""
        stdout, stderr = process.communicate(timeout=100)
        ended = Ended(self.where, process.returncode, stdout, stderr, time.monotonic() - began)
        assert "Traceback" not in stderr, stderr
        written = self.where / REPORTS[1]
        if written.exists():
            ended.report = json.loads(written.read_text(encoding="utf-8"))
            jsonschema.validate(ended.report, SCHEMA)
        self.assert_that_nothing_is_left(ended)
        return ended

    def follow(
        self, tutorial: str | bytes, *args: str, iterations: int = 2, **behavior: Any
    ) -> Ended:
        """Write a tutorial and run it to its end, which has a report."""
        self.write(tutorial, iterations=iterations, **behavior)
        ended = self.run(*args)
        for name in REPORTS:
            assert (self.where / name).stat().st_size, (name, ended.stderr)
        return ended

    def assert_that_nothing_is_left(self, ended: Ended) -> None:
        """No process (so no namespace), mount, control group or file of it; nothing is lost."""
        run_id = ended.report["summary"]["runId"] if ended.report else "?"
        deadline = time.monotonic() + _SECONDS_TO_VANISH
        killed = ended.code == -signal.SIGKILL  # then the lock's file stays, and holds nobody up
        while left := [*_left(self._before, run_id), *self._files_left(lock=not killed)]:
            if time.monotonic() > deadline:
                pytest.fail(f"left behind: {left}")
            time.sleep(0.1)

    def _files_left(self, *, lock: bool) -> Iterator[str]:
        yield from (f"file {path}" for path in self._temporary.iterdir())
        yield from (f"file {path}" for path in self.where.rglob("*.tmp"))
        if lock:
            yield from (f"file {path}" for path in self.where.glob(".smile/state.lock"))


def smile_in(where: Path) -> Iterator[Smile]:
    """For a fixture: whatever a run leaves running becomes ours, so that it is seen."""
    if why_not():
        pytest.skip(f"no local sandbox: {why_not()}")
    where.mkdir()
    _adopt(orphans=True)
    try:
        yield Smile(where)
    finally:
        _adopt(orphans=False)
        for pid in _descendants(os.getpid()):
            os.kill(pid, signal.SIGKILL)


def _adopt(*, orphans: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(orphans), 0, 0, 0)


@dataclass(frozen=True)
class _Host:
    mounts: frozenset[str]
    names: frozenset[str]


def _seen_on_the_host() -> _Host:
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    names = {str(path) for directory in _WATCHED for path in Path(directory).iterdir()}
    return _Host(
        frozenset(m for m in mounts if not any(engine in m for engine in _ENGINES)),
        frozenset(names),
    )


def _left(before: _Host, run_id: str) -> Iterator[str]:
    now = _seen_on_the_host()
    yield from (f"mount {line}" for line in now.mounts - before.mounts)
    yield from (f"lost {name}" for name in before.names - now.names)
    for pid in _descendants(os.getpid()):
        yield f"process {pid} {_read(f'/proc/{pid}/cmdline')!r}"
    for parent, groups, _ in os.walk("/sys/fs/cgroup"):  # others come and go beneath us
        yield from (f"control group {parent}/{g}" for g in groups if f"smile-{run_id}-" in g)


def _descendants(root: int) -> list[int]:
    """Processes below this one that still run."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        state, parent, *_ = _read(f"{entry}/stat").rpartition(")")[2].split() or ["Z", "0"]
        if state != "Z":
            children.setdefault(int(parent), []).append(int(entry.name))
    found = list(children.get(root, ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Look again and again."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)
