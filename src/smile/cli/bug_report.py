"""``smile bug-report``: what helps to find a fault of SMILE, in one file without secrets."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib.metadata
import json
import os
import platform
import re
import sys
import traceback
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from smile import __version__, config
from smile.cli import crash, doctor
from smile.cli.private import Private
from smile.cli.talk import Talk
from smile.config import Config
from smile.errors import OutputError, SmileError, UsageError
from smile.loop.store import Store
from smile.redaction import Redactor, redacted

__all__ = ["main"]

LARGEST: Final = 256 * 1024
"""Characters of one part; of a longer one the end is kept."""
SECONDS: Final = 60.0
"""A doctor that takes longer is not waited for."""
SHOWN: Final = (
    *("LANG", "LC_ALL", "LC_CTYPE", "TERM", "NO_COLOR", "CI", "TZ", "PYTHONIOENCODING"),
    *("SMILE_PORT", "SMILE_KEEP_CONTAINER", "SMILE_DEBUG"),
)
"""The variables whose values are told."""
NAMED: Final = (
    *("SMILE_STATE_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "XDG_CACHE_HOME"),
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"),
)
"""Those of which is told only that they are set."""
HEAD: Final = """\
Made by `smile bug-report`, to be attached to an issue of SMILE Loop. Nothing was sent anywhere.
Keys, passwords, the names of your directories and most variables were left out. Look through it
all the same: it holds what the commands of your tutorial printed in the last run.

"""
WHAT: Final = {
    "README.txt": "what this is",
    "versions.txt": "SMILE, Python, libraries, system, a few variables",
    "config.txt": "smile.json, and what became of it",
    "doctor.txt": "what `smile doctor` says",
    "state.txt": "the names of the files beside the state file",
    "state.json": "the state of the last run, if it did not complete",
    "journal.jsonl": "the end of what was seen in the last run",
    crash.NAME: "the last crash: its traceback, and what was said before it",
}


def main(args: argparse.Namespace) -> int:
    """Collect, list what was collected, write it."""
    talk: Talk = args.talk
    now = datetime.now(UTC)
    target = Path(args.output or f"smile-bug-report-{now:%Y%m%d-%H%M%S}.zip")
    if target.exists():
        raise UsageError(f"{target} exists already, and is left as it is", "give another name")
    file = Path(args.config) if args.config else None
    parts = dict(_collected(file, _private(file, talk.redact)))
    parts = {"README.txt": HEAD + _listed(parts), **parts}
    talk.result(f"The report will hold:\n\n{_listed(parts)}")
    _write(parts, target, now)
    talk.result(f"wrote {target}\nnothing was sent anywhere: look through it, then attach it")
    return 0


def _private(file: Path | None, redact: Redactor) -> Private:
    with contextlib.suppress(SmileError):  # which is told in the place of the configuration
        redact.learn_url(_settings(file)[0].network.proxy)
    # The home has a sign of its own.
    hidden = {name: value for name, value in os.environ.items() if name not in (*SHOWN, "HOME")}
    return Private.here(redact, hidden)


def _collected(file: Path | None, private: Private) -> Iterator[tuple[str, str]]:
    """The parts; one that can't be made says why, for that may be the very fault."""

    def made(make: Callable[[], str]) -> str:
        try:
            return private(make())[-LARGEST:]
        except (SmileError, OSError, TimeoutError) as error:
            hint = error.hint if isinstance(error, SmileError) else ""
            return private(f"{type(error).__name__}: {error}\n{hint}\n")
        except Exception:  # noqa: BLE001 - told in the place of the part
            return private(traceback.format_exc())[-LARGEST:]

    yield "versions.txt", made(_versions)
    yield "config.txt", made(partial(_config, file))
    yield "doctor.txt", made(partial(_doctor, file))
    state = _state_file(file)
    yield "state.txt", made(partial(_beside, state))
    for name, path in (("state.json", state), ("journal.jsonl", Store(state).journal_path)):
        if path.exists():
            yield name, made(partial(_json_lines, path, private))
    trace = state.with_name(crash.NAME)
    if trace.exists():
        yield crash.NAME, made(partial(_tail, trace))


def _versions() -> str:
    system = (
        f"smile {__version__}",
        f"{platform.python_implementation()} {sys.version}",
        f"{platform.platform()} {' '.join(platform.libc_ver())}",
        f"{os.cpu_count()} processors, {'root' if os.geteuid() == 0 else 'an ordinary user'}",
    )
    values = (f"{name}={os.environ[name]}" for name in SHOWN if name in os.environ)
    names = (f"{name} is set" for name in NAMED if os.environ.get(name))
    return "\n".join([*system, "", *sorted(_libraries("smile-loop")), "", *values, *names, ""])


def _libraries(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The version of each library that is installed because this one needs it."""
    found: set[str] = set()
    for needed in importlib.metadata.requires(name) or ():
        needs, _, marker = needed.partition(";")
        other = re.sub(r"[^\w.-].*", "", needs.strip()).lower().replace("_", "-")
        if "extra" in marker or other in seen:
            continue
        try:
            found.add(f"{other} {importlib.metadata.version(other)}")
        except importlib.metadata.PackageNotFoundError:
            if not marker:
                found.add(f"{other} is missing")
            continue
        found |= _libraries(other, seen | {other})
    return found


def _settings(file: Path | None) -> tuple[Config, tuple[str, ...]]:
    return config.load(file, {}, os.environ)


def _config(file: Path | None) -> str:
    source = file or Path("smile.json")
    text = _tail(source) if source.exists() else "there is none\n"
    try:
        settings, warnings = _settings(file)
    except SmileError as error:
        return f"{source}:\n{text}\nerror: {error}\n  try: {error.hint}\n"
    values = json.dumps(dataclasses.asdict(settings), indent=2, default=_plain)
    return "\n".join([f"{source}:", text, "what became of it:", values, *warnings, ""])


def _plain(value: object) -> object:
    """For what JSON has no word for: values of the wire, and paths."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else str(value)


def _doctor(file: Path | None) -> str:
    checks = doctor.examine(*_settings(file), seconds=SECONDS)
    return "\n".join([*map(str, checks), f"a run is possible: {doctor.possible(checks)}", ""])


def _state_file(file: Path | None) -> Path:
    try:
        return _settings(file)[0].state_file
    except SmileError:
        return Path(os.environ.get("SMILE_STATE_DIR") or ".smile").absolute() / "state.json"


def _beside(state: Path) -> str:
    if not state.parent.is_dir():
        return f"there is no {state.parent}\n"
    files = sorted(path for path in state.parent.iterdir() if path.is_file())
    return "".join(f"{path.stat().st_size:>12,} bytes  {path.name}\n" for path in files)


def _json_lines(path: Path, private: Private) -> str:
    """The end of a file of JSON lines; redacted as what they mean, before they are text again."""
    told = []
    for line in _tail(path).splitlines():
        try:
            told.append(json.dumps(redacted(json.loads(line), private), ensure_ascii=False))
        except ValueError:
            told.append(line)  # it was torn
    return "\n".join([*told, ""])


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LARGEST))
        if size > LARGEST:
            file.readline()  # what is left of a line may hold half a key, which looks like none
        return file.read().decode("utf-8", "replace")


def _listed(parts: dict[str, str]) -> str:
    rows = (
        f"  {name:14} {len(text.encode('utf-8', 'replace')):>9,} bytes  {WHAT[name]}\n"
        for name, text in parts.items()
    )
    return "".join(rows)


def _write(parts: dict[str, str], target: Path, now: datetime) -> None:
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                entry = zipfile.ZipInfo(f"smile-bug-report/{name}", now.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, text.encode("utf-8", "replace"))
    except OSError as error:
        target.unlink(missing_ok=True)
        raise OutputError(
            f"can't write {target}: {error.strerror}", "name another file with -o"
        ) from error
