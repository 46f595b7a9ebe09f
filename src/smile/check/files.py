"""Files and directories that are used before a step makes them, or that none makes.

A walk through the commands with the directories that they make. Whoever can't say what a command
leaves in a directory says nothing of that directory from there on.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from smile.agent.literal.handbook import commandline
from smile.check.effects import is_closed, is_of_a_project, leaves, needs, writes
from smile.check.reading import Foreseen, Reading, Typed
from smile.tutorial.model import Run, Terminal, WriteFile

__all__ = ["check"]

HOME = "/root"
WORK = "/workspace/work"
_EXACT = frozenset({"mkdir", "touch", "tee", "echo", "printf"})
"""Of what all others make, a project or a copy, nobody knows what is in it."""
_LONGEST = 1000
"""Characters of a path; who goes deeper is not followed."""
_USUAL = frozenset(
    "Desktop Documents Downloads Pictures Music Videos .ssh .config .local .cache .bashrc .profile "
    ".bash_profile .zshrc .gitconfig bin".split()
)
"""What a home has on a reader's own machine."""


@dataclass(slots=True)
class _Walk:
    """Where the reader stands, and what is known to be there; paths are absolute."""

    reading: Reading
    cwd: str = WORK
    lost: bool = False
    """Nobody knows where the reader stands."""
    made: set[str] = field(default_factory=lambda: {HOME, WORK})
    open: set[str] = field(default_factory=set)
    """Directories in which something unknown was done."""
    contents: dict[str, str] = field(default_factory=dict)

    def whole(self, path: str) -> str:
        if path == "~" or path.startswith("~/"):
            path = HOME + path[1:]
        return posixpath.normpath(posixpath.join(self.cwd, path))

    def is_missing(self, path: str, line: int) -> bool:
        """Whether nothing can have made this path, nor brought it to the reader."""
        there = self.whole(path)
        if self.lost or (path.startswith("~") and there.count("/") < 2):
            return False
        if not there.startswith((HOME + "/", WORK + "/")) or there in self.made:
            return False
        if any(there == o or there.startswith(o + "/") for o in self.open):
            return False
        if there.startswith(HOME + "/") and there.split("/")[2] in _USUAL:
            return False
        if there.startswith(WORK) and self._is_shipped(path, there.removeprefix(WORK + "/")):
            return False
        name = PurePosixPath(path).name
        if self.reading.may_be_shown(name, line):
            return False
        return self._is_made_later(path, line) or not self.reading.hands_over(name, line)

    def _is_shipped(self, *paths: str) -> bool:
        """Whether the author has it, in the directory of the text or as part of its project."""
        return any(self.reading.around.shipped(path) for path in paths)

    def _is_made_later(self, path: str, line: int) -> bool:
        """Whether a step below makes this very path anew."""
        name = path.removeprefix("./").rstrip("/")
        for step in self.reading.steps:
            if step.lines.first <= line:
                continue
            if isinstance(step, WriteFile) and not step.existing and step.path == name:
                return True
            if isinstance(step, Run) and any(
                name in commandline.products(c.text) for c in step.commands
            ):
                return True
        return False

    @property
    def works(self) -> bool:
        """Whether the reader stands in a directory that the tutorial made, or made something in."""
        return self.cwd != WORK or bool(self.entries())

    def entries(self) -> tuple[str, ...]:
        """What is known to be in the current directory, directories with a slash."""
        inside = {p.removeprefix(self.cwd + "/") for p in self.made if p.startswith(self.cwd + "/")}
        names = {p.partition("/")[0] + ("/" if "/" in p else "") for p in inside}
        return tuple(sorted(names))

    def add(self, path: str) -> None:
        """It is there now, and so are the directories above it."""
        there = self.whole(path)
        while there not in {"/", HOME, WORK} and there not in self.made:
            self.made.add(there)
            there = posixpath.dirname(there)

    def wrote(self, step: WriteFile) -> None:
        """A reader made a file with an editor."""
        self.add(step.path)
        self.contents[PurePosixPath(step.path).name] = step.content

    def done(self, part: tuple[str, ...], text: str) -> None:
        """What the command leaves."""
        for path in (*commandline.products(text), *leaves(part)):
            self.add(path)
            if part[0] not in _EXACT:
                self.open.add(self.whole(path))
        if not is_closed(part, self.contents):
            self.open.add(self.cwd)

    def go(self, part: tuple[str, ...]) -> None:
        """``cd``."""
        target = part[1] if len(part) > 1 else "~"
        if len(part) > 2 or target == "-" or any(sign in target for sign in "$*?{<`"):
            self.lost = True
            return
        self.cwd = self.whole(target)
        self.lost = len(self.cwd) > _LONGEST
        self.made.add(self.cwd)


def check(reading: Reading) -> Iterator[Foreseen]:
    """Each path where it is first needed and can't be there."""
    walk = _Walk(reading)
    seen: set[str] = set()
    typed = {id(one.command): one for one in reading.typed}
    for step in reading.steps:
        if isinstance(step, WriteFile):
            walk.wrote(step)
        elif isinstance(step, Run) and step.terminal is Terminal.SAME:
            for command in step.commands:
                yield from _command(walk, typed[id(command)], seen)


def _command(walk: _Walk, typed: Typed, seen: set[str]) -> Iterator[Foreseen]:
    text = typed.command.text
    if _is_script(text):
        walk.open.add(walk.cwd)
        return
    for part in commandline.parts(text):
        failing = _judge(walk, typed, part, seen)
        yield from failing
        if part[0] == "popd":
            walk.lost = True
        elif part[0] in {"cd", "pushd"}:
            walk.go(part)
        else:
            walk.done(part, " ".join(part))
            if failing:
                walk.open.add(walk.cwd)  # what it would have made is missed by those below
    for path in commandline.redirects(text):
        walk.add(path)


def _judge(
    walk: _Walk, typed: Typed, part: tuple[str, ...], seen: set[str]
) -> tuple[Foreseen, ...]:
    """The first path that a simple command lacks for certain."""
    command = typed.command
    if not typed.counts or typed.step.inline:
        return ()
    for path, said in (*needs(part), *writes(part, command.text)):
        if is_of_a_project(path, part) and not walk.works:
            continue
        if path not in seen and walk.is_missing(path, command.lines.first):
            seen.add(path)
            return (Foreseen(command, said, cwd=walk.cwd, entries=walk.entries()),)
    return ()


def _is_script(text: str) -> bool:
    """Loops, functions and subshells: what they do where is not followed."""
    first = text.split("<<", 1)[0]
    lines = first.rstrip().split("\n")
    return any(not line.rstrip().endswith("\\") for line in lines[:-1]) or first.startswith("(")
