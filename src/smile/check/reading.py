"""A tutorial as the checks look at it, and what a check answers with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from smile.regex import regex
from smile.tutorial.blocks import Document
from smile.tutorial.model import Command, Lines, Prose, Run, Skip, Step, Tutorial, WriteFile
from smile.tutorial.text import Sentence, sentences

__all__ = ["Foreseen", "Reading", "Surroundings", "Suspect", "Typed", "Unfit"]

_SUFFIXES = {
    "python": "py", "python3": "py", "javascript": "js", "typescript": "ts", "rust": "rs",
    "ruby": "rb", "bash": "sh", "shell": "sh", "c++": "cpp", "yaml": "yml", "perl": "pl",
    "text": "txt", "mjs": "js", "cjs": "js", "node": "js", "golang": "go",
}  # fmt: skip
_FAILS = regex(r"\b(?:fails?|error|not found|does(?:n't| not) (?:work|exist))\b", re.IGNORECASE)
_FORM = regex(r"^\W*(?:synopsis|syntax|command[- ]line reference)\W*$", re.IGNORECASE)
_HANDS_OVER = regex(
    r"\b(?:creat|mak|clon|download|unzip|unpack|extract|generat|writ|sav|add|nam|call|put|cop[iy]|"
    r"get|got|new|open|edit|provid|includ|exist|fetch|checkout|check out|start|set up|"
    r"us(?:e|ing)\b|from|contain|attach|replac|past)|:\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that a reader types, and the block or sentence that asks for it."""

    command: Command
    step: Run
    aside: bool = False
    """It is quoted, or shows a form: nobody is asked to type it."""

    @property
    def counts(self) -> bool:
        """Whether a failure of it would be a gap: it is asked of everyone, and is to succeed."""
        if self.aside or self.step.optional or self.step.fails or self.command.exit_code:
            return False
        return not _FAILS.search(f"{self.command.note} {self.command.text.partition(' #')[2]}")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A command that can't do what it should: what the machine would say, told beforehand.

    ``output`` is what the shell or the tool would print, ``problem`` what a reader finds wrong
    before it is typed; ``cwd`` and ``entries`` are the directory that it is typed in, ``found`` is
    where what it lacks would be: name → absolute paths.
    """

    command: Command
    output: str = ""
    problem: str = ""
    cwd: str = ""
    entries: tuple[str, ...] = ()
    found: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is wrong with the text itself: nothing has to fail for it.

    With a ``doubt`` it is not counted: why it may be right as published.
    """

    kind: Literal["missing_file", "ambiguous_instruction"]
    lines: Lines
    title: str
    problem: str
    fix: str
    doubt: str = ""


Suspect = Foreseen | Unfit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is there with the text; a reader of the published one has it, too.

    ``beside`` tells of a path relative to the tutorial's directory, ``shipped`` also of one
    relative to a directory of the project around that. ``published`` says that they are as a
    reader finds them: what they lack, a reader lacks.
    """

    beside: Callable[[str], bool]
    shipped: Callable[[str], bool]
    published: bool = False
    above: tuple[str, ...] = ()
    """The names of the directories that the tutorial is in, the nearest first."""


@dataclass(frozen=True)
class Reading:
    """What the checks ask about; the views are computed when first asked for."""

    tutorial: Tutorial
    document: Document
    around: Surroundings

    @property
    def steps(self) -> tuple[Step, ...]:
        """The tutorial's steps."""
        return self.tutorial.steps

    @cached_property
    def typed(self) -> tuple[Typed, ...]:
        """Every command, in order."""
        runs = (step for step in self.steps if isinstance(step, Run))
        aside = self._aside
        return tuple(
            Typed(command, run, run.lines.first in aside)
            for run in runs
            for command in run.commands
        )

    @cached_property
    def _aside(self) -> frozenset[int]:
        """The first lines of blocks that are quoted, or stand below a heading like "Synopsis"."""
        found, form = set[int](), False
        for block in self.document.blocks:
            if block.kind == "heading":
                form = bool(_FORM.match(block.text))
            elif block.kind == "code" and (form or (block.quoted and not block.admonition)):
                found.add(block.lines.first)
        return frozenset(found)

    @cached_property
    def writes(self) -> tuple[WriteFile, ...]:
        """The files that the tutorial shows."""
        return tuple(step for step in self.steps if isinstance(step, WriteFile))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All prose, headings too; links are their text."""
        blocks = (block for block in self.document.blocks if block.kind != "code")
        return tuple(one for block in blocks for one in sentences(block.text, block.lines.first))

    def above(self, line: int) -> Iterable[Sentence]:
        """The sentences that begin above a line."""
        return (one for one in self.sentences if one.lines.first < line)

    def hands_over(self, name: str, line: int) -> bool:
        """Whether the text above a line speaks of making, getting or having this file.

        Then a step that was not understood may make it, and nothing is certain.
        """
        token = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        if any(token.search(one.text) and _HANDS_OVER.search(one.text) for one in self.above(line)):
            return True
        loose = (step for step in self.steps if isinstance(step, Prose | Skip))
        return any(token.search(step.text) for step in loose if step.lines.first < line)

    def may_be_shown(self, name: str, line: int) -> bool:
        """Whether a block above, which names no file, may be this one: it is of its language."""
        suffix = name.rpartition(".")[2]
        skipped = (s for s in self.steps if isinstance(s, Skip) and s.lines.first < line)
        return any(self._language(step) == suffix for step in skipped)

    def _language(self, step: Skip) -> str:
        """The suffix of files in the language of a block; empty without one."""
        first = self.tutorial.quote(Lines(step.lines.first, step.lines.first))
        word = first.strip("`~> \t{.").partition(" ")[0].partition(",")[0].rstrip("}").lower()
        return _SUFFIXES.get(word, word)
