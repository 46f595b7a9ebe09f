"""``smile run``: follow a tutorial, say what happens, and show what was found."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from smile import config as configuration
from smile.cli import examples, progress
from smile.cli.main import sentence
from smile.config import Config
from smile.errors import UsageError
from smile.wiring import StoppedEarly
from smile.wiring import run as follow

if TYPE_CHECKING:
    from smile.wiring.outcome import Outcome

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Run, and return the exit code."""
    if args.example == "list":
        print("\n".join(examples.names()))
        return 0
    config, warnings = _config(args)
    for warning in warnings:
        sys.stderr.write(f"warning: {warning}\n")
    signals = _Signals()
    try:
        with progress.on_stderr(quiet=args.quiet, verbose=args.verbose) as watcher:
            outcome = asyncio.run(_follow(config, watcher, signals, fresh=args.fresh))
    except StoppedEarly as early:
        sys.stderr.write(sentence(early))
        return signals.exit_code or early.exit_code
    _show(outcome, as_json=args.json)
    return signals.exit_code or outcome.exit_code(config.fail_on)


async def _follow(
    config: Config, watcher: progress.Progress, signals: _Signals, *, fresh: bool
) -> Outcome:
    signals.install(asyncio.get_running_loop())
    return await follow(
        config, environ=os.environ, stop=signals.stop, observer=watcher, fresh=fresh
    )


class _Signals:
    """Ctrl+C and SIGTERM: the first asks to stop, the second ends at once."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.exit_code = 0

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._received, number)

    def _received(self, number: int) -> None:
        if self.exit_code:
            if sys.stderr.isatty():
                os.write(2, b"\x1b[?25h\n")  # the live line hides the cursor
            os._exit(128 + number)
        self.exit_code = 128 + number
        self.stop.set()
        sys.stderr.write("stopping: the report follows (once more to end at once)\n")


def _config(args: argparse.Namespace) -> tuple[Config, tuple[str, ...]]:
    flags = {
        "tutorial": args.tutorial,
        "llm_provider": args.provider,
        "container_image": args.image,
        "max_iterations": args.max_iterations,
        "timeout": args.timeout,
        "output_dir": args.output,
        "port": args.port,
        "sandbox": args.sandbox,
        "fail_on": args.fail_on,
        "keep": args.keep,
    }
    file = Path(args.config) if args.config else None
    if not args.example:
        return configuration.load(file, flags, os.environ)
    if args.tutorial:
        raise UsageError("--example and TUTORIAL exclude each other", "leave one of them out")
    home = examples.copied(args.example, Path())
    sys.stderr.write(f"the example is a copy, yours to change: {home}/tutorial.md\n")
    return configuration.load(file, flags | {"tutorial": str(home / "tutorial.md")}, os.environ)


def _show(outcome: Outcome, *, as_json: bool) -> None:
    """The result on stdout; with ``as_json`` that is the report, and the summary is talk."""
    from smile.cli import summary
    from smile.report import json as report_json

    text = summary.render(outcome)
    if as_json:
        sys.stderr.write(text)
        print(report_json.dumps(outcome.report))
    elif outcome.not_written is not None:
        sys.stderr.write(text)
        print(outcome.not_written.markdown)
    else:
        sys.stdout.write(text)
    for error in (outcome.error, outcome.not_written):
        if error is not None:
            sys.stderr.write(sentence(error))
