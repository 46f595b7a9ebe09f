"""Shell text to commands: prompts, continuations, here-documents, compound statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from smile.regex import regex
from smile.tutorial.model import LIKE, Check, Command, Lines

_OPENERS = frozenset({"if", "for", "while", "until", "case", "select"})
_CLOSERS = frozenset({"fi", "done", "esac"})
_HEREDOC = regex(r"<<(-?)\s*(?:\\?([\w.!@%+-]+)|'([^']+)'|\"([^\"]+)\")")
_WORD = regex(r"[^\s;&|()`]+")
MAX_RETRIES = 8
"""How often an open quote is given up before each line counts as a command of its own."""


class Scanner:
    """Reads the lines of one command and knows whether it is complete."""

    def __init__(self) -> None:
        self.quote = ""
        self.parens = 0
        self.blocks = 0
        self.heredocs: list[tuple[str, bool]] = []
        self.dangling = False

    @property
    def complete(self) -> bool:
        """Whether the shell would run what it has read."""
        return not (
            self.quote or self.parens > 0 or self.blocks > 0 or self.heredocs or self.dangling
        )

    def feed(self, line: str) -> None:
        """Read one more line."""
        if self.heredocs:
            mark, indented = self.heredocs[0]
            if (line.lstrip("\t") if indented else line).rstrip() == mark:
                self.heredocs.pop(0)
            return
        self.dangling = False
        code = self._outside(line)
        for found in _HEREDOC.finditer(code) if "<<<" not in code else ():
            mark = (
                found[2]
                or line[found.start(3) : found.end(3)]
                or line[found.start(4) : found.end(4)]
            )
            self.heredocs.append((mark, bool(found[1])))
        self._keywords(code)
        ended = code.rstrip()
        if ended.endswith(("|", "&&", "||")) and not self.quote:
            self.dangling = True

    def _outside(self, line: str) -> str:
        """The line with quoted text blanked (here-document marks stay) and comments cut."""
        out: list[str] = []
        at, size = 0, len(line)
        while at < size:
            char = line[at]
            if self.quote:
                at += self._in_quote(line, at, out)
                continue
            if char == "\\":
                if at + 1 >= size:
                    self.dangling = True
                out.append("  "[: min(2, size - at)])
                at += 2
                continue
            if char in "'\"`":
                if re.search(r"<<-?\s*$", line[max(0, at - 6) : at]) and char != "`":
                    close = line.find(char, at + 1)
                    if close > 0:
                        out.append(line[at : close + 1])
                        at = close + 1
                        continue
                self.quote = char
                out.append("q")
            elif char == "#" and (at == 0 or line[at - 1] in " \t;"):
                break
            else:
                self.parens += (char == "(") - (char == ")" and self.parens > 0)
                out.append(char)
            at += 1
        return "".join(out)

    def _in_quote(self, line: str, at: int, out: list[str]) -> int:
        char = line[at]
        out.append("q")
        if char == "\\" and self.quote != "'":
            out.append("q")
            return 2
        if char == self.quote:
            self.quote = ""
        return 1

    def _keywords(self, code: str) -> None:
        """Count the compound statements that open and close at the start of a command."""
        for part in re.split(r"[;&|]|\b(?:then|do|else)\b", code):
            word = _WORD.search(part)
            if not word:
                continue
            if word[0] in _OPENERS and not part.lstrip().startswith("("):
                self.blocks += 1
            elif word[0] in _CLOSERS:
                self.blocks -= self.blocks > 0
            first = part.strip()
            if first == "{" or first.endswith(" {") or re.match(r"^[\w-]+\s*\(\)\s*\{", first):
                self.blocks += 1 if "}" not in first.split("{", 1)[1] else 0
            elif first.startswith("}"):
                self.blocks -= self.blocks > 0


@dataclass(slots=True)
class Draft:
    """A command that is being put together."""

    texts: list[str]
    first: int
    last: int
    expected: list[tuple[int, str]] = field(default_factory=list)
    note: str = ""
    check: Check = LIKE
    exit_code: int | None = None

    def command(self) -> Command:
        """The finished value; blank lines around the expected output are dropped."""
        shown = list(self.expected)
        while shown and not shown[0][1].strip():
            shown.pop(0)
        while shown and not shown[-1][1].strip():
            shown.pop()
        return Command(
            "\n".join(self.texts),
            Lines(self.first, self.last),
            "\n".join(text for _, text in shown),
            Lines(shown[0][0], shown[-1][0]) if shown else None,
            self.note,
            self.check,
            self.exit_code,
        )


def dedent(lines: list[str]) -> list[str]:
    """Take away the indentation that all lines share."""
    indents = [len(x) - len(x.lstrip()) for x in lines if x.strip()]
    common = min(indents, default=0)
    return [x[common:] for x in lines]


def split(lines: list[tuple[int, str]], *, comments: bool = False) -> list[Draft]:
    """Lines without prompts to commands; blank lines between them are dropped.

    With ``comments`` a line that is a comment becomes a draft of its own.
    """
    drafts: list[Draft] = []
    at, retries = 0, 0
    while at < len(lines):
        number, line = lines[at]
        bare = line.strip()
        if not bare or bare[0] in "#-":  # no program's name begins with a dash: a progress bar
            if bare.startswith("#") and comments:
                drafts.append(Draft([bare], number, number))
            at += 1
            continue
        end = _end(lines, at) if retries < MAX_RETRIES else at
        if end < 0:
            retries += 1
            end = at
        texts = [
            line.strip() if end == at else line.lstrip(),
            *(t for _, t in lines[at + 1 : end + 1]),
        ]
        drafts.append(Draft(texts, number, lines[end][0]))
        at = end + 1
    return drafts


def _end(lines: list[tuple[int, str]], at: int) -> int:
    """Index of the last line of the command that begins at ``at``; -1 when it never ends."""
    scanner = Scanner()
    for index in range(at, len(lines)):
        scanner.feed(lines[index][1])
        if scanner.complete:
            return index
    if scanner.dangling and not (
        scanner.quote or scanner.heredocs or scanner.blocks or scanner.parens > 0
    ):
        return len(lines) - 1
    return -1


def words_of(command: str) -> list[str]:
    """The words of a command's first line, without ``sudo`` and variables before it."""
    found = command.split("\n", 1)[0].split()[:60]
    while found and (
        found[0] in ("sudo", "doas", "time", "env", "nohup", "exec") or re.match(r"^\w+=", found[0])
    ):
        found.pop(0)
    return found


def program(command: str) -> str:
    """The program that a command starts, without its directory."""
    found = words_of(command)
    return found[0].rsplit("/", 1)[-1] if found else ""


def programs(command: str) -> list[str]:
    """The programs of a command line: every part of a list or pipe."""
    parts = re.split(r"&&|\|\||[;|]", command[:2000])
    return [p for p in (program(part.strip()) for part in parts) if p]


def tokens(command: str) -> list[str]:
    """Words for comparing commands: comments and quotes don't count."""
    bare = re.sub(r"\s#\s.*$", "", command.split("\n", 1)[0])
    return re.sub(r"[\"']", "", bare).split()


def same(one: str, other: str) -> bool:
    """Whether ``other`` does what ``one`` says: the words of ``one`` follow each other in it."""
    few, many = tokens(one), tokens(other)
    if not few:
        return False
    width = len(few)
    return any(many[i : i + width] == few for i in range(len(many) - width + 1))
