"""Programs that a newcomer lacks, that no step installs, and that the text asks nobody to have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smile.agent.literal.handbook import commandline, install
from smile.agent.literal.handbook.tables import bare, npm, packages, products, pypi
from smile.check.reading import Foreseen, Reading, Typed
from smile.check.told import is_named, is_told_elsewhere
from smile.regex import regex
from smile.tutorial.model import Terminal

__all__ = ["check"]

_GETS = regex(
    r"\b(?:install|add|apt|apt-get|apk|dnf|yum|pacman|brew|snap|choco|winget|scoop|conda|mamba|"
    r"micromamba|nvm|fnm|volta|asdf|mise|rustup|sdk|corepack|nix|wget|curl|dpkg|setup|bootstrap|"
    r"tar|unzip|pkgx|ln|alias|function|module load|docker|sh)\b"
)
_BRINGS_ANYTHING = regex(
    # scripts and archives that install what their name need not tell; other machines
    r"\|\s*(?:sudo\s+)?(?:env\s+\S+\s+)?(?:ba|z|da)?sh\b|\b(?:ba|z)?sh\s+-c\s+[\"']?\$\(|"
    r"(?:^|[;&|]\s*)(?:sudo\s+)?(?:\S*/)?(?:ba)?sh\s+\S*(?:install|setup|bootstrap)|"
    r"(?:^|[;&|]\s*)\S*/(?:install|setup|bootstrap|configure)\S*|\bmake\s+install\b|"
    r"\bPATH=|\bdpkg\s+-i\b|\bconda\s+(?:env|activate|create)|\bmodule\s+load\b|"
    r"\b(?:nix|devbox|guix|toolbox|distrobox|flox)\b|(?:^|[;&|]\s*)ssh\s|\bvagrant\s+ssh\b|"
    r"\bdocker(?:-compose|\s+compose)?\s+(?:run|exec|attach)\b|\bpodman\s+(?:run|exec)\b|"
    r"\bkubectl\s+exec\b|\bsu\s+-|\bchroot\b|\bsource\s+(?!\S*/activate\b)|^\s*\.\s+(?!\S*/activate\b)|"
    r"\b(?:hatch|poetry|pipenv|pixi|pdm|rye|conda)\s+(?:shell|env|activate|venv)\b|"
    r"\btar\b.*\s-C\s*/|\bsetx?\s+PATH|\bbrew\s+bundle\b|\bdevcontainer\b"
)


def check(reading: Reading) -> Iterator[Foreseen]:
    """Each tool once, where it is first typed; those of one package count as one."""
    above: list[Typed] = []
    seen: set[str] = set()
    for typed in reading.typed:
        for program in _programs(typed):
            if program in seen or not _is_lacking(program):
                continue
            seen |= _of_one_package(program)
            if _is_brought(program, above, typed) or is_named(reading, program):
                continue
            if not is_told_elsewhere(reading, program):
                yield Foreseen(typed.command, f"bash: {program}: command not found")
        if _BRINGS_ANYTHING.search(typed.command.text):
            return
        above.append(typed)


def _programs(typed: Typed) -> Iterator[str]:
    if not typed.counts or typed.step.terminal is not Terminal.SAME:
        return
    text = typed.command.text
    if "\n" in text and "<<" not in text and not text.split("\n")[0].rstrip().endswith("\\"):
        return  # a loop or a function: its words are no programs of their own
    for part in commandline.parts(text):
        # Who has, or is to get, a repository has Git: only a text that begins with it needs it.
        if part[0] != "git" or part[1:2] in {("init",), ("config",)}:
            yield part[0]


def _is_lacking(program: str) -> bool:
    return install.known(program) and program not in bare.PROGRAMS


def _of_one_package(program: str) -> set[str]:
    tables = (packages.COMMANDS, pypi.COMMANDS, npm.COMMANDS)
    own = {table[program] for table in tables if program in table}
    return {program} | {p for t in tables for p, package in t.items() if package in own}


def _is_brought(program: str, above: list[Typed], here: Typed) -> bool:
    """Whether a command installs it, or may do so."""
    brought_by_registry = program not in packages.COMMANDS
    names = {name.casefold() for name in (*products.names(program), *install.provider(program))}
    for typed in (*above, here):
        text = typed.command.text
        if brought_by_registry and commandline.installer(text) in {"pypi", "npm"}:
            return True  # perhaps as a dependency
        if typed is here:
            text = text.partition(program)[0]
        small = text.casefold()
        if _GETS.search(text) and any(_stands_in(name, small) for name in names):
            return True
    return False


def _stands_in(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text))
