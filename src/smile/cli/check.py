"""``smile check``: what is wrong with tutorials as far as that shows without following them."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smile.check.reading import Reading, Suspect
from smile.check.surroundings import look_around
from smile.check.suspects import find
from smile.cli.talk import About, Talk
from smile.errors import SmileError
from smile.plain import plain
from smile.redaction import Redactor, redacted
from smile.tutorial.load import opened
from smile.tutorial.parse import steps_of

if TYPE_CHECKING:  # pydantic takes longer to load than a tutorial to check: only for what is found
    from smile.report.model import Gap, Report

__all__ = ["main"]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A tutorial with what was found in it."""

    reading: Reading
    suspects: tuple[Suspect, ...]
    began: datetime
    ended: datetime

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to tell, for which no report has to be made."""
        return not self.suspects and all(i.data is not None for i in self.reading.tutorial.images)

    def report(self) -> Report:
        """What is found, in the form of a run's report."""
        import platform

        from smile import __version__
        from smile.check.build import build

        versions = {"smile": __version__, "python": platform.python_version()}
        return build(
            self.reading, self.suspects, versions=versions, began=self.began, ended=self.ended
        )


def main(args: argparse.Namespace) -> int:
    """Check each tutorial, tell what was found, and return the exit code.

    A tutorial that can't be read is said, and the others are checked all the same.
    """
    talk: Talk = args.talk
    failed = read = 0
    gaps: list[Gap] = []
    paths = _tutorials(args)
    for path in paths:
        try:
            checked = _check(path, talk.redact)
            read += 1
            gaps += _tell(checked, args, alone=len(paths) == 1)
        except SmileError as error:
            talk.fail(error)
            failed = failed or error.exit_code
    _conclude(read, gaps, talk)
    return failed or int(bool(gaps) and _fails(gaps, args.fail_on))


def _tutorials(args: argparse.Namespace) -> list[Path]:
    """Those of the command line; else the one of ``smile.json``, which is not needed otherwise."""
    given = [Path(name) for name in dict.fromkeys(args.tutorials)]
    if given and not args.config:
        return given
    from smile import config as configuration

    file = Path(args.config) if args.config else None
    config, warnings = configuration.load(file, {}, os.environ)
    for warning in warnings:
        args.talk.warn(warning)
    return given or [_near(config.tutorial)]


def _near(path: Path) -> Path:
    """The path as one would type it."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else Path(relative)


def _check(path: Path, redact: Redactor) -> _Checked:
    """Read and check a tutorial. Raises ``TutorialError``."""
    began = datetime.now(UTC)
    tutorial, document = opened(path)
    whole = replace(tutorial, steps=steps_of(document))
    # Redacted before anything of it is quoted or cut; the blocks are looked at, and not quoted.
    reading = Reading(redacted(whole, redact), document, look_around(path))
    return _Checked(reading, find(reading), began, datetime.now(UTC))


def _tell(checked: _Checked, args: argparse.Namespace, *, alone: bool) -> tuple[Gap, ...]:
    """Lines or JSON on stdout, and files where they are asked for; the gaps."""
    if checked.is_clean and not args.json and not args.output:
        return ()
    report = checked.report()
    talk: Talk = args.talk
    lines = "\n".join(_line(gap, report, verbose=args.verbose > 0) for gap in report.gaps)
    if args.json:
        from smile.report import json as report_json

        talk.result(report_json.dumps(report, indent=None).rstrip("\n"), as_json=True)
    elif lines:
        talk.result(lines)
    if lines:
        talk.tell(lines, About.GAP, to_people=args.json, fields={"tutorial": report.tutorial_name})
    for aside in report.set_aside:
        where = f"{report.summary.tutorial_path}:{aside.location.line_number}"
        talk.tell(f"{where}: not counted: {aside.title}. {aside.reason}")
    if args.output:
        _write(report, _place(args.output, report, alone=alone), talk)
    return report.gaps


def _line(gap: Gap, report: Report, *, verbose: bool) -> str:
    """As editors and CI read it: ``file:line: severity kind: sentence``."""
    path = _flat(report.summary.tutorial_path)
    line = f"{path}:{gap.location.line_number}: {gap.severity} {gap.kind}: {_flat(gap.problem)}"
    fix = gap.suggested_fix.strip()
    if not verbose or not fix:
        return line
    return "\n".join([line, *(f"    {row}".rstrip() for row in plain(fix).split("\n"))])


def _flat(text: str) -> str:
    return " ".join(plain(text).split())


def _place(output: str, report: Report, *, alone: bool) -> Path:
    """The directory of a report; of several tutorials each has its own, called like it."""
    if alone:
        return Path(output)
    parts = Path(report.summary.tutorial_path).parts
    return Path(output, *("_" if part in {"..", "/"} else part for part in parts))


def _write(report: Report, where: Path, talk: Talk) -> None:
    from smile.report.writer import ReportNotWritten, write_report

    try:
        written = write_report(report, None, where)
    except ReportNotWritten as error:
        talk.result(error.markdown)
        raise
    talk.tell(f"report: {written.markdown}")


def _conclude(tutorials: int, gaps: list[Gap], talk: Talk) -> None:
    """The last words, for people who did not ask for quiet."""
    count = f"{tutorials} tutorial" + ("s" if tutorials != 1 else "")
    found = f"{len(gaps)} gap" + ("s" if len(gaps) != 1 else "") if gaps else "no gap"
    text = f"{count} checked, {found} found; nothing was executed"
    talk.tell(text, About.SUMMARY, fields={"tutorials": tutorials, "gaps": len(gaps)})


def _fails(gaps: list[Gap], level: str | None) -> bool:
    from smile.config import FailOn

    return any(FailOn(level or FailOn.MINOR).covers(gap.severity) for gap in gaps)
