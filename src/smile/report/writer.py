"""Put the three files of a report into a directory: the only I/O of this package."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smile.errors import OutputError
from smile.loop.disk import sync_directory
from smile.report import audit, markdown
from smile.report import json as report_json
from smile.report.model import Report
from smile.report.record import RunRecord

__all__ = ["ReportNotWritten", "Written", "write_report"]

MARKDOWN_NAME = "smile-report.md"
JSON_NAME = "smile-report.json"
AUDIT_NAME = "smile-audit.log"

WAITS = (0.1, 0.4)
"""Seconds between the three tries."""


class ReportNotWritten(OutputError):  # noqa: N818 - named for what happened
    """The report could not be written; ``markdown`` is its text, to be printed instead."""

    def __init__(self, message: str, hint: str = "", markdown: str = "") -> None:
        super().__init__(message, hint)
        # Pickling rebuilds an error from its args.
        self.args = (message, hint, markdown)
        self.markdown = markdown


@dataclass(frozen=True, slots=True)
class Written:
    """Where the files are."""

    markdown: Path
    json: Path
    audit: Path


def write_report(
    report: Report,
    record: RunRecord | None,
    output_dir: Path,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Written:
    """Write ``smile-report.md``, ``smile-report.json`` and ``smile-audit.log``.

    The directory is made. Each file is whole or as it was before. Without a ``record`` nothing
    was executed, and the log is empty. Raises ``ReportNotWritten`` when three tries failed.
    """
    text = markdown.render(report)
    paths = Written(
        markdown=output_dir / MARKDOWN_NAME,
        json=output_dir / JSON_NAME,
        audit=output_dir / AUDIT_NAME,
    )
    texts = {
        paths.markdown: text,
        paths.json: report_json.dumps(report),
        paths.audit: audit.render(record) if record is not None else "",
    }
    failure = _try_to_write(texts, sleep)
    if failure is not None:
        raise ReportNotWritten(
            f"can't write the report to {output_dir}: {failure.strerror or failure}",
            hint="give a directory that can be written with outputDir or --output",
            markdown=text,
        ) from failure
    return paths


def _try_to_write(texts: dict[Path, str], sleep: Callable[[float], None]) -> OSError | None:
    failure: OSError | None = None
    for wait in (0.0, *WAITS):
        if wait:
            sleep(wait)
        try:
            for path, text in texts.items():
                _replace(path, text)
            # The journal is told that there is a report now: see its names to the disk first.
            sync_directory(next(iter(texts)).parent)
        except OSError as error:
            failure = error
        else:
            return None
    return failure


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")  # what a killed process left there is written over
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
