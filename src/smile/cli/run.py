"""``smile run``: follow a tutorial, say what happens, and show what was found."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from smile.cli import examples
from smile.cli.following import Signals, configured
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
    config = _config(args)
    signals = Signals(talk, "the report follows")
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


async def _follow(config: Config, talk: Talk, signals: Signals, *, fresh: bool) -> Outcome:
    signals.install(asyncio.get_running_loop())
    return await follow(
        config,
        environ=os.environ,
        stop=signals.stop,
        observer=Progress(talk),
        fresh=fresh,
        redactor=talk.redact,
    )


def _config(args: argparse.Namespace) -> Config:
    more: dict[str, object] = {"output_dir": args.output, "keep": args.keep}
    if not args.example:
        return configured(args, **more)
    if args.tutorial:
        raise UsageError("--example and TUTORIAL exclude each other", "leave one of them out")
    home = examples.copied(args.example, Path())
    text = f"the example is a copy, yours to change: {home}/tutorial.md"
    args.talk.tell(text, About.EXAMPLE, always=True)
    return configured(args, **more | {"tutorial": str(home / "tutorial.md")})


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
