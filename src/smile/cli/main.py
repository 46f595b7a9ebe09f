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
from smile.errors import BUG, SmileError, UsageError, exhausted

__all__ = ["main"]

INTERRUPTED = 130
READER_GONE = 141
"""128 + SIGPIPE: what a shell shows for a program whose reader went away."""

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``smile`` with these arguments and return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    # Loading makes many objects that stay: the collector would walk through them again and again,
    # a sixth of the time that it takes to start.
    gc.set_threshold(50_000)
    try:
        return _main(given)
    except KeyboardInterrupt:  # as it begins, or while something else is being said
        return INTERRUPTED


def _main(given: Sequence[str]) -> int:
    try:
        args = arguments.parser(__version__).parse_args(given)
    except UsageError as error:
        if given and given[0].startswith("-"):
            error = UsageError(
                error.message, "options follow the command: smile run --log-format json"
            )
        return _call(_raising(error), arguments.of_talk(given))
    return _call(_command, args)


def _command(args: argparse.Namespace) -> int:
    command: Command = import_module(args.module).main
    return command(args)


def _raising(error: SmileError) -> Command:
    def command(_: argparse.Namespace) -> int:
        raise error

    return command


def _call(command: Command, args: argparse.Namespace) -> int:
    """Do it; whatever goes wrong is said, and becomes an exit code."""
    from smile.cli.logs import talking

    with talking(args) as args.talk:
        try:
            args.talk.begin(args.log_file)
            code = command(args)
            args.talk.flush()
        except BrokenPipeError:
            code = READER_GONE
        except KeyboardInterrupt:
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the edge: nobody sees a bare traceback
            code = _explain(error, args)
    _let_go_of_stdout()
    return code


def _explain(error: Exception, args: argparse.Namespace) -> int:
    known = _known(error)
    if known is None or known.exit_code == BUG:
        from smile.cli.crash import explain

        return explain(error, args)
    args.talk.fail(known)
    return known.exit_code


def _known(error: BaseException) -> SmileError | None:
    """The error that was raised on purpose; a task group wraps it, and may wrap a bug beside it."""
    if isinstance(error, BaseExceptionGroup):
        found = [_known(each) for each in error.exceptions]
        return found[0] if all(found) else None
    return error if isinstance(error, SmileError) else exhausted(error)


def _let_go_of_stdout() -> None:
    """What could not be written must not fail a second time when the interpreter ends."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """Entry point of ``python -m smile.cli.main``."""
    raise SystemExit(main())


if __name__ == "__main__":
    run()
