"""Virtual environments that are made, and not active where their programs are typed."""

from __future__ import annotations

from collections.abc import Iterator

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.tables import pypi
from smile.check.files import HOME, WORK
from smile.check.reading import Foreseen, Reading, Typed
from smile.regex import regex
from smile.tutorial.model import Skip, Terminal

__all__ = ["check"]

_MAKES = regex(
    r"(?:^|[;&|]\s*)(?:python3?(?:\.\d+)?\s+-m\s+venv|virtualenv)\s+(?:-\S+\s+)*([\w.~/-]+)\s*(?:$|[;&#])"
)
_BY_PATH = regex(r"^([\w.~/-]+)/bin/pip3?$")
_LEAVES = regex(
    r"activate|\bPATH=|\bconda\b|\bcd\b|\bpushd\b|\bsource\b|(?:^|[;&|]\s*)\.\s|\bpipx?\.pyz"
)
"""What may make it active, or leaves the directory that its path is relative to."""


def check(reading: Reading) -> Iterator[Foreseen]:
    """The first program of an environment that the shell does not find."""
    inside: dict[str, str] = {}
    for typed in reading.typed:
        text = typed.command.text
        for program in _bare_programs(typed):
            if program in inside and not _speaks_of_it(reading):
                place = f"{_whole(inside[program])}/bin/{program}"
                said = f"bash: {program}: command not found"
                yield Foreseen(typed.command, said, cwd=WORK, found=((program, (place,)),))
                return
        inside |= _programs_made(text)
        if inside and _LEAVES.search(text) and not all(e.startswith("~") for e in inside.values()):
            return
        if "activate" in text or "PATH=" in text:
            return


def _bare_programs(typed: Typed) -> tuple[str, ...]:
    if not typed.counts or typed.step.inline or typed.step.terminal is not Terminal.SAME:
        return ()
    return tuple(part[0] for part in commandline.parts(typed.command.text))


def _programs_made(text: str) -> dict[str, str]:
    """Program → environment, of what a command makes or installs into one by its path."""
    if (made := _MAKES.search(text)) is not None:
        return {"pip": made[1], "pip3": made[1]}
    found: dict[str, str] = {}
    for part in commandline.parts(text):
        if (by_path := _BY_PATH.match(part[0])) and part[1:2] == ("install",):
            packages = commandline.installs(" ".join(part))
            programs = {p for p, package in pypi.COMMANDS.items() if package in packages}
            found |= dict.fromkeys(programs, by_path[1])
    return found


def _whole(path: str) -> str:
    return HOME + path[1:] if path.startswith("~") else f"{WORK}/{path.removeprefix('./')}"


def _speaks_of_it(reading: Reading) -> bool:
    """Whether the text, or a block for other readers, tells how to get into one."""
    skipped = any("activate" in s.text for s in reading.steps if isinstance(s, Skip))
    return skipped or any("activat" in one.text.casefold() for one in reading.sentences)
