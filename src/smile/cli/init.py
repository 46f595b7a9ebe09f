"""``smile init``: a ``smile.json`` to start from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from smile.errors import ConfigError

__all__ = ["main"]

START = {
    "tutorial": "tutorial.md",
    "llmProvider": "auto",
    "maxIterations": 10,
    "timeout": 1800,
    "containerImage": "smile-base:latest",
    "studentBehavior": {"patienceLevel": "low", "timeoutSeconds": 60},
    "outputDir": ".",
}


def main(args: argparse.Namespace) -> int:
    """Write the file, and never over another one."""
    directory = Path(args.directory)
    file = directory / "smile.json"
    tutorial = _only_tutorial(directory) if directory.is_dir() else ""
    text = json.dumps(START | ({"tutorial": tutorial} if tutorial else {}), indent=2) + "\n"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise ConfigError(
            f"{file} exists already, and is left as it is", "edit it, or remove it first"
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{file} can't be written: {error.strerror}", "name a directory where you may write"
        ) from error
    args.talk.result(f"wrote {file}\nnext: smile run{'' if directory == Path() else f' -c {file}'}")
    return 0


def _only_tutorial(directory: Path) -> str:
    """The Markdown file to name: ``tutorial.md``, else the only one but the README."""
    names = sorted(path.name for path in directory.glob("*.md"))
    if "tutorial.md" in names:
        return ""
    others = [name for name in names if name.lower() not in ("readme.md", "changelog.md")]
    return others[0] if len(others) == 1 else ""
