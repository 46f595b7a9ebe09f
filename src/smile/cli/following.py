"""What commands that follow a tutorial have in common: options, signals, progress."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from smile import config as configuration
from smile.cli.talk import About, Talk
from smile.config import Config

__all__ = ["Signals", "configured"]


class Signals:
    """Ctrl+C and SIGTERM: the first asks to stop, the second ends at once.

    ``then`` says what comes of it.
    """

    def __init__(self, talk: Talk, then: str) -> None:
        self.stop = asyncio.Event()
        self.exit_code = 0
        self._talk = talk
        self._then = then

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the signals from now on."""
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
            f"stopping: {self._then} (once more to end at once)",
            About.STOPPING,
            always=True,
            fields={"signal": signal.Signals(number).name},
        )


def configured(args: argparse.Namespace, **more: object) -> Config:
    """The configuration of a run, with what only this command knows; warnings are told.

    Raises ``ConfigError``.
    """
    flags: Mapping[str, object] = {
        "tutorial": args.tutorial,
        "llm_provider": args.provider,
        "container_image": args.image,
        "max_iterations": args.max_iterations,
        "timeout": args.timeout,
        "port": args.port,
        "sandbox": args.sandbox,
        "fail_on": args.fail_on,
        **more,
    }
    file = Path(args.config) if args.config else None
    config, warnings = configuration.load(file, flags, os.environ)
    args.state_dir = config.state_file.parent
    talk: Talk = args.talk
    for warning in warnings:
        talk.warn(warning)
    return config
