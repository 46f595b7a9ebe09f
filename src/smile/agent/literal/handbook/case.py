"""A stuck Student as the handbook sees it: the tutorial around the failure, and the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath

from smile.agent.literal.handbook import commandline
from smile.regex import regex
from smile.tutorial.model import (
    Command,
    Expect,
    Lines,
    Placement,
    Prose,
    Run,
    Skip,
    Step,
    WriteFile,
)
from smile.wire import Facts, Failure, Location, MentorNote, Remedy, StudentOutput

_ESCAPES = regex(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\r(?=\n)|\x08")


@dataclass(frozen=True)
class Case:
    """One question to the Mentor; the views are computed when first asked for."""

    steps: tuple[Step, ...]
    text: str
    question: StudentOutput
    notes: tuple[MentorNote, ...] = ()

    # --- the failure ---------------------------------------------------------------------

    @cached_property
    def failure(self) -> Failure:
        """What made the Student stop."""
        return self.question.failure or Failure()

    @cached_property
    def facts(self) -> Facts:
        """What the Student saw of its machine."""
        return self.question.facts or Facts()

    @cached_property
    def location(self) -> Location:
        """Where the failing command or step stands."""
        return self.question.location or self.at(Lines(1, 1))

    @cached_property
    def line(self) -> int:
        """The first line of the failing command or step."""
        return self.location.line

    @cached_property
    def command(self) -> str:
        """The failing command; empty for a file, an address, or prose."""
        return self.failure.command.strip()

    @cached_property
    def output(self) -> str:
        """What it printed, without colours."""
        return _ESCAPES.sub("", self.failure.output)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the failing command."""
        return commandline.words(self.command)

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The programs of the failing command."""
        return commandline.programs(self.command)

    def search(self, pattern: str) -> re.Match[str] | None:
        """The first place in the output that the pattern fits, line by line."""
        return re.search(pattern, self.output, re.MULTILINE)

    def search_problem(self, pattern: str) -> re.Match[str] | None:
        """The first place in what is said of a failure that is no command."""
        return re.search(pattern, f"{self.failure.problem}\n{self.output}")

    # --- the tutorial --------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text's lines."""
        return tuple(self.text.splitlines())

    def at(self, lines: Lines) -> Location:
        """A place in the text with its quote."""
        quote = "\n".join(self.lines[lines.first - 1 : lines.last])
        return Location(line=lines.first, end_line=lines.last, quote=quote)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every command of the tutorial, in order."""
        return tuple(c for s in self.steps if isinstance(s, Run) for c in s.commands)

    @cached_property
    def earlier(self) -> tuple[Command, ...]:
        """The commands above the failing line."""
        return tuple(c for c in self.commands if c.lines.first < self.line)

    @cached_property
    def later(self) -> tuple[Command, ...]:
        """The commands below the failing line."""
        return tuple(c for c in self.commands if c.lines.first > self.line)

    @cached_property
    def block(self) -> Run | None:
        """The block that the failing command stands in."""
        runs = (s for s in self.steps if isinstance(s, Run))
        return next((r for r in runs if self.line in r.lines), None)

    @cached_property
    def writes(self) -> tuple[WriteFile, ...]:
        """The file blocks, in order."""
        return tuple(s for s in self.steps if isinstance(s, WriteFile))

    # --- who makes a path ----------------------------------------------------------------

    def same(self, left: str, right: str) -> bool:
        """Whether two paths of the tutorial may mean one place."""
        a, b = (self._whole(p) for p in (left, right))
        if a.startswith("/") and b.startswith("/"):
            return a == b or fnmatchcase(a, b)
        a, b = sorted((a, b), key=len, reverse=True)
        return a == b or a.endswith("/" + b) or fnmatchcase(a, b) or fnmatchcase(b, a)

    def _whole(self, path: str) -> str:
        home = self.facts.home or "/root"
        path = re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/|$)", home, path.strip("'\""))
        return path.removeprefix("./").rstrip("/") or "/"

    def makers(self, path: str) -> Iterator[Command | WriteFile]:
        """The commands and file blocks that make this path, in the text's order."""
        makers: list[Command | WriteFile] = [c for c in self.commands if self._makes(c, path)]
        makers += [w for w in self.writes if self.same(w.path, path)]
        yield from sorted(makers, key=lambda maker: maker.lines.first)

    def _makes(self, command: Command, path: str) -> bool:
        return any(self.same(product, path) for product in commandline.products(command.text))

    def made_later(self, path: str) -> Command | WriteFile | None:
        """The first thing below the failing line that makes this path, if none above does."""
        makers = list(self.makers(path))
        if any(m.lines.first < self.line for m in makers):
            return None
        return next((m for m in makers if m.lines.first > self.line and self._creates(m)), None)

    def _creates(self, maker: Command | WriteFile) -> bool:
        """Whether a file block makes the file anew: it follows at once, or the text says so."""
        if isinstance(maker, Command):
            return not self._only_touches(maker)
        if maker.placement is not Placement.REPLACE:
            return False
        between = [s for s in self.steps if self.line < s.lines.first < maker.lines.first]
        if all(isinstance(s, Prose | Skip | Expect) for s in between):
            return True
        around = self.lines[max(0, (maker.named_at or maker.lines.first) - 3) : maker.lines.first]
        return bool(
            re.search(r"\b(?:create|creating|new file)\b", "\n".join(around), re.IGNORECASE)
        )

    def _only_touches(self, command: Command) -> bool:
        """``touch`` in a directory that no step makes: the file is thought to be there."""
        program, *files = commandline.words(command.text) or ("",)
        parents = {str(PurePosixPath(file).parent) for file in files} - {".", "/", "~"}
        return program == "touch" and any(not any(self.makers(parent)) for parent in parents)

    def content(self, path: str) -> str | None:
        """The whole file as the blocks above the failing line make it; ``None`` if unknown.

        What an earlier note put in place of a block or after it counts as that block.
        """
        text: str | None = None
        for write in self.writes:
            if not self.same(write.path, path) or write.lines.first > self.line:
                continue
            if (noted := self._noted(write, path)) is not None:
                text = noted
                continue
            if write.elided or write.placement is Placement.MERGE:
                return None
            if write.placement is Placement.REPLACE:
                text = write.content
            elif text is not None and write.placement is Placement.APPEND:
                text += write.content
            elif text is not None:
                text = write.content + text
        return text

    def _noted(self, write: WriteFile, path: str) -> str | None:
        """The file as the last note at this block wrote it."""
        lines = {write.lines.first, write.named_at}
        files = [
            file.content
            for note in self.notes
            if note.remedy is not None and note.remedy.line in lines
            for file in note.remedy.files
            if self.same(file.path, path)
        ]
        return files[-1] if files else None

    def locate(self, path: str, source: str = "", number: int = 0) -> Location | None:
        """Where the tutorial holds a line of a file that it writes; the block when unsure."""
        name = PurePosixPath(path).name
        blocks = [w for w in self.writes if PurePosixPath(w.path).name == name]
        blocks = [w for w in blocks if w.lines.first <= self.line] or blocks
        for write in reversed(blocks):
            content = write.content.splitlines()
            wanted = source.strip() or (
                content[number - 1].strip() if 0 < number <= len(content) else ""
            )
            for line in range(write.lines.first, write.lines.last + 1):
                if wanted and wanted in self.lines[line - 1 : line][0]:
                    return self.at(Lines(line, line))
        return self.at(blocks[-1].lines) if blocks else None

    # --- the machine ---------------------------------------------------------------------

    @cached_property
    def sudo(self) -> str:
        """What goes before a command that needs root."""
        return "" if self.facts.uid == 0 else "sudo "

    def tried(self, remedy: Remedy) -> bool:
        """Whether an earlier note already gave this remedy, or one that held it all."""
        return any(
            (old.line, old.action, old.files, old.path)
            == (remedy.line, remedy.action, remedy.files, remedy.path)
            and (old.commands == remedy.commands or set(remedy.commands) < set(old.commands))
            for old in (note.remedy for note in self.notes if note.remedy is not None)
            if remedy.commands or not old.commands
        )

    @cached_property
    def remedied(self) -> tuple[str, ...]:
        """The commands of earlier remedies, in order."""
        return tuple(c for n in self.notes if n.remedy is not None for c in n.remedy.commands)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The absolute paths that the Student found, without those inside installed packages."""
        inner = ("/site-packages/", "/node_modules/", "/dist-packages/", "/.git/", "/proc/")
        found = dict.fromkeys(p for paths in self.facts.found.values() for p in paths)
        return tuple(p for p in found if not any(i in p for i in inner))

    def is_command_of_tutorial(self) -> bool:
        """Whether the failing command is the tutorial's own, not one of a remedy."""
        return self.command not in self.remedied
