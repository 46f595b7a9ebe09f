"""Imports run one way, and the command line stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import smile
from smile.sandbox.recipes import WRAPPER

PACKAGE = Path(smile.__file__).parent

RANK = {
    "errors": 0,
    "plain": 0,
    "cuts": 0,
    "redaction": 1,
    "wire": 1,
    "regex": 1,
    "streams": 1,
    "config": 2,
    "tutorial": 2,
    "sandbox": 3,
    "gateway": 3,
    "agent": 3,
    "loop": 4,
    "report": 5,
    "server": 5,
    "check": 6,
    "wiring": 6,
    "sweep": 7,
    "cli": 8,
}
"""A package imports itself and what has a lower rank."""

OF_THE_AGENT = {"errors", "regex", "cuts", "wire", "tutorial", "agent"}
"""It runs in the sandbox, and is to stay light."""


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imported(path: Path) -> Iterator[str]:
    """Dotted names below ``smile`` that a module imports, without ``smile.`` itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name.removeprefix("smile.") for name in names if name.startswith("smile."))


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def wrong(source: str, target: str) -> str:
    """Why this package may not import this dotted name; empty when it may."""
    package = target.partition(".")[0]
    if package not in RANK:
        return "" if package == "__version__" else f"{package} has no rank"
    if source == package:
        return ""
    if RANK[source] <= RANK[package]:
        return f"{source} may not import {package}"
    if source == "agent" and package not in OF_THE_AGENT:
        return f"agent may not import {package}"
    if source == "loop" and package == "sandbox" and not target.startswith("sandbox.base"):
        return "loop knows sandbox.base, never an engine"
    return ""


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("loop", "wire.Status", True),
        ("loop", "sandbox.base.Spec", True),
        ("loop", "sandbox.docker.DockerEngine", False),
        ("wire", "loop.runner", False),
        ("agent", "config.Config", False),
        ("agent", "sandbox.base", False),
        ("report", "server.app", False),
        ("cli", "utils.attic", False),
        ("cli", "__version__", True),
    ],
)
def test_the_rule_tells_right_from_wrong(source: str, target: str, allowed: bool) -> None:
    assert (wrong(source, target) == "") is allowed


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_to_its_left(path: Path) -> None:
    source = package_of(path)
    assert source in RANK, f"give {source} a rank"
    assert [why for name in imported(path) if (why := wrong(source, name))] == []


def test_importing_smile_imports_nothing_else_of_it() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert found == []


def test_the_command_line_is_read_without_loading_anything_heavy() -> None:
    code = "import sys, smile.cli.main, smile.cli.arguments; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"pydantic", "starlette", "uvicorn", "aiodocker", "rich", "markdown_it", "asyncio"}
    heavy |= {"logging", "dataclasses"}
    assert heavy & set(loaded) == set()


def test_the_runtime_carries_all_that_the_agent_imports() -> None:
    assert {name.removesuffix(".py") for name in WRAPPER} == {"__init__", *OF_THE_AGENT}
