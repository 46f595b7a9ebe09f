"""An option of TypeScript's configuration that current compilers have dropped or demand."""

from __future__ import annotations

import re

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.tutorial.model import Lines, WriteFile
from smile.wire import GapKind, Location, Remedy, RemedyAction, RemedyFile

_DROPPED = r"error TS510[1-9]: Option '([\w.]+)(?:=([\w.]+))?' (?:is deprecated|has been removed)"
_NO_ROOT = r"error TS5011: .*common source directory of '[^']+' is '([^']+)'"
_CURRENT = {
    "moduleResolution": "bundler",
    "target": "es2022",
    "module": "esnext",
}


def diagnose(case: Case) -> Advice | None:
    """The compiler refuses an option of a configuration that the tutorial shows."""
    if (match := case.search(_NO_ROOT)) is not None:
        wanted = match[1].removeprefix("./")
        return _advice(
            case, "rootDir", f'"rootDir": "{wanted}"', r'"rootDirs?"\s*:\s*(\[[^\]]*\]|"[^"]*")'
        )
    if (match := case.search(_DROPPED)) is not None:
        option = match[1]
        new = _CURRENT.get(option, "")
        replacement = f'"{option}": "{new}"' if new else ""
        return _advice(case, option, replacement, rf'"{option}"\s*:\s*("[^"]*"|\w+)')
    return None


def _advice(case: Case, option: str, replacement: str, pattern: str) -> Advice | None:
    write = _configuration(case)
    if write is None:
        return None
    location = _line_of(case, write, pattern) or case.at(write.lines)
    problem = (
        f"Current TypeScript refuses what `{write.path}` says on `{option}` "
        f"(line {location.line}); it stops with an error on line {case.line}."
    )
    fix = (
        f"Write in `{write.path}`:\n\n```json\n{replacement}\n```"
        if replacement
        else (f"Leave `{option}` out of `{write.path}`.")
    )
    return Advice(
        kind=GapKind.VERSION_MISMATCH,
        title=f"`{option}` does not suit current TypeScript",
        problem=problem,
        fix=fix,
        remedy=_remedy(case, write, pattern, replacement),
        location=location,
    )


def _configuration(case: Case) -> WriteFile | None:
    found = [w for w in case.writes if re.search(r"tsconfig[\w.]*\.json$", w.path)]
    return found[-1] if found else None


def _line_of(case: Case, write: WriteFile, pattern: str) -> Location | None:
    for line in range(write.lines.first, write.lines.last + 1):
        if re.search(pattern, case.lines[line - 1]):
            return case.at(Lines(line, line))
    return None


def _remedy(case: Case, write: WriteFile, pattern: str, replacement: str) -> Remedy | None:
    content = case.content(write.path)
    if content is None or not replacement:
        return None
    if re.search(pattern, content):
        changed = re.sub(pattern, lambda _: replacement, content, count=1)
    else:
        opening = r'("compilerOptions"\s*:\s*\{)'
        changed = re.sub(opening, lambda m: f"{m[1]}\n    {replacement},", content, count=1)
    file = RemedyFile(path=write.path, content=changed)
    return Remedy(line=write.lines.first, action=RemedyAction.AFTER, files=(file,))
