"""``rm`` of files that are not there: left over from an earlier part that this text lacks."""

from __future__ import annotations

from fnmatch import fnmatch

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import accept
from smile.wire import Change, ChangeAction, GapKind


def diagnose(case: Case) -> Advice | None:
    """Nothing to remove is no harm: go on."""
    path = errors.missing_path(case)
    if not path or case.programs[:1] not in {("rm",), ("rmdir",)}:
        return None
    below = " ".join(c.text for c in case.later) + " " + " ".join(w.content for w in case.writes)
    made = any(fnmatch(word.strip("'\":;,()"), path) for word in below.split())
    return Advice(
        kind=GapKind.WRONG_ORDER if made else GapKind.MISSING_FILE,
        title=f"There is no `{path}` to remove",
        problem=f"Line {case.line} removes `{path}`, which no step above has made.",
        fix=f"Leave the command out, say that it may fail, or write `{_forced(case.command)}`.",
        remedy=accept(case),
        changes=(
            Change(action=ChangeAction.REPLACE, line=case.line, commands=(_forced(case.command),)),
        ),
    )


def _forced(command: str) -> str:
    return command.replace("rm ", "rm -f ", 1)
