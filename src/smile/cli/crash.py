"""What is said when SMILE itself failed."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback

from smile import __version__
from smile.errors import SmileError

BUG = 70


def explain(error: Exception, *, show: bool) -> int:
    """Say that it is a bug of ours, keep the traceback in a file, and return the exit code."""
    trace = "".join(traceback.format_exception(error))
    about = f"smile {__version__}, Python {platform.python_version()}, {platform.platform()}"
    name = type(error).__name__
    what = str(error) if isinstance(error, SmileError) else f"{name}: {error}"
    sys.stderr.write(f"error: SMILE failed, not your tutorial: {what}\n")
    kept = _keep(f"{about}\n{' '.join(sys.argv)}\n\n{trace}")
    if show or not kept:
        sys.stderr.write(trace)
    where = f"the traceback is in {kept}; " if kept else ""
    sys.stderr.write(f"  try: {where}please open an issue of SMILE Loop with it ({about})\n")
    return BUG


def _keep(text: str) -> str:
    """Write the traceback where it survives; empty when there is no place for it."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="smile-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
            return file.name
    except OSError:
        return ""
