"""``smile``: reads the command line, calls one command, turns its errors into exit codes.

Nothing heavy is imported here: each command's module is loaded when it was asked for.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

from smile import __version__
from smile.cli import arguments
from smile.errors import SmileError

__all__ = ["main"]

BUG = 70
INTERRUPTED = 130
READER_GONE = 141
"""128 + SIGPIPE: what a shell shows for a program whose reader went away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``smile`` with these arguments and return its exit code."""
    args = arguments.parser(__version__).parse_args(argv)
    # Loading makes many objects that stay: the collector would walk through them again and again,
    # a sixth of the time that it takes to start.
    gc.set_threshold(50_000)
    try:
        return _command(args)(args)
    except BrokenPipeError:
        # The interpreter flushes stdout when it ends: that must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge: nobody sees a bare traceback
        return _explain(error, args)


def _command(args: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    command: Callable[[argparse.Namespace], int] = import_module(args.module).main
    return command


def _explain(error: Exception, args: argparse.Namespace) -> int:
    known = _known(error)
    if known is None or known.exit_code == BUG:
        from smile.cli.crash import explain

        return explain(error, show=args.verbose >= 2)
    sys.stderr.write(sentence(known))
    return known.exit_code


def _known(error: BaseException) -> SmileError | None:
    """The error that was raised on purpose; a task group wraps it."""
    if isinstance(error, BaseExceptionGroup):
        return next((known for each in error.exceptions if (known := _known(each))), None)
    return error if isinstance(error, SmileError) else None


def sentence(error: SmileError) -> str:
    """What failed and what to try, as it stands on stderr."""
    hint = error.hint.replace("\n", "\n       ")
    return f"error: {error.message}\n" + (f"  try: {hint}\n" if hint else "")


def run() -> NoReturn:
    """Entry point of ``python -m smile.cli.main``."""
    raise SystemExit(main())


if __name__ == "__main__":
    run()
