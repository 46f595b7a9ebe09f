"""The configuration of a run: values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from smile.wire import Severity, StudentBehavior


class Provider(StrEnum):
    """Who plays Student and Mentor."""

    AUTO = "auto"
    CLAUDE = "claude"
    CODEX = "codex"
    GEMINI = "gemini"
    LITERAL = "literal"


class SandboxKind(StrEnum):
    """Which engine opens the newcomer's machine."""

    AUTO = "auto"
    DOCKER = "docker"
    LOCAL = "local"


class FailOn(StrEnum):
    """The mildest gap that makes ``smile run`` exit with 1."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    NEVER = "never"

    def covers(self, severity: Severity) -> bool:
        """Whether a gap of this severity fails the run."""
        order = [FailOn.CRITICAL, FailOn.MAJOR, FailOn.MINOR]
        return self is not FailOn.NEVER and order.index(FailOn(severity)) <= order.index(self)


@dataclass(frozen=True, slots=True)
class Container:
    """What the sandbox may use (bytes, processes, cores), and whether it stays after the run."""

    keep_on_failure: bool = True
    keep_on_success: bool = False
    memory: int = 4 * 1024**3
    pids: int = 512
    cpus: float = 2.0


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Certificates and proxy of the author's network."""

    ca_bundle: Path | None = None
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a run needs to know; seconds for times, absolute paths.

    ``file`` is the ``smile.json`` that was read, ``port`` 0 means any free one.
    """

    tutorial: Path
    state_file: Path
    output_dir: Path
    file: Path | None = None
    llm_provider: Provider = Provider.AUTO
    max_iterations: int = 10
    timeout: int = 1800
    container_image: str = "smile-base:latest"
    student_behavior: StudentBehavior = field(default_factory=StudentBehavior)
    container: Container = field(default_factory=Container)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    port: int = 0
    sandbox: SandboxKind = SandboxKind.AUTO
    fail_on: FailOn = FailOn.MINOR
