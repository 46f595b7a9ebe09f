"""All that is said beside results: one sink for talk, warnings, errors and the libraries' logs.

On stderr for people, or as one JSON object a line (``--log-format json``, ``--log-file``). Secrets
are taken out here, so that none passes whoever speaks.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from smile.cli.boards import Board, Nowhere, on_stderr
from smile.errors import OutputError, SmileError, UsageError
from smile.plain import plain
from smile.redaction import Redactor, redacted

__all__ = ["About", "Said", "Talk"]

RECENT: Final = 200
"""So many of the last lines are kept, for the file that a crash leaves."""


class About(StrEnum):
    """What is spoken of: ``event`` of a JSON line."""

    NOTE = "note"
    PROVIDER = "provider"
    SANDBOX = "sandbox"
    ADDRESS = "address"
    EXAMPLE = "example"
    BUILD = "build"
    ITERATION = "iteration_start"
    COMMAND = "command"
    IMPROVISED = "improvised"
    STUDENT = "student_output"
    PAST = "past_with_help"
    MENTOR = "mentor_output"
    GAP = "gap"
    STOPPING = "stopping"
    PATCHED = "patched"
    SUMMARY = "summary"
    WARNING = "warning"
    ERROR = "error"
    CRASH = "crash"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of talk; ``fields`` are values of JSON, ``trace`` is the traceback of an error."""

    message: str
    about: str = About.NOTE
    level: int = logging.INFO
    fields: Mapping[str, object] = field(default_factory=dict)
    trace: str = ""

    def to_json(self, at: datetime) -> str:
        """One line of ASCII: nothing in it can steer a terminal."""
        fields = dict(self.fields) | ({"traceback": self.trace} if self.trace else {})
        value = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": logging.getLevelName(self.level).lower(),
            "event": self.about,
            "message": self.message,
            "fields": fields,
        }
        return json.dumps(value)

    def to_text(self, *, debug: bool = False) -> str:
        """For people: what failed, and what to try."""
        trace = self.trace if debug else ""
        message = plain(self.message)
        if self.level >= logging.ERROR:
            hint = plain(str(self.fields.get("hint", ""))).replace("\n", "\n       ")
            return f"{trace}error: {message}" + (f"\n  try: {hint}" if hint else "")
        return f"{trace}warning: {message}" if self.level >= logging.WARNING else message


class Talk:
    """Says things on stderr, and keeps them in a file when there is one.

    Args:
        redact: takes secrets out of every line.
        as_json: JSON lines on stderr instead of sentences.
        least: the lowest level (of ``logging``) that is said on stderr; a file gets all.
        debug: the traceback of an error is for people, too.
        board: where lines go instead of stderr.
    """

    def __init__(
        self,
        redact: Redactor,
        *,
        as_json: bool = False,
        least: int = logging.INFO,
        debug: bool = False,
        board: Board | None = None,
    ) -> None:
        self.redact = redact
        self.recent: deque[str] = deque(maxlen=RECENT)
        self._as_json = as_json
        self._least = least
        self._debug = debug
        self._board = board or on_stderr(plain=as_json or least > logging.INFO)
        self._file: TextIO | None = None

    def tell(
        self,
        message: str,
        about: str = About.NOTE,
        *,
        level: int = logging.INFO,
        always: bool = False,
        to_people: bool = True,
        trace: str = "",
        fields: Mapping[str, object] | None = None,
    ) -> None:
        """Say a line.

        With ``always`` it is said whatever its level; without ``to_people`` in JSON only, for
        people learn of it in another way.
        """
        said = Said(message, about, level, fields or {}, trace)
        self._say(said, always=always, to_people=to_people)

    def warn(self, message: str) -> None:
        """Say that something is not as it should be, and goes on."""
        self.tell(message, About.WARNING, level=logging.WARNING)

    def fail(self, error: SmileError) -> None:
        """Say what failed and what to try."""
        kind = type(error).__name__
        self.tell(
            error.message,
            About.ERROR,
            level=logging.ERROR,
            trace="".join(traceback.format_exception(error)) if self._debug else "",
            fields={"hint": error.hint, "kind": kind, "exitCode": error.exit_code},
        )

    def live(self, text: str) -> None:
        """What goes on right now: one line of a terminal, nothing elsewhere."""
        if not self._as_json and self._least <= logging.INFO:
            self._board.live(self.redact(text))

    def result(self, text: str, *, as_json: bool = False) -> None:
        """Results go to stdout; JSON is whole, and without secrets already.

        Raises ``OutputError`` when stdout can't take them.
        """
        if isinstance(sys.stdout, TextIOWrapper):
            # JSON is UTF-8 whatever the terminal speaks; other text is for a reader's eyes.
            encoding = "utf-8" if as_json else sys.stdout.encoding
            sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
        with _to_stdout():
            print(text if as_json else self.redact(text))
        self.flush()

    def flush(self) -> None:
        """See results arrive. Raises ``OutputError`` when they can't."""
        with _to_stdout():
            if sys.stdout is not None:  # it may have been closed by whoever started us
                sys.stdout.flush()

    def begin(self, log_file: str | None) -> None:
        """Append every line from now on to this file, too, as JSON.

        Raises:
            UsageError: it can't be written.
        """
        if log_file is None:
            return
        try:
            self._file = Path(log_file).open("a", encoding="ascii")  # noqa: SIM115 - see close()
        except OSError as error:
            raise UsageError(
                f"can't write the log file {log_file}: {error.strerror}", "name another --log-file"
            ) from error

    def quieten(self) -> None:
        """Take the live line away: nothing goes on any more."""
        self._board.close()

    def close(self) -> None:
        """Take the live line away, and close the file."""
        self.quieten()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _say(self, said: Said, *, always: bool = False, to_people: bool = True) -> None:
        clean = redacted(said, self.redact)
        line = clean.to_json(datetime.now(UTC))
        self.recent.append(line)
        self._keep(line)
        if (always or said.level >= self._least) and (to_people or self._as_json):
            self._show(line if self._as_json else clean.to_text(debug=self._debug))

    def _show(self, line: str) -> None:
        try:
            self._board.line(line)
        except OSError:
            # Nobody listens any more, which is no reason to end a run.
            self._board = Nowhere()

    def _keep(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            file, self._file = self._file, None
            with suppress(OSError):  # what it still holds has no place either
                file.close()
            self.warn(f"the log file ends here: {error.strerror}")


@contextmanager
def _to_stdout() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"can't write to stdout: {error.strerror}") from error
