"""What libraries and Python itself would print goes the way of all talk."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smile.cli.talk import About, Talk
from smile.plain import plain
from smile.redaction import Redactor

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["debugging", "talking"]


@contextmanager
def talking(args: argparse.Namespace) -> Iterator[Talk]:
    """The talk of a command, as its options ask for it: all that is said goes through it."""
    verbose, quiet = args.verbose, args.quiet
    least = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    talk = Talk(
        Redactor.of(os.environ),
        as_json=args.log_format == "json",
        least=least,
        debug=debugging(verbose),
    )
    with _bridged(talk, logging.DEBUG if verbose >= 2 else logging.WARNING):
        try:
            yield talk
        finally:
            talk.close()


def debugging(verbose: int) -> bool:
    """Whether tracebacks are wanted."""
    return verbose >= 2 or os.environ.get("SMILE_DEBUG", "").lower() not in {"", "0", "false", "no"}


class _Bridge(logging.Handler):
    """Hands the records of loggers to the talk."""

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it as a log of its library."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):  # it was called with the wrong arguments
            text = str(record.msg)
        kind, error, trace = record.exc_info or (None, None, None)
        self._talk.tell(
            f"{record.name}: {' '.join(plain(text).split())}",
            About.LOG,
            level=record.levelno,
            trace="".join(traceback.format_exception(kind, error, trace)) if error else "",
            fields={"logger": record.name},
        )


@contextmanager
def _bridged(talk: Talk, level: int) -> Iterator[None]:
    """Let whatever is logged from this level on go through ``talk``, and what is warned of."""
    root, bridge = logging.getLogger(), _Bridge(talk)
    before, hook = root.level, sys.unraisablehook
    root.addHandler(bridge)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    sys.unraisablehook = _unraisable
    try:
        yield
    finally:
        sys.unraisablehook = hook
        logging.captureWarnings(capture=False)
        root.setLevel(before)
        root.removeHandler(bridge)


def _unraisable(said: UnraisableHookArgs) -> None:
    """An error in a finalizer, which nobody can catch."""
    error = said.exc_value
    logging.getLogger("python").error(
        "%s in %r", said.err_msg or "an error was ignored", said.object, exc_info=error
    )
