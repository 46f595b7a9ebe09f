"""``smile fix``: write into a tutorial what was seen to help."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from smile.cli.following import Signals, configured
from smile.cli.progress import Progress
from smile.cli.talk import About, Talk
from smile.config import Config
from smile.plain import plain
from smile.report import patch
from smile.report.fixes import Judged
from smile.report.model import Gap
from smile.tutorial import save
from smile.wire import FixState, Status
from smile.wiring import StoppedEarly
from smile.wiring.fixing import Fixed, fix

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Find what helps, write it, and return the exit code."""
    talk: Talk = args.talk
    config = configured(args)
    if args.apply:
        save.check_replace(config.tutorial)
    elif args.output:
        save.check_copy(config.tutorial, Path(args.output))
    signals = Signals(talk, "the tutorial stays as it is")
    try:
        fixed = asyncio.run(_fix(config, talk, signals, fresh=args.fresh))
    except StoppedEarly as early:
        talk.fail(early)
        return signals.exit_code or early.exit_code
    finally:
        talk.quieten()
    _write(fixed, args)
    return _exit_code(fixed, config)


async def _fix(config: Config, talk: Talk, signals: Signals, *, fresh: bool) -> Fixed:
    signals.install(asyncio.get_running_loop())
    return await fix(
        config,
        environ=os.environ,
        stop=signals.stop,
        observer=Progress(talk),
        redactor=talk.redact,
        fresh=fresh,
    )


def _write(fixed: Fixed, args: argparse.Namespace) -> None:
    """The text to where it was asked for; on stdout stands the diff, or else the summary."""
    talk: Talk = args.talk
    changed = fixed.text != fixed.tutorial.text
    written = ""
    if args.apply and changed:
        save.replace(fixed.tutorial, fixed.text)
        written = f"written: {fixed.tutorial.path}"
    elif args.output:
        save.copy(fixed.tutorial, fixed.text, Path(args.output))
        written = f"written: {args.output}"
    text = "\n".join([*_lines(fixed), *([written] if written else [])])
    shows_diff = not (args.apply or args.output)
    talk.tell(text, About.SUMMARY, always=True, to_people=shows_diff, fields=_facts(fixed))
    if not shows_diff:
        talk.result(text)
        return
    diff = patch.diff(fixed.tutorial.text, fixed.text, _near(fixed.tutorial.path))
    if diff and talk.redact(diff) != diff:
        talk.warn("the diff lacks the secrets of the text: take --apply or --output instead")
    if diff:
        talk.result(diff.removesuffix("\n"))


def _exit_code(fixed: Fixed, config: Config) -> int:
    gaps = fixed.report.gaps
    if fixed.report.summary.status is Status.COMPLETED:
        return int(any(config.fail_on.covers(gap.severity) for gap in gaps))
    return int(config.fail_on != "never")


def _near(path: str) -> str:
    """The path as seen from here: a diff names it so."""
    return os.path.relpath(path)


# --- the summary ------------------------------------------------------------------------------


def _lines(fixed: Fixed) -> Iterator[str]:
    count = len(fixed.judged)
    said = f"{count} {'fix' if count == 1 else 'fixes'} tried" if count else "no fix to try"
    yield f"{fixed.tutorial.path}: {said}"
    by_state = {state: [each for each in fixed.judged if each.state is state] for state in FixState}
    if good := by_state[FixState.VERIFIED]:
        yield f"\nverified ({len(good)}): the patched text was followed past it"
        yield from (_line(each.gap) for each in good)
    for state in (FixState.FAILED, FixState.UNVERIFIED):
        if bad := by_state[state]:
            yield f"\n{state}, left out ({len(bad)})"
            yield from (_judged(each) for each in bad)
    if fixed.left:
        where = ", by the lines of the patched text" if fixed.text != fixed.tutorial.text else ""
        yield f"\nfor you to decide ({len(fixed.left)}){where}"
        for gap in fixed.left:
            yield _line(gap)
            rows = plain(gap.suggested_fix or gap.problem).strip("\n").split("\n")
            yield from (f"    {row}".rstrip() for row in rows)
    yield "" if count or fixed.left else "no gaps found"


def _line(gap: Gap) -> str:
    return f"  line {gap.location.line_number}: {_plain(gap.title)}"


def _judged(each: Judged) -> str:
    return f"{_line(each.gap)}: {_plain(each.why)}"


def _plain(text: str) -> str:
    return " ".join(plain(text).split())


def _facts(fixed: Fixed) -> dict[str, object]:
    """The same for programs."""
    return {
        "fixes": [
            {
                "line": each.gap.location.line_number,
                "kind": each.gap.kind,
                "title": each.gap.title,
                "fix": each.state,
                "why": each.why,
            }
            for each in fixed.judged
        ],
        "left": [
            {"line": gap.location.line_number, "kind": gap.kind, "title": gap.title}
            for gap in fixed.left
        ],
        "status": fixed.report.summary.status,
    }
