"""A word that stands for something of the reader's own (``<name>``, ``path/to/file``).

It is replaced when one concrete thing of the tutorial fits: the word that other commands have in
its place, a file or directory that the steps made, or a name that the command itself gives.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from smile.agent.literal.handbook import commandline, errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.placeholders import find
from smile.agent.literal.handbook.style import instead, paste
from smile.regex import regex
from smile.wire import GapKind

_NEW = {"new", "init", "create", "startproject", "startapp", "mkdir", "clone", "venv", "touch"}
_OWN = regex(r"(api[-_ ]?key|token|secret|passw(?:or)?d|account|key)", re.IGNORECASE)
"""What nobody but the reader has."""
_SUFFIXES = {
    "python": (".py",), "python3": (".py",), "node": (".js", ".mjs", ".cjs", ".ts"),
    "rustc": (".rs",), "gcc": (".c",), "g++": (".cpp", ".cc"), "go": (".go",), "tsc": (".ts",),
    "bash": (".sh",), "sh": (".sh",), "ruby": (".rb",), "php": (".php",), "javac": (".java",),
    "perl": (".pl",), "Rscript": (".R",), "tsx": (".ts",), "deno": (".ts", ".js"),
}  # fmt: skip


def diagnose(case: Case) -> Advice | None:
    """Find the placeholder in the command and something concrete for it."""
    held = find(case.command)
    missing = errors.missing_program(case)
    if not held or (missing and missing not in held):
        return None
    if told := _told_where(case, held):
        return told
    concrete = _concrete(case, held)
    problem = (
        f"The command on line {case.line} holds the placeholder `{held}`, and the text does not "
        "say what to put there."
    )
    if not concrete:
        fix = f"Write what `{held}` stands for: a value that works as it is, or how to get one."
        return Advice(GapKind.PLACEHOLDER, f"`{held}` is left to guess", problem, fix)
    command = case.command.replace(held, concrete)
    return Advice(
        kind=GapKind.PLACEHOLDER,
        title=f"`{held}` is left to guess",
        problem=problem,
        fix=paste(case, f"Replace the placeholder by what it stands for here, `{concrete}`:",
                  command),
        remedy=instead(case, command),
    )  # fmt: skip


def _told_where(case: Case, held: str) -> Advice | None:
    """A thing of the reader's own of which the text above speaks: we have none, readers do."""
    own = _OWN.search(held)
    above = case.lines[max(0, case.line - 8) : case.line - 1]
    prose = [row for row in above if " " in row.strip() and held not in row]
    if own is None or not any(own[1].lower() in row.lower() for row in prose):
        return None
    return Advice(
        kind=GapKind.PLACEHOLDER,
        title=f"`{held}` is the reader's own",
        problem=f"`{held}` on line {case.line} stands for something of the reader's own, of which "
        "the text speaks, and which SMILE does not have.",
        fix=f"Say how to get what `{held}` stands for, if the text does not.",
        gap=False,
    )


def _concrete(case: Case, held: str) -> str:
    words = case.words
    place = next((i for i, w in enumerate(words) if held in w), -1)
    if case.programs[:1] == ("cd",):
        return _directory(case)
    for candidate in (_same_place(case, words, place), _named_value(case, held)):
        if candidate:
            return candidate
    if _NEW & set(words[: max(place, 0) + 1]) or held.strip("<>[]{}").startswith("your-proj"):
        return _name_used_below(case) or "my-project"
    return "" if _OWN.search(held) or re.search(r"ur[li]|host|version", held) else _file(case)


def _same_place(case: Case, words: tuple[str, ...], place: int) -> str:
    """The word that other commands with the same beginning have in this place."""
    votes: Counter[str] = Counter()
    for command in case.commands:
        other = commandline.words(command.text)
        if place < 1 or len(other) <= place or other[:place] != words[:place]:
            continue
        if find(other[place]) or other[place].startswith("-") or command.lines.first == case.line:
            continue
        if "/" in words[place] and not re.search(r"[./]", other[place]):
            continue
        votes[other[place]] += 1 + (2 if other[place + 1 :] == words[place + 1 :] else 0)
    return votes.most_common(1)[0][0] if votes else ""


def _named_value(case: Case, held: str) -> str:
    """A harmless value where the name of the placeholder says which kind is wanted."""
    name = held.casefold()
    if re.search(r"e-?mail", name) or "user.email" in case.command:
        return "alex@example.com"
    if re.search(r"user-?_?name|your[-_ ]name|author", name) or "user.name" in case.command:
        return "alex"
    return ""


def _directory(case: Case) -> str:
    """The directory that ``cd`` most likely means: the comment's, the one there, the last made."""
    made = [p for c in case.earlier for p in sorted(commandline.products(c.text)) if "." not in p]
    there = [e.rstrip("/") for e in case.facts.entries if e.endswith("/") and e[0] not in "._"]
    comment = case.command.partition("#")[2] + (case.location.quote.partition("#")[2])
    for path in [*reversed(made), *there]:
        if PurePosixPath(path).name in comment.split():
            return path
    here = [p for p in made if PurePosixPath(p).name in there]
    if here or there:
        return here[-1] if here else (there[0] if len(there) == 1 else "")
    distant = [p for p in made if p.startswith(("~", "/"))]
    return distant[-1] if distant else ""


def _file(case: Case) -> str:
    """The only file of the steps that fits the program; of several, the one written last."""
    suffixes = next((_SUFFIXES[p] for p in reversed(case.programs) if p in _SUFFIXES), ())
    above = [w.path for w in case.writes if w.lines.first < case.line]
    fitting = [p for p in dict.fromkeys(above) if not suffixes or p.endswith(suffixes)]
    if len(fitting) == 1 or (fitting and suffixes):
        return fitting[-1]
    return ""


def _name_used_below(case: Case) -> str:
    """The directory that the next ``cd`` goes to."""
    for command in case.later:
        words = commandline.words(command.text)
        if words[:1] == ("cd",) and len(words) > 1:
            return "" if words[1].startswith(("..", "~", "/", "<")) else words[1].rstrip("/")
    return ""
