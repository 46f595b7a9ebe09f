"""Blocks that show a session: prompts, what is typed, what is printed, notes in between."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import words
from smile.tutorial.shell import Draft, Scanner, program

_PROMPTS = (
    regex(r"^\s*\$(?:\s+|$)(?!\d)"),
    regex(
        r"^\s*(?:\([\w .:/-]{1,40}\)\s*)?[\w.-]{1,40}@[\w.-]{1,60}(?:[: ][^$#%\n]{0,80})?[$#%]\s+"
    ),
    regex(r"^\s*\[[\w.-]{1,40}@[\w.-]{1,60}[^\]\n]{0,60}\][$#]\s+"),
    regex(r"^\s*\([\w .:/-]{1,40}\)\s*[\w~./-]{0,40}\s?[$%#]\s+"),
    regex(
        r"^\s*(?:\u279c|\u276f|\u03bb|\u2192)\s+(?:[\w~./-]{1,40}\s+git:\([^)\n]{0,40}\)\s*[✗✔]?\s*)?"
    ),
    regex(r"^\s*[\w~./-]{1,30}\$\s+"),
    regex(r"^\s*~?(?:/[\w.-]{1,40}){0,6}\s[$%]\s+"),
    regex(r"^\s*%\s+"),
)
_BASH = regex(r"^(?:bash|sh|zsh|shell)(?:-\d\S{0,10}[$#]|[:>$])\s+")
_ROOT = regex(r"^\s*#\s+")
_ANGLE = regex(r"^\s*>\s+")
_WINDOWS = regex(r"^\s*(?:PS(?:\s+[A-Z]:[^>\n]{0,80})?>|[A-Z]:\\[^>\n]{0,80}>)\s*")
_NOTE = regex(r"^\s*//\s*(.*)$")
_PROGRESS = regex(r"^\s*-{2,}>\s*\d{1,3}%\s*$")
_OUTCOME = regex(
    r"\b(error|fail|missing|warn|denied|not found|exits?|works|succe|crash|exception|invalid|"
    r"refus|reject|abort|nothing)",
    re.IGNORECASE,
)


def is_windows(lines: list[str]) -> bool:
    """Whether the prompts are those of Windows shells."""
    return any(_WINDOWS.match(line) for line in lines[:40])


def prompt(line: str) -> int:
    """The length of the prompt at the start of a line; 0 when there is none."""
    for pattern in _PROMPTS:
        found = pattern.match(line[:300])
        if found and (found.end() < len(line) or line.strip() == "$"):
            return found.end()
    found = _BASH.match(line)
    if found and program(line[found.end() :]) in words.PROGRAMS:
        return found.end()
    return 0


def prompted(lines: list[str], language: str) -> list[int] | None:
    """Length of the prompt of each line (0: none); ``None`` when the block has no prompts."""
    lengths = [prompt(line) for line in lines]
    if any(lengths):
        return _aligned(lines, lengths)
    filled = [line for line in lines if line.strip()]
    if not filled or language not in words.SHELL:
        return None
    if all(_ANGLE.match(line) for line in filled):
        return [m.end() if (m := _ANGLE.match(line)) else 0 for line in lines]
    if language in words.SESSION and _is_root(filled):
        return [_root(line) for line in lines]
    return None


def _aligned(lines: list[str], lengths: list[int]) -> list[int]:
    """Only prompts as far to the left as the first: deeper ones stand in printed help."""
    indents = [len(line) - len(line.lstrip()) for line in lines]
    first = next(i for length, i in zip(lengths, indents, strict=True) if length)
    return [n if i <= first else 0 for n, i in zip(lengths, indents, strict=True)]


def _root(line: str) -> int:
    found = _ROOT.match(line)
    return found.end() if found and program(line[found.end() :]) in words.PROGRAMS else 0


def _is_root(lines: list[str]) -> bool:
    """``# `` is a prompt when it stands before commands, and commands stand nowhere else."""
    if not _root(lines[0]):
        return False
    bare = [line for line in lines if not line.lstrip().startswith("#")]
    return not any(program(line) in words.PROGRAMS for line in bare)


def split(lines: list[tuple[int, str]], prompts: list[int]) -> list[Draft]:
    """Lines with prompts to commands with their expected output."""
    drafts: list[Draft] = []
    scanner = Scanner()
    waiting = ""
    for index, ((number, line), length) in enumerate(zip(lines, prompts, strict=True)):
        if drafts and not scanner.complete and not length:
            _continue(drafts[-1], number, line, scanner)
            continue
        if length:
            typed = line[length:].strip()
            scanner = Scanner()
            if not typed or typed.startswith("#"):
                waiting = typed.lstrip("# ") if typed else waiting
                continue
            scanner.feed(typed)
            drafts.append(Draft([typed], number, number, note=_outcome(waiting)))
            waiting = ""
            continue
        note = _NOTE.match(line) or (_ROOT.match(line) and re.match(r"^\s*#\s+(.*)$", line))
        if note:
            waiting = _note(note[1].strip(), drafts, lines, prompts, index) or waiting
        elif drafts and not _PROGRESS.match(line):
            drafts[-1].expected.append((number, line))
    return drafts


def _continue(draft: Draft, number: int, line: str, scanner: Scanner) -> None:
    """A further line of a command; the ``> `` of the shell's second prompt is not typed."""
    text = line
    if re.match(r"^\s{0,3}>(\s|$)", line):
        text = re.sub(r"^\s{0,3}> ?", "", line)
    scanner.feed(text)
    draft.texts.append(text)
    draft.last = number


def _note(
    text: str, drafts: list[Draft], lines: list[tuple[int, str]], prompts: list[int], index: int
) -> str:
    """A comment belongs to the output below it, or else to the command below it (returned)."""
    for at in range(index + 1, len(lines)):
        if not lines[at][1].strip():
            continue
        if prompts[at]:
            return text
        break
    if drafts and _OUTCOME.search(text) and not drafts[-1].note:
        drafts[-1].note = text
    return ""


def _outcome(text: str) -> str:
    return text if _OUTCOME.search(text) else ""
