"""What the words of a command line say: its program, its paths, what it installs and makes."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from smile.regex import regex

ASSIGNMENT = regex(r"^[A-Za-z_]\w*=")
_SEPARATORS = {"&&", "||", ";", "|", "&"}
_CARRIERS = {"sudo", "time", "exec", "env", "command", "nohup"}
_REDIRECT = regex(r"^\d?>{1,2}$")


@lru_cache(maxsize=4096)  # every rule asks it of every command
def words(text: str) -> tuple[str, ...]:
    """The words of a command as the shell sees them; split at blanks when quotes don't match."""
    first = _without_document(text)
    try:
        lexer = shlex.shlex(first, posix=True, punctuation_chars=";|&>")
        lexer.whitespace_split = True
        lexer.commenters = ""
        found = list(lexer)
    except ValueError:
        found = first.split()
    for index, word in enumerate(found):
        if index and word.startswith("#"):
            return tuple(found[:index])
    return tuple(found)


def _without_document(text: str) -> str:
    """A command without its here-document; what stands behind the ``<<`` in its line is its own."""
    head, sign, rest = text.partition("<<")
    if not sign or rest.startswith("<"):
        return head
    return head + re.sub(r"""^-?\s*["']?\w+["']?""", "", rest.partition("\n")[0])


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[tuple[str, ...], ...]:
    """The simple commands of a line: what stands between ``&&``, ``;`` and ``|``."""
    found: list[list[str]] = [[]]
    for word in words(text):
        if word in _SEPARATORS:
            found.append([])
        else:
            found[-1].append(word)
    return tuple(tuple(bare(part)) for part in found if bare(part))


def bare(part: list[str] | tuple[str, ...]) -> list[str]:
    """A simple command without the assignments and carriers (``sudo``) before its program."""
    rest = list(part)
    while rest and (ASSIGNMENT.match(rest[0]) or rest[0] in _CARRIERS):
        carrier = rest.pop(0)
        while carrier == "sudo" and rest and rest[0].startswith("-"):
            rest.pop(0)
    return rest


def programs(text: str) -> tuple[str, ...]:
    """The programs that a line starts; behind ``uv run`` and ``npx`` also the one meant."""
    found = []
    for part in parts(text):
        found.append(part[0])
        if part[:2] in {("uv", "run"), ("poetry", "run"), ("npm", "exec")} and len(part) > 2:
            found.append(part[2])
        if part[0] == "npx":
            found.extend([w for w in part[1:] if not w.startswith("-")][:1])
    return tuple(found)


def redirects(text: str) -> tuple[str, ...]:
    """The files that a line writes to by ``>`` and ``>>``."""
    found = words(text)
    return tuple(
        after
        for word, after in itertools.pairwise(found)
        if _REDIRECT.match(word) and not after.startswith(("&", "/dev/"))
    )


_INSTALLERS: tuple[tuple[str, str], ...] = (
    # how a line that installs begins, and whose names it gives
    (r"(?:apt|apt-get|aptitude) (?:-\S+ )*install", "apt"),
    (r"(?:apk add|dnf install|yum install|pacman -S\w*)", "apt"),
    (r"(?:\S*/)?pip3?(?:\.\d+)? install", "pypi"),
    (r"(?:\S*/)?python3?(?:\.\d+)? -m pip install", "pypi"),
    (r"uv (?:add|pip install|tool install)", "pypi"),
    (r"(?:pipx install|poetry add|pdm add|pipenv install)", "pypi"),
    (r"npm (?:install|i|add|in|isntall)", "npm"),
    (r"(?:pnpm|yarn|bun) (?:add|global add|install)", "npm"),
    (r"cargo (?:install|add)", "cargo"),
    (r"gem install", "gem"),
)


def installs(text: str) -> dict[str, str]:
    """Package → pin (empty without one) of what a line installs."""
    found: dict[str, str] = {}
    for part in parts(text):
        line = " ".join(part)
        for pattern, _ in _INSTALLERS:
            if (match := re.match(pattern + r"(?= |$)", line)) is not None:
                skipped = match.group().count(" ") + 1
                found.update(_pin(w) for w in part[skipped:] if _is_package(w))
                break
    return found


def fetches(command: str) -> bool:
    """Whether a command gets packages from a registry, and from no address of its own."""
    by_package_manager = installer(command) or re.search(r"\bapt(?:-get)? ", command)
    return bool(by_package_manager) and "://" not in command


def installer(text: str) -> str:
    """Whose packages a line installs: apt, pypi, npm, cargo, gem; empty when it installs none."""
    for part in parts(text):
        for pattern, source in _INSTALLERS:
            if re.match(pattern + r"(?= |$)", " ".join(part)):
                return source
    return ""


def _is_package(word: str) -> bool:
    return not word.startswith(("-", ".", "/", "<", ">", "$")) and "://" not in word


def _pin(word: str) -> tuple[str, str]:
    """``flask[async]==2.0`` → ``("flask", "==2.0")``, ``@a/b@1`` → ``("@a/b", "@1")``."""
    match = re.match(r"^(@?[\w./-]+)(?:\[[^\]]*\])?(.*)$", word)
    return (match[1], match[2]) if match else (word, "")


def unpinned(word: str) -> str:
    """A requirement without its version: ``flask[async]==2.0`` → ``flask[async]``."""
    match = re.match(r"^(@?[\w./-]+(?:\[[^\]]*\])?)", word)
    return match[1] if match else word


@lru_cache(maxsize=4096)
def products(text: str) -> frozenset[str]:
    """The paths that a line makes, as written, as far as its words tell."""
    found = set(redirects(text))
    for part in parts(text):
        found.update(_made(part))
    return frozenset(p.rstrip("/") for p in found if p and p.rstrip("/"))


def _made(part: tuple[str, ...]) -> Iterator[str]:
    program, plain = PurePosixPath(part[0]).name, [w for w in part[1:] if not w.startswith("-")]
    if program == "mkdir":
        for path in plain:
            yield path
            yield from _parents(path)
    elif program in {"touch", "tee", "virtualenv"}:
        yield from plain
    elif program in {"cp", "mv", "ln"} and len(plain) > 1:
        yield plain[-1]
        yield f"{plain[-1]}/{PurePosixPath(plain[0]).name}"
    else:
        yield from _named_output(part)
        yield from _made_by_tool(program, part, plain)


def _parents(path: str) -> Iterator[str]:
    for parent in PurePosixPath(path).parents:
        if parent.name and parent.name != "~":
            yield str(parent)


def _named_output(part: tuple[str, ...]) -> Iterator[str]:
    for flag, value in itertools.pairwise(part):
        if flag in {"-o", "--output", "-O", "-B", "--outdir", "--out-dir"}:
            yield value


def _made_by_tool(program: str, part: tuple[str, ...], plain: list[str]) -> Iterator[str]:
    head, rest = (plain[0] if plain else ""), plain[1:]
    if program.startswith("python") and part[1:3] == ("-m", "venv"):
        yield from part[3:]
        yield from (f"{path}/bin/activate" for path in part[3:] if not path.startswith("-"))
    elif (program, head) == ("git", "clone") and rest:
        yield rest[1] if len(rest) > 1 else PurePosixPath(rest[0]).name.removesuffix(".git")
    elif (program, head) in _PROJECT_FILES and not rest:
        yield _PROJECT_FILES[program, head]
    elif head in {"new", "init", "startproject", "startapp", "create", "setup", "venv"} and rest:
        yield rest[0] if rest[0] != "." else "manage.py"
        yield from (f"{rest[0]}/{f}" for (p, h), f in _PROJECT_FILES.items() if p == program == h)
    elif program in {"rustc", "tsc"} and head:
        yield PurePosixPath(head).stem + (".js" if program == "tsc" else "")
    elif program == "javac" and head:
        yield PurePosixPath(head).stem + ".class"
    elif program in {"gcc", "cc", "g++", "c++", "clang"} and "-o" not in part and "-c" not in part:
        yield "a.out"
    elif program in {"wget", "curl"}:
        yield from _downloaded(program, part, plain)
    elif program == "make" and head:
        yield head


def _downloaded(program: str, part: tuple[str, ...], plain: list[str]) -> Iterator[str]:
    """The files that are called like the end of their address."""
    by_address = "-O" not in part
    if program == "curl":
        by_address = any(re.match(r"-\w*O|--remote-name", word) for word in part)
    if by_address:
        yield from (PurePosixPath(word).name for word in plain if "/" in word)


_PROJECT_FILES = {
    ("npm", "init"): "package.json",
    ("yarn", "init"): "package.json",
    ("pnpm", "init"): "package.json",
    ("uv", "init"): "pyproject.toml",
    ("poetry", "init"): "pyproject.toml",
    ("git", "init"): ".git",
    ("cargo", "init"): "Cargo.toml",
    ("go", "mod"): "go.mod",
    ("tsc", "--init"): "tsconfig.json",
    ("uv", "venv"): ".venv",
}
