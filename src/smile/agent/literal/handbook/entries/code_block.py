"""Code of a file block that does not compile or run as it is printed."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.tutorial.model import WriteFile
from smile.wire import GapKind, Remedy, RemedyAction, RemedyFile

_MESSAGE = (
    r"^.*\berror TS\d+: .*$",
    r"^\S+:\d+:\d+: (?:fatal )?error: .*$",
    r"^error(?:\[E\d+\])?: .*$",
    r"^(?:\w+\.)*(?:Syntax|Indentation|Tab|Type|Value|Attribute|Import|Key|Index|Range|Reference)Error\b.*$",
    r"^.*\*\*\* missing separator.*$",
    r"^\S+\.go:\d+:\d+: .*$",
    r"^.*(?:Exception|Error): .*$",
)


def diagnose(case: Case) -> Advice | None:
    """The error's place lies in a file that the tutorial writes."""
    said = next((m[0].strip() for p in _MESSAGE if (m := case.search(p)) is not None), "")
    path, number, source = errors.traced(case)
    location = case.locate(path, source, number) if path and said else None
    if location is None:
        return None
    name = path.rpartition("/")[2]
    blocks = [w for w in case.writes if w.path.rpartition("/")[2] == name]
    write = ([w for w in blocks if w.lines.first <= case.line] or blocks)[-1]
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"The code of `{write.path}` fails",
        problem=f"`{write.path}` as printed around line {location.line} fails when line "
        f"{case.line} runs: {said}",
        fix=f"Correct the block of `{write.path}`.",
        remedy=_untyped(case, write, said),
        location=location,
    )


def _untyped(case: Case, write: WriteFile, said: str) -> Remedy | None:
    """TypeScript demands types of parameters since its strict mode is the default."""
    match = re.search(r"TS7006: Parameter '(\w+)' implicitly", said)
    content = case.content(write.path)
    if match is None or content is None:
        return None
    changed = re.sub(rf"([(,]\s*){match[1]}(?=\s*[,)])", rf"\1{match[1]}: any", content)
    file = RemedyFile(path=write.path, content=changed)
    return Remedy(line=write.lines.first, action=RemedyAction.AFTER, files=(file,))
