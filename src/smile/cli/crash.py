"""What is said when SMILE itself failed, and what is kept of it for ``smile bug-report``."""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from smile import __version__
from smile.cli.talk import About, Talk
from smile.errors import BUG, BugError, SmileError

__all__ = ["NAME", "explain"]

NAME = "crash.txt"
"""Beside the state file."""


def explain(error: Exception, args: argparse.Namespace) -> int:
    """Say that it is a bug of ours, keep the traceback in a file, and return the exit code."""
    talk: Talk = args.talk
    trace = "".join(traceback.format_exception(error))
    what = str(error) if isinstance(error, SmileError) else f"{type(error).__name__}: {error}"
    hint = _keep(talk.redact(_text(trace, talk.recent)), _state_dir(args))
    talk.tell(
        f"SMILE failed, not your tutorial: {what}",
        About.CRASH,
        level=logging.CRITICAL,
        trace=trace,
        fields={"hint": hint, "kind": type(_cause(error)).__name__, "exitCode": BUG},
    )
    return BUG


def _state_dir(args: argparse.Namespace) -> Path:
    """Where the state of a run lies, as far as the configuration was read."""
    known: Path | None = getattr(args, "state_dir", None)
    return known or Path(os.environ.get("SMILE_STATE_DIR") or ".smile").absolute()


def _cause(error: Exception) -> BaseException:
    return (error.__cause__ or error) if isinstance(error, BugError) else error


def _text(trace: str, said: Iterable[str]) -> str:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    about = f"{at}, smile {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return "\n".join([about, " ".join(sys.argv), "", trace, "What was said until then:", *said, ""])


def _keep(text: str, state_dir: Path) -> str:
    """Write it where it survives, and say what to do with it."""
    path = state_dir / NAME
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return _keep_elsewhere(text)
    return (
        f"the traceback is in {path}; `smile bug-report` puts it into a file without secrets, "
        "to be attached to an issue of SMILE Loop"
    )


def _keep_elsewhere(text: str) -> str:
    rest = "an issue of SMILE Loop, with what `smile bug-report` writes"
    try:
        handle, name = tempfile.mkstemp(prefix="smile-crash-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return f"see the traceback with SMILE_DEBUG=1, and put it into {rest}"
    return f"the traceback is in {name}: attach it to {rest}"
