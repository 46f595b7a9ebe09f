"""``smile watch``: the progress of a run that goes on in another terminal."""

from __future__ import annotations

import argparse
import json
import logging
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from smile.cli import remote
from smile.cli.progress import Progress
from smile.cli.retold import Ended, Retold, ended
from smile.cli.talk import Talk
from smile.plain import plain
from smile.wire import Status

__all__ = ["main"]

Show = Callable[[str, dict[str, Any]], None]


def main(args: argparse.Namespace) -> int:
    """Watch until the run has ended, and return its outcome as an exit code."""
    talk: Talk = args.talk
    run = remote.find(args.url, Path(args.config) if args.config else None, os.environ)
    try:
        end = _follow(run, talk, _raw(talk) if args.json else _Lines(run, talk).show)
    except KeyboardInterrupt:
        talk.tell("not watching any more: the run goes on", always=True)
        raise
    finally:
        talk.quieten()
    if not args.json:
        talk.result(_ended(end))
    return _code(end.status)


def _follow(run: remote.Remote, talk: Talk, show: Show) -> Ended:
    """Show what the run tells, to its end. Raises ``SmileError`` when that is not to be had."""

    def lost(why: str) -> None:
        talk.warn(f"connection lost, trying again: {why}")

    messages = remote.messages(run, lost)
    with closing(messages):
        while True:
            message = next(messages)
            event, payload = message["event"], message["payload"]
            show(event, payload)
            if end := ended(event, payload):
                return end


def _raw(talk: Talk) -> Show:
    def show(event: str, payload: dict[str, Any]) -> None:
        # ASCII only: there are characters beyond it that steer a terminal.
        talk.result(json.dumps({"event": event, "payload": payload}), as_json=True)

    return show


class _Lines:
    """The lines of ``smile run``."""

    def __init__(self, run: remote.Remote, talk: Talk) -> None:
        self._where = run.address.url
        self._talk = talk
        self._progress = Progress(talk)
        self._retold = Retold()

    def show(self, event: str, payload: dict[str, Any]) -> None:
        """Say what a message tells."""
        if event == "connected":
            self._progress.say(f"watching run {payload['state']['runId']} at {self._where}")
        for entry in self._retold.entries(event, payload):
            self._progress.entry(entry)
        if event == "error":
            self._talk.warn(f"the run tells of an error: {payload['message']}")
        elif event == "dropped":
            self._talk.warn(f"{payload['count']} events are missing: they were read too slowly")
        elif missing := payload.get("coalesced", 0) - len(payload.get("earlier", ())):
            text = f"{missing} observations are missing: they came too fast"
            self._talk.tell(text, level=logging.DEBUG)


def _ended(end: Ended) -> str:
    from smile.cli.summary import ENDED

    iterations = f"{end.iterations} iteration" + ("s" if end.iterations != 1 else "")
    told = (end.summary, end.under_way)
    lines = (f"{ENDED[end.status]} ({iterations})", *(" ".join(plain(t).split()) for t in told))
    return "\n".join(line for line in lines if line)


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
