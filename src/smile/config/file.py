"""``smile.json`` → checked values, and errors that name file, line and field."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from smile.config.fields import FIELDS, SECTIONS, Values, shown, snake
from smile.errors import ConfigError


def from_file(file: Path) -> tuple[Values, tuple[str, ...]]:
    """The values of a file, and a warning for each field that is ignored."""
    text = _read(file)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{file}:{error.lineno}: not valid JSON: {error.msg} (column {error.colno})",
            f"correct line {error.lineno} of {file}",
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not usable as JSON: {error}", f"simplify {file}") from error
    if not isinstance(document, dict):
        raise ConfigError(
            f"{file}:1: must be an object in braces",
            "see what `smile init` writes in an empty directory",
        )
    return _Reader(file, text).read(document)


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{file} does not exist", "write one with `smile init`") from error
    except OSError as error:
        raise ConfigError(
            f"{file} can't be read: {error.strerror}", "check its rights, or name another with -c"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8", "save it as UTF-8") from error


class _Reader:
    """Checks a document field by field, and knows on which line of the text each one stands."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._text = text
        self._values: Values = {}
        self._warnings: list[str] = []

    def read(self, document: dict[str, object]) -> tuple[Values, tuple[str, ...]]:
        self._section("", document, ())
        return self._values, tuple(self._warnings)

    def _section(self, prefix: str, section: dict[str, object], at: tuple[str, ...]) -> None:
        known = {
            name.removeprefix(prefix)
            for name in (*FIELDS, *SECTIONS)
            if name.startswith(prefix) and "." not in name.removeprefix(prefix)
        }
        spelling = {snake(name): name for name in known} | {name: name for name in known}
        for key, value in section.items():
            if key not in spelling:
                self._unknown(prefix, key, known, (*at, key))
            elif isinstance(value, dict) and prefix + spelling[key] in SECTIONS:
                self._section(prefix + spelling[key] + ".", value, (*at, key))
            else:
                self._field(prefix + spelling[key], value, (*at, key))

    def _unknown(self, prefix: str, key: str, known: set[str], at: tuple[str, ...]) -> None:
        close = get_close_matches(key, sorted(known), n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        self._warnings.append(
            f"{self._file}:{self._line(at)}: unknown field {shown(prefix + key)} is ignored{meant}"
        )

    def _field(self, name: str, value: object, at: tuple[str, ...]) -> None:
        if name in self._values:
            raise self._wrong(at, f"{name} is given twice, in two spellings", "keep one of them")
        allowed = FIELDS[name].allowed if name in FIELDS else "an object in braces"
        checked = FIELDS[name].read(value) if name in FIELDS else None
        if checked is None:
            raise self._wrong(
                at,
                f"{name} must be {allowed}, not {shown(value)}",
                f"correct it, or leave {name} out for its default",
            )
        self._values[name] = checked

    def _wrong(self, at: tuple[str, ...], what: str, hint: str) -> ConfigError:
        return ConfigError(f"{self._file}:{self._line(at)}: {what}", hint)

    def _line(self, at: tuple[str, ...]) -> int:
        return _key_lines(self._text).get(at, 1)


_MARK: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n')


def _key_lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of each key, by the keys that lead to it; ``text`` is known to be valid JSON."""
    lines: dict[tuple[str, ...], int] = {}
    path, key, last, last_line, line = list[str](), "", "", 1, 1
    for mark in _MARK.findall(text):
        match mark:
            case "\n":
                line += 1
            case "{" | "[":
                path.append(key)
            case "}" | "]":
                path.pop()
            case ":":
                key = json.loads(last)
                lines[*path[1:], key] = last_line
            case ",":
                pass
            case string:
                last, last_line = string, line
    return lines
