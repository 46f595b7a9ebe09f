"""``smile fix``: suggested fixes go into the text, and a run of that text says which of them help.

The tutorial itself is only read: what is patched is followed in a directory of its own.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from smile.config import Config, Container, SandboxKind
from smile.errors import NoEvidenceError
from smile.loop import disk
from smile.redaction import Redactor
from smile.report import patch
from smile.report.fixes import Batch, Judged, batch_of, judge, left, next_batch
from smile.report.model import Gap, Report
from smile.report.writer import JSON_NAME
from smile.sandbox.host import is_host
from smile.tutorial.load import load
from smile.tutorial.model import Tutorial
from smile.wire import FixState, Status
from smile.wiring import materials
from smile.wiring.observer import Observer
from smile.wiring.running import StoppedEarly, run

if TYPE_CHECKING:
    from smile.wiring.outcome import Outcome

__all__ = ["Fixed", "fix"]

MOST_RUNS = 6
"""So many times a patched text is followed at most."""
_TELLS = frozenset({Status.COMPLETED, Status.MAX_ITERATIONS, Status.BLOCKER})
"""Ends whose report tells of the whole tutorial."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """``text`` is the tutorial with all fixes that were seen to help, ``report`` is of that text.

    ``judged`` are the fixes that were tried, in their order. What the report still has, but for
    these, takes a writer: ``left``.
    """

    tutorial: Tutorial
    text: str
    report: Report
    judged: tuple[Judged, ...]

    @property
    def left(self) -> tuple[Gap, ...]:
        """The gaps of the patched text for which there is no fix that could be tried."""
        return left(self.report, (each.gap for each in self.judged))


@dataclass(frozen=True, slots=True)
class _Runs:
    """How runs of this command are made."""

    config: Config
    environ: Mapping[str, str]
    stop: asyncio.Event
    observer: Observer
    redactor: Redactor

    async def follow(self, config: Config, *, fresh: bool) -> Outcome:
        """One run. Raises ``SmileError`` when it came to no report that tells of the tutorial."""
        outcome = await run(
            config,
            environ=self.environ,
            stop=self.stop,
            observer=self.observer,
            fresh=fresh,
            redactor=self.redactor,
        )
        status = outcome.state.status
        failure = outcome.error or outcome.not_written
        if failure is not None:
            raise failure
        if status is Status.STOPPED:
            raise StoppedEarly("stopped: the tutorial is as it was", "start it again")
        if outcome.exit_code(config.fail_on) == NoEvidenceError.exit_code:
            why = outcome.state.error_message or f"the run ended with {status}"
            raise NoEvidenceError(f"nothing can be said of fixes: {why}", "see `smile doctor`")
        return outcome


async def fix(
    config: Config,
    *,
    environ: Mapping[str, str],
    stop: asyncio.Event,
    observer: Observer,
    redactor: Redactor,
    fresh: bool = False,
) -> Fixed:
    """Find the fixes of a tutorial that help.

    The gaps are those of the last report when that is of this very text and machine; else the
    tutorial is followed first, as by ``smile run``. Arguments and errors are those of ``run``.
    """
    tutorial = load(config.tutorial, steps=False)
    runs = _Runs(config, environ, stop, observer, redactor)
    report = _last_report(config, tutorial, observer.say)
    if report is None:
        report = (await runs.follow(config, fresh=fresh)).report
    work = _Work(runs, tutorial, tutorial.text, report)
    while await work.advance():
        pass
    return Fixed(tutorial, work.text, work.report, tuple(work.judged))


@dataclass(slots=True)
class _Work:
    """What is known so far: ``text`` has the fixes that helped, ``report`` is of that text."""

    runs: _Runs
    tutorial: Tutorial
    text: str
    report: Report
    judged: list[Judged] = field(default_factory=list)
    runs_left: int = MOST_RUNS

    async def advance(self) -> bool:
        """Try the fixes that the report has to offer, those that help; ``False``: it has none."""
        batch = next_batch(self.report, self.text, (each.gap for each in self.judged))
        if not batch.gaps:
            return False
        while batch.gaps:
            if not self.runs_left:
                self.judged += (_untried(gap) for gap in (*batch.gaps, *batch.covered))
                break
            good = await self._try(batch)
            batch = batch_of(good, self.text)
        return True

    async def _try(self, batch: Batch) -> tuple[Gap, ...]:
        """Follow the text with these fixes: keep it when all help, else give those that do."""
        self.runs_left -= 1
        text = patch.apply(self.text, batch.edits)
        count = len(batch.gaps) + len(batch.covered)
        said = f"following the patched text, with {count} {'fix' if count == 1 else 'fixes'}"
        self.runs.observer.say(said, about="patched")
        report = await _followed(self.runs, self.tutorial, text)
        verdicts = judge(batch, self.report, report)
        bad = [each for each in verdicts if each.state is not FixState.VERIFIED]
        if not bad:
            self.judged += verdicts
            self.text, self.report = text, report
            return ()
        self.judged += bad
        return tuple(each.gap for each in verdicts if each.state is FixState.VERIFIED)


def _untried(gap: Gap) -> Judged:
    return Judged(gap, FixState.UNVERIFIED, f"no run was left for it: {MOST_RUNS} were made")


def _last_report(config: Config, tutorial: Tutorial, say: Callable[..., None]) -> Report | None:
    """The report in the output directory, if it is of this text on this machine."""
    path = config.output_dir / JSON_NAME
    try:
        report = Report.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        say(f"{path.name} can't be read as a report of this version: following the tutorial first")
        return None
    summary = report.summary
    if summary.tutorial_digest != tutorial.digest or summary.status not in _TELLS:
        say(
            f"{path.name} is of another text or tells of no whole run: following the tutorial first"
        )
        return None
    if not _same_machine(config, report):
        machine = f"{summary.sandbox.engine}, {summary.sandbox.image}"
        say(f"{path.name} is of another machine ({machine}): following the tutorial first")
        return None
    say(f"the gaps are those of {path.name}, which is of this text")
    return report


def _same_machine(config: Config, report: Report) -> bool:
    was = report.summary.sandbox
    local = was.engine == SandboxKind.LOCAL
    if config.sandbox is not SandboxKind.AUTO and (config.sandbox is SandboxKind.LOCAL) != local:
        return False
    if local and is_host(config.container_image):
        return was.image == "host"
    return was.image == config.container_image


async def _followed(runs: _Runs, tutorial: Tutorial, text: str) -> Report:
    """The report of a text that stands in the tutorial's place, beside what that refers to."""
    config = runs.config
    with tempfile.TemporaryDirectory(prefix="smile-fix-") as directory:
        home = Path(directory) / "tutorial"
        await asyncio.to_thread(_lay_out, home, config.tutorial, tutorial, text)
        elsewhere = replace(
            config,
            tutorial=home / config.tutorial.name,
            # Its own, so that a run of it that was killed is found and removed by the next one.
            state_file=config.state_file.with_name("fix.json"),
            output_dir=Path(directory),
            container=Container(keep_on_failure=False, keep_on_success=False),
        )
        outcome = await runs.follow(elsewhere, fresh=True)
        disk.remove(elsewhere.state_file, elsewhere.state_file.with_name("fix.journal.jsonl"))
        return outcome.report


def _lay_out(home: Path, path: Path, tutorial: Tutorial, text: str) -> None:
    """Write the text, and the files and pictures that the tutorial refers to."""
    files = dict(materials.gather(path, tutorial.text).files)
    files |= {image.path: image.data for image in tutorial.images if image.data is not None}
    files[path.name] = text.encode("utf-8", "surrogatepass")
    home = home.resolve()
    for name, content in files.items():
        target = home / name
        if home in target.resolve().parents:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
