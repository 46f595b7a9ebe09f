"""What the reader of a tutorial knows when it comes to a block."""

from __future__ import annotations

from dataclasses import dataclass, field

from smile.regex import regex
from smile.tutorial import fence
from smile.tutorial.blocks import Block
from smile.tutorial.fence import Info
from smile.tutorial.model import Command, Expect, Repl, Run, Skip, Step, Stop, Visit
from smile.tutorial.sections import Place
from smile.tutorial.shell import tokens
from smile.tutorial.text import Sentence

_TOUCHED = regex(r"(?:^|[\s;&|])(?:touch\s+([^;&|<>]+)|[^<>;&|]*>{1,2}\s*([\w./~@-]+))")
_MADE = regex(r"(?:^|[;&|]\s*)(?:mkdir\s+([^;&|<>]+)|cd\s+([\w./~@-]+))")


@dataclass(slots=True)
class Intro:
    """The text between a block and the block or heading before it."""

    paragraphs: list[Block] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    heading: Block | None = None

    @property
    def last(self) -> str:
        """The sentence right before the block, code spans masked; empty when there is none."""
        return self.sentences[-1].plain if self.sentences else ""

    @property
    def opening(self) -> str:
        """The first sentence of the paragraph right before the block."""
        if not self.paragraphs:
            return ""
        first = self.paragraphs[-1].lines.first
        return next((s.plain for s in self.sentences if s.lines.first >= first), "")

    @property
    def text(self) -> str:
        """All of it, code spans masked."""
        return " ".join(s.plain for s in self.sentences)


@dataclass(slots=True)
class Case:
    """A code block with all that is needed to say what it is."""

    block: Block
    info: Info
    intro: Intro
    place: Place
    after: list[Sentence]
    previous: Step | None
    """The step of the code block before it in the same section."""
    wished: bool = False
    """The text before it asks for a command."""
    heads: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The content without its last line feed."""
        return self.block.text.removesuffix("\n")

    @property
    def numbered(self) -> list[tuple[int, str]]:
        """The lines of the content with their numbers."""
        return [(self.block.first + i, x) for i, x in enumerate(self.text.split("\n"))]


@dataclass(slots=True)
class Memory:
    """What earlier steps did. A file's text is ``None`` when a command made it."""

    files: dict[str, str | None] = field(default_factory=dict)
    directories: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)
    """Base name → the paths of the files of that name."""
    spoken: str = ""
    words: set[str] = field(default_factory=set)

    def ran(self, commands: tuple[Command, ...]) -> None:
        """Remember commands and what they evidently make."""
        for command in commands:
            self.done.append(command.text)
            self.words.update(tokens(command.text)[1:])
            for found in _TOUCHED.finditer(command.text[:1000]):
                for path in (found[1] or found[2] or "").split():
                    if fence.is_path(path):
                        self.files.setdefault(path, "" if found[1] else None)
                        self._name(path)
            for found in _MADE.finditer(command.text[:1000]):
                for path in (found[1] or found[2] or "").split():
                    if not path.startswith("-"):
                        self.directories.add(path.rstrip("/").rsplit("/", 1)[-1])
                if found[2]:
                    self.entered.add(found[2].rstrip("/").rsplit("/", 1)[-1])

    def _name(self, path: str) -> None:
        known = self.named.setdefault(path.rsplit("/", 1)[-1], [])
        if path not in known:
            known.append(path)

    def wrote(self, path: str, text: str | None) -> None:
        """Remember a file."""
        self.files.pop(path, None)
        self.files[path] = text
        self._name(path)
        self.spoken = path
        self.words.add(path)
        self.words.add(path.rsplit("/", 1)[-1])

    def resolve(self, path: str) -> str:
        """The fuller name under which a file is already known."""
        if path in self.files or "/" in path:
            return path
        known = [p for p in self.named.get(path, ()) if p in self.files]
        return known[0] if len(known) == 1 else path

    def latest(self, language: str) -> str:
        """The file of this language that was last written; empty when there is none."""
        if self.spoken and fence.language_of(self.spoken) and _alike(language, self.spoken):
            return self.spoken
        return next(
            (p for p in reversed(self.files) if self.files[p] is not None and _alike(language, p)),
            "",
        )


def _alike(language: str, path: str) -> bool:
    own = fence.language_of(path)
    return bool(own) and (own == language or {own, language} <= {"js", "ts", "jsx", "tsx"})


def shows_result(step: Step | None) -> bool:
    """Whether output may follow this step."""
    return isinstance(step, Run | Visit | Expect | Repl | Stop) and not isinstance(step, Skip)
