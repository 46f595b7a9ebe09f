"""What a tutorial asks its reader to do: values only.

Lines are 1-based and inclusive, and always refer to the raw text of the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Lines:
    """A range of lines of the tutorial."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last


class Match(StrEnum):
    """How a shown output is compared with the real one."""

    LIKE = "like"
    """By its words, knowing what varies from run to run."""
    RATIO = "ratio"
    """As alike as the author demands."""
    REGEX = "regex"
    CONTAINS = "contains"
    EXACT = "exact"
    MARKED = "marked"
    """Line by line; a line may say itself how: ``(glob)``, ``(regex)``."""


@dataclass(frozen=True, slots=True)
class Check:
    """The author's own measure for a shown output.

    ``ratio`` (0 to 1) and ``pattern`` belong to the matches of these names.
    """

    match: Match = Match.LIKE
    ratio: float = 0.0
    pattern: str = ""


LIKE = Check()


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it would be typed: continuations and heredocs belong to it.

    ``text`` has no prompt. ``expected`` is the output that the tutorial shows right below it
    (console blocks); empty when it shows none. ``note`` is a comment next to it that speaks of
    the outcome ("// You get a nice error"). ``exit_code`` is the one that the author demands.
    """

    text: str
    lines: Lines
    expected: str = ""
    expected_lines: Lines | None = None
    note: str = ""
    check: Check = LIKE
    exit_code: int | None = None


class Placement(StrEnum):
    """How a file block changes the file that it names."""

    REPLACE = "replace"
    APPEND = "append"
    PREPEND = "prepend"
    MERGE = "merge"
    """A fragment to be merged by its keys or definitions: JSON, YAML, TOML, rules of a Makefile."""


class Terminal(StrEnum):
    """Which terminal the commands are typed in."""

    SAME = "same"
    NEW = "new"
    """"In another terminal": one that has none of the first one's variables."""


@dataclass(frozen=True, slots=True)
class Run:
    """Type these commands, in order."""

    lines: Lines
    commands: tuple[Command, ...]
    language: str = ""
    terminal: Terminal = Terminal.SAME
    optional: bool = False
    """The text says that the reader need not do it, or it is a correction exercise."""
    fails: bool = False
    """The text says that this ends in an error ("you'll now see an error")."""
    background: bool = False
    """The text or an attribute says that it keeps running."""
    inline: bool = False
    """From a sentence ("Run `npm init -y`"), not from a block."""
    seconds: float = 0.0
    """How long a command may take by the author's word; 0: nothing is said."""


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Put ``content`` into the file ``path`` (as written in the tutorial; ``~`` allowed)."""

    lines: Lines
    path: str
    content: str
    placement: Placement = Placement.REPLACE
    optional: bool = False
    elided: bool = False
    """The block leaves parts out ("...", "// ...etc."): it can't be typed as it stands."""
    inferred: bool = False
    """The block does not name its file; the one last spoken of was taken."""
    named_at: int = 0
    """The line that names the file (the block's own line when it does so itself)."""
    existing: bool = False
    """The text speaks of a file that is there already ("open", "edit", "the new version")."""
    executable: bool = False
    """An attribute says that it can be run."""


class Change(StrEnum):
    """What an edit does at its place."""

    REPLACE = "replace"
    SET = "set"
    """The value of a setting."""
    REMOVE = "remove"
    """The whole line."""
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class EditFile:
    """Change one place of the file ``path``: where ``anchor`` stands, if it stands there once."""

    lines: Lines
    path: str
    change: Change
    anchor: str
    text: str = ""
    """What to write there; the line feed at its end is of no meaning."""
    named_at: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Expect:
    """The tutorial shows what the reader should see after the last command before it."""

    lines: Lines
    text: str
    check: Check = LIKE


@dataclass(frozen=True, slots=True)
class Repl:
    """Lines for an interactive interpreter, with the output that the tutorial shows."""

    lines: Lines
    language: str
    inputs: tuple[str, ...]
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """Open this address ("visit http://localhost:8000 in your browser")."""

    lines: Lines
    url: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the program that runs in the terminal ("Press Ctrl+C")."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Prose:
    """The text asks for something that no block shows: a reader does it, we don't."""

    lines: Lines
    text: str
    about: tuple[str, ...] = ()
    """Names of files, commands and settings in it: failures that mention one may come from it."""


class SkipReason(StrEnum):
    """Why a block is no step for this reader."""

    OTHER_SYSTEM = "other_system"
    """For Windows or macOS."""
    ALTERNATIVE = "alternative"
    """Another way to do what was just done: another tab, "or, with yarn"."""
    MARKER = "marker"
    """The author marked it (``ignore``, ``<!-- smile:skip -->`` and the markers of other tools)."""
    ILLUSTRATION = "illustration"
    """A sketch, a syntax form or a listing that asks for nothing."""
    UNKNOWN = "unknown"
    """Nothing says what to do with it: counted as not followed."""


@dataclass(frozen=True, slots=True)
class Skip:
    """A block that this reader passes over."""

    lines: Lines
    reason: SkipReason
    text: str = ""


Step = Run | WriteFile | EditFile | Expect | Repl | Visit | Stop | Prose | Skip


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the tutorial refers to; ``data`` is ``None`` when the file is missing."""

    lines: Lines
    reference: str
    path: str
    data: bytes | None
    why_missing: str = ""
    left_behind: bool = False
    """It lies elsewhere, or not even its directory is there: the text was handed over without it,
    which tells nothing about the tutorial as published."""


@dataclass(frozen=True, slots=True)
class Tutorial:
    """A tutorial as loaded: ``text`` is the file's text, unchanged."""

    name: str
    path: str
    text: str
    steps: tuple[Step, ...] = ()
    images: tuple[Image, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the text (UTF-8), as hexadecimal digits."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def quote(self, lines: Lines) -> str:
        """The raw text of these lines."""
        rows = self.text.split("\n")[lines.first - 1 : lines.last]
        return "\n".join(row.removesuffix("\r") for row in rows)
