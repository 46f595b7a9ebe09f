"""Lists that take long to make, remembered between runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path


def remembered(name: str, sources: Iterable[str], make: Callable[[], list[str]]) -> list[str]:
    """The list as it was made when the sources were as they are now.

    Args:
        name: of the list.
        sources: paths of files and directories; a change of one makes the list anew.
        make: makes the list.
    """
    stamp = [(path, _changed(path)) for path in sources]
    digest = hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:16]
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    kept = Path(home, "smile", f"{name}-{digest}.json")
    try:
        found: list[str] = json.loads(kept.read_text("utf-8"))
    except (OSError, ValueError):
        found = make()
        if kept.is_absolute():  # else nobody knows where home is
            _keep(kept, found)
    return found


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _keep(path: Path, content: list[str]) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content), "utf-8")
        temporary.replace(path)
    except OSError:
        pass  # a home that can't be written to costs half a second a run, no more
