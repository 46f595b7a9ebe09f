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
from smile.cli import examples
from smile.cli.progress import Progress
from smile.cli.talk import About, Talk
from smile.config import Config
from smile.errors import BUG, UsageError
from smile.wiring import StoppedEarly
from smile.wiring import run as follow

if TYPE_CHECKING:
    from smile.wiring.outcome import Outcome

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Run, and return the exit code."""
    talk: Talk = args.talk
    if args.example == "list":
        talk.result("\n".join(examples.names()))
        return 0
    config, warnings = _config(args)
    args.state_dir = config.state_file.parent
    for warning in warnings:
        talk.warn(warning)
    signals = _Signals(talk)
    try:
        outcome = asyncio.run(_follow(config, talk, signals, fresh=args.fresh))
    except StoppedEarly as early:
        talk.fail(early)
        return signals.exit_code or early.exit_code
    finally:
        talk.quieten()
    _show(outcome, args)
    code = outcome.exit_code(config.fail_on)
    return code if code == BUG else signals.exit_code or code


async def _follow(config: Config, talk: Talk, signals: _Signals, *, fresh: bool) -> Outcome:
    signals.install(asyncio.get_running_loop())
    return await follow(
        config,
        environ=os.environ,
        stop=signals.stop,
        observer=Progress(talk),
        fresh=fresh,
        redactor=talk.redact,
    )


class _Signals:
    """Ctrl+C and SIGTERM: the first asks to stop, the second ends at once."""

    def __init__(self, talk: Talk) -> None:
        self.stop = asyncio.Event()
        self.exit_code = 0
        self._talk = talk

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
        self._talk.tell(
            "stopping: the report follows (once more to end at once)",
            About.STOPPING,
            always=True,
            fields={"signal": signal.Signals(number).name},
        )


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
    text = f"the example is a copy, yours to change: {home}/tutorial.md"
    args.talk.tell(text, About.EXAMPLE, always=True)
    return configuration.load(file, flags | {"tutorial": str(home / "tutorial.md")}, os.environ)


def _show(outcome: Outcome, args: argparse.Namespace) -> None:
    """The result on stdout; with ``--json`` that is the report, and the summary is talk."""
    from smile.cli import crash, summary
    from smile.report import json as report_json

    talk: Talk = args.talk
    text = summary.render(outcome)
    elsewhere = args.json or outcome.not_written is not None
    facts = summary.facts(outcome)
    talk.tell(text, About.SUMMARY, always=True, to_people=elsewhere, fields=facts)
    if args.json:
        talk.result(report_json.dumps(outcome.report), as_json=True)
    else:
        talk.result(outcome.not_written.markdown if outcome.not_written else text)
    for error in (outcome.error, outcome.not_written):
        if error is None:
            continue
        if error.exit_code == BUG:
            crash.explain(error, args)
        else:
            talk.fail(error)
