"""``cd`` into the directory that the reader is already in."""

from __future__ import annotations

from pathlib import PurePosixPath

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import accept
from smile.wire import Change, ChangeAction, GapKind


def diagnose(case: Case) -> Advice | None:
    """The directory of a failing ``cd`` is the current one."""
    path = errors.missing_path(case)
    if case.programs[:1] != ("cd",) or not path or path.startswith(("~", "/", "..")):
        return None
    if not (case.facts.cwd + "/").endswith(f"/{path.strip('./')}/"):
        return None
    entered = [c for c in case.earlier if c.text.split("#")[0].strip() == f"cd {path}"]
    since = f", since line {entered[-1].lines.first}" if entered else ""
    name = PurePosixPath(path).name
    return Advice(
        kind=GapKind.MISSING_DIRECTORY_CHANGE,
        title=f"`cd {path}` from inside `{name}`",
        problem=f"Line {case.line} goes into `{path}`, but the reader is in it already{since}; "
        "the way back is missing, or the line is one too many.",
        fix=f"Leave `cd {path}` out, or go back with `cd ..` before it.",
        remedy=accept(case),
        changes=(Change(action=ChangeAction.REPLACE, line=case.line),),
    )
