"""JSON of a file block that is no JSON: comments, an ellipsis, a comma too many."""

from __future__ import annotations

import json
import re

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.regex import regex
from smile.tutorial.model import Lines, Placement, WriteFile
from smile.wire import GapKind, Location, Remedy, RemedyAction, RemedyFile

_BROKEN = (
    r"EJSONPARSE|JSONDecodeError|JSON\.parse|Unexpected token .* JSON|is not valid JSON|"
    r"Invalid package config|Failed to parse JSON|Error parsing .*\.json|SyntaxError: .*in JSON"
)
_COMMENT = regex(
    r'^\s*(?://.*|/\*.*\*/|#.*|\.\.\.,?|…,?)\s*$|(?<=[,{\[}\]"\w])\s*//[^"\n]*$', re.MULTILINE
)


def diagnose(case: Case) -> Advice | None:
    """A program can't parse a JSON file that the tutorial shows."""
    if not case.search(_BROKEN):
        return None
    broken = [w for w in case.writes if w.path.endswith(".json") and _fault(w.content)]
    above = [w for w in broken if w.lines.first <= case.line]
    if not above:
        return None
    named = [w for w in above if w.path.rpartition("/")[2] in case.output]
    write = (named or above)[-1]
    elided = write.elided or re.search(r"\.\.\.|…|\betc\b", write.content)
    what = "leaves parts out" if elided else "is no valid JSON"
    return Advice(
        kind=GapKind.PLACEHOLDER if elided else GapKind.BROKEN_COMMAND,
        title=f"`{write.path}` {what}",
        problem=f"The block for `{write.path}` {what}: typed as it stands, line {case.line} "
        f"fails ({_fault(write.content)}).",
        fix=f"Show the whole `{write.path}`, without comments.",
        remedy=_remedy(write),
        location=_place(case, write),
    )


def _fault(content: str) -> str:
    try:
        json.loads(content)
    except ValueError as error:
        return str(error)
    return ""


def _place(case: Case, write: WriteFile) -> Location:
    """The line of the first comment or ellipsis, else of the parser's complaint."""
    for line in range(write.lines.first, write.lines.last + 1):
        if _COMMENT.search(case.lines[line - 1]):
            return case.at(Lines(line, line))
    return case.at(write.lines)


def _remedy(write: WriteFile) -> Remedy | None:
    """The block without its comments, when that makes it valid."""
    content = re.sub(r",(\s*[}\]])", r"\1", _COMMENT.sub("", write.content))
    if _fault(content) or write.placement is not Placement.REPLACE:
        return None
    file = RemedyFile(path=write.path, content=content)
    return Remedy(line=write.lines.first, action=RemedyAction.REPLACE, files=(file,))
