"""``smile watch``: the progress of a run that goes on in another terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from smile.cli import progress, remote
from smile.cli.retold import Ended, Retold, ended
from smile.report.output import plain
from smile.wire import Status

__all__ = ["main"]

Show = Callable[[str, dict[str, Any]], None]


def main(args: argparse.Namespace) -> int:
    """Watch until the run has ended, and return its outcome as an exit code."""
    run = remote.find(args.url, Path(args.config) if args.config else None, os.environ)
    try:
        with progress.on_stderr(quiet=False, verbose=args.verbose) as watcher:
            end = _follow(run, watcher, _raw if args.json else _Lines(run, watcher).show)
    except KeyboardInterrupt:
        sys.stderr.write("not watching any more: the run goes on\n")
        raise
    if not args.json:
        _say(end)
    return _code(end.status)


def _follow(run: remote.Remote, watcher: progress.Progress, show: Show) -> Ended:
    """Show what the run tells, to its end. Raises ``SmileError`` when that is not to be had."""

    def lost(why: str) -> None:
        watcher.say(f"connection lost, trying again: {why}")

    messages = remote.messages(run, lost)
    with closing(messages):
        while True:
            message = next(messages)
            event, payload = message["event"], message["payload"]
            show(event, payload)
            if end := ended(event, payload):
                return end


def _raw(event: str, payload: dict[str, Any]) -> None:
    # ASCII only: there are characters beyond it that steer a terminal.
    print(json.dumps({"event": event, "payload": payload}), flush=True)


class _Lines:
    """The lines of ``smile run``."""

    def __init__(self, run: remote.Remote, watcher: progress.Progress) -> None:
        self._where = run.address.url
        self._watcher = watcher
        self._retold = Retold()

    def show(self, event: str, payload: dict[str, Any]) -> None:
        """Say what a message tells."""
        if event == "connected":
            self._watcher.say(f"watching run {payload['state']['runId']} at {self._where}")
        for entry in self._retold.entries(event, payload):
            self._watcher.entry(entry)
        if event == "error":
            self._watcher.say(f"error: {payload['message']}")
        elif event == "dropped":
            self._watcher.say(f"{payload['count']} events are missing: they were read too slowly")
        elif missing := payload.get("coalesced", 0) - len(payload.get("earlier", ())):
            self._watcher.detail(f"{missing} observations are missing: they came too fast")


def _say(end: Ended) -> None:
    from smile.cli.summary import ENDED

    iterations = f"{end.iterations} iteration" + ("s" if end.iterations != 1 else "")
    print(f"{ENDED[end.status]} ({iterations})")
    if end.summary:
        print(" ".join(plain(end.summary).split()))


def _code(status: Status) -> int:
    """As that of ``smile run``, which also knows the gaps of a tutorial that was completed."""
    match status:
        case Status.COMPLETED:
            return 0
        case Status.STOPPED:
            return 130
        case Status.ERROR:
            return 3
        case _:
            return 1
