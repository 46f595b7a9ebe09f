"""What each field of ``smile.json`` may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from smile.config.model import FailOn, Provider, SandboxKind
from smile.wire import Patience

LARGEST: Final = 2**31 - 1
SMALLEST_MEMORY: Final = 64 * 1024**2
LARGEST_MEMORY: Final = 1024**4
FEWEST_PIDS: Final = 32
"""Our wrapper, its threads and a terminal or two take a dozen."""
_UNITS: Final = {"k": 1024, "m": 1024**2, "g": 1024**3}
_SIZE: Final = re.compile(r"([1-9][0-9]{0,8})([kmg])")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: what is allowed, in words, and how it is read (``None``: it is not)."""

    allowed: str
    read: Callable[[object], object | None]


def _integer(first: int, last: int = LARGEST) -> Kind:
    def read(value: object) -> object | None:
        right = isinstance(value, int) and not isinstance(value, bool) and first <= value <= last
        return value if right else None

    return Kind(f"an integer from {first} to {last}", read)


def _one_of(words: type[StrEnum]) -> Kind:
    def read(value: object) -> object | None:
        text = value.strip().lower() if isinstance(value, str) else None
        return next((word for word in words if word == text), None)

    return Kind("one of " + ", ".join(words), read)


def _read_text(value: object) -> object | None:
    # A lone surrogate or a NUL is legal in JSON, but in no path and in no header.
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        return None
    return None if re.search("[\ud800-\udfff]", value) else value


def _read_size(value: object) -> object | None:
    match = _SIZE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None:
        return None
    size = int(match[1]) * _UNITS[match[2]]
    return size if SMALLEST_MEMORY <= size <= LARGEST_MEMORY else None


def _read_cores(value: object) -> object | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0.1 <= value <= 1024 else None


TEXT = Kind("a string that is not empty", _read_text)
BOOLEAN = Kind("true or false", lambda value: value if isinstance(value, bool) else None)
COUNT = _integer(1)
PORT = _integer(0, 65535)
SIZE = Kind('a size such as "512m" or "4g", from 64m to 1024g', _read_size)
CORES = Kind("a number from 0.1 to 1024", _read_cores)

FIELDS: Final[dict[str, Kind]] = {
    "tutorial": TEXT,
    "llmProvider": _one_of(Provider),
    "maxIterations": COUNT,
    "timeout": COUNT,
    "containerImage": TEXT,
    "studentBehavior.maxRetriesBeforeHelp": COUNT,
    "studentBehavior.askOnMissingDependency": BOOLEAN,
    "studentBehavior.askOnAmbiguousInstruction": BOOLEAN,
    "studentBehavior.askOnCommandFailure": BOOLEAN,
    "studentBehavior.askOnTimeout": BOOLEAN,
    "studentBehavior.timeoutSeconds": COUNT,
    "studentBehavior.patienceLevel": _one_of(Patience),
    "container.keepOnFailure": BOOLEAN,
    "container.keepOnSuccess": BOOLEAN,
    "container.memory": SIZE,
    "container.pids": _integer(FEWEST_PIDS, 4_194_304),  # what the kernel can count (pid_max)
    "container.cpus": CORES,
    "network.caBundle": TEXT,
    "network.proxy": TEXT,
    "stateFile": TEXT,
    "outputDir": TEXT,
}
SECTIONS: Final = {name.partition(".")[0] for name in FIELDS if "." in name}
PATHS: Final = ("tutorial", "stateFile", "outputDir", "network.caBundle")
DEFAULT_PATHS: Final = {
    "tutorial": "tutorial.md",
    "stateFile": ".smile/state.json",
    "outputDir": ".",
}
FLAGS: Final[dict[str, Kind]] = {
    **FIELDS,
    "port": PORT,
    "sandbox": _one_of(SandboxKind),
    "failOn": _one_of(FailOn),
    "keep": BOOLEAN,
}

Values = dict[str, object]
"""Dotted camelCase name → value, checked."""


def snake(name: str) -> str:
    """``maxIterations`` → ``max_iterations``."""
    return re.sub("([A-Z])", r"_\1", name).lower()


def shown(value: object) -> str:
    """A value as JSON, cut for a message."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "…"
