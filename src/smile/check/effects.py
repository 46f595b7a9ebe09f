"""What a command needs to be there, and what it leaves, as far as its words tell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from smile.agent.literal.handbook import commandline
from smile.regex import regex

__all__ = ["is_closed", "is_of_a_project", "leaves", "needs", "writes"]

_PLAIN = regex(r"^(?!-)[\w@%+=:,./~-]+$")
"""A path without anything that the shell expands, or a placeholder."""

_CHANGES_DIRECTORY = frozenset({"cd", "pushd"})
_READ_ALL = frozenset("cat head tail less more wc sort uniq nl source . bat".split())
_READ_BUT_LAST = frozenset({"cp", "mv"})
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "python": (".py",), "python3": (".py",), "node": (".js", ".mjs", ".cjs", ".ts"),
    "bash": (".sh",), "sh": (".sh",), "ruby": (".rb",), "perl": (".pl",), "php": (".php",),
    "Rscript": (".R", ".r"), "deno": (".ts", ".js"), "tsx": (".ts",), "ts-node": (".ts",),
    "lua": (".lua",), "julia": (".jl",), "rustc": (".rs",), "gcc": (".c",), "cc": (".c",),
    "clang": (".c",), "g++": (".cpp", ".cc", ".cxx"), "clang++": (".cpp", ".cc"),
    "javac": (".java",), "tsc": (".ts",), "kotlinc": (".kt",), "ghc": (".hs",), "go": (".go",),
    "typer": (".py",), "streamlit": (".py",), "fastapi": (".py",),
}  # fmt: skip
"""Programs that read the files of these kinds among their words."""
_SEVERAL = frozenset({"rustc", "gcc", "cc", "clang", "g++", "clang++", "javac", "tsc", "go"})
_STARTS_FROM: dict[tuple[str, ...], tuple[str, str]] = {
    ("make",): ("Makefile", "make: *** No targets specified and no makefile found.  Stop."),
    ("cargo", "run"): ("Cargo.toml", "error: could not find `Cargo.toml` in this directory"),
    ("cargo", "build"): ("Cargo.toml", "error: could not find `Cargo.toml` in this directory"),
    ("cargo", "test"): ("Cargo.toml", "error: could not find `Cargo.toml` in this directory"),
    ("npm", "start"): ("package.json", "npm error Could not read package.json"),
    ("npm", "test"): ("package.json", "npm error Could not read package.json"),
    ("npm", "ci"): ("package.json", "npm error Could not read package.json"),
    ("npm", "install"): ("package.json", "npm error Could not read package.json"),
    ("docker", "compose", "up"): ("compose.yaml", "no configuration file provided: not found"),
}
"""What a command of just these words starts from, and what it says when that is not there."""

_CLOSED = frozenset(
    "cd ls cat echo printf head tail less more wc sort uniq cut tr nl grep egrep fgrep awk "
    "gawk sed pwd true false test [ [[ which type command whoami id groups uname hostname "
    "date env printenv export set unset alias hash exit logout history clear man sleep wait "
    "kill chmod chown rm rmdir mkdir touch cp mv ln tee read : df du free ps top tree file "
    "stat find diff cmp apt apt-get apt-cache dpkg-query snap systemctl service journalctl "
    "ping netstat ss lsof jobs fg bg disown open xdg-open pipx virtualenv nano vim vi code "
    "uptime md5sum sha256sum base64 xxd jq yq http https psql redis-cli kubectl deactivate "
    "ruff mypy black flake8 uvicorn gunicorn".split()
)
"""They leave nothing but what ``commandline.products`` says of them."""
_CLOSED_WORDS = {
    "git": "init config add commit status log diff branch tag remote push show rev-parse",
    "npm": "init pkg view config ls list audit outdated set",
    "docker": "ps images pull build stop rm rmi logs version info inspect login",
    "uv": "pip tool venv python version",
    "cargo": "check fmt clippy",
    "go": "run vet version env fmt",
    "flask": "run",
    "pip": "install uninstall list show freeze check",
    "pip3": "install uninstall list show freeze check",
}
"""The same with one of these words first."""
_ELSEWHERE = regex(
    r"^(?:-[eftdPrmxiJKo]|--(?:target|editable|out\S*|directory-prefix|mirror)\b.*|\.)$"
)
"""Options by which a compiler, a downloader or an installer leaves files under other names."""
_PRODUCERS = frozenset("rustc gcc cc g++ clang clang++ tsc javac curl wget".split())
_LEFT: dict[tuple[str, ...], tuple[str, ...]] = {
    ("npm", "install"): ("node_modules", "package.json", "package-lock.json"),
    ("npm", "i"): ("node_modules", "package.json", "package-lock.json"),
    ("npm", "add"): ("node_modules", "package.json", "package-lock.json"),
    ("npm", "ci"): ("node_modules",),
}
"""What commands of these words leave, and nothing else."""
_OF_A_PROJECT = frozenset(
    "gradlew mvnw configure autogen.sh bootstrap bootstrap.sh manage.py setup.py".split()
)
"""Files of a project that a text may take for granted."""
_WRITES = regex(
    r"\bopen\s*\(|write|mkdir|makedirs|\bsave|to_\w+\(|\bdump|copy|unlink|rename|remove|sqlite|"
    r"create_engine|connect|subprocess|os\.system|child_process|\bfs\b|File|Path\(|tempfile|"
    r"download|extract|export|logging|shutil|urlretrieve"
)
"""What a program says that may leave files behind."""


def needs(part: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The paths that a simple command reads, each with what is printed when it is not there."""
    program, words = part[0], part[1:]
    if any(word.startswith("<") for word in words):
        return
    if part in _STARTS_FROM:
        yield _STARTS_FROM[part]
    elif program in _CHANGES_DIRECTORY:
        if len(words) == 1 and _PLAIN.match(words[0]):
            yield words[0], f"bash: {program}: {words[0]}: No such file or directory"
    elif program.startswith(("./", "../")) and _PLAIN.match(program):
        yield program, f"bash: {program}: No such file or directory"
    elif program in _READ_ALL:
        yield from _missing(program, _operands(words))
    elif program in _READ_BUT_LAST and not _targets_first(words):
        yield from _missing(program, _operands(words)[:-1])
    elif program in _SCRIPTS:
        yield from _scripts(program, words)
    elif program in {"pip", "pip3"}:
        yield from _requirements(words)


def _requirements(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for flag, path in itertools.pairwise(words):
        if flag in {"-r", "--requirement"} and _PLAIN.match(path):
            said = "Could not open requirements file: [Errno 2] No such file or directory"
            yield path, f"ERROR: {said}: '{path}'"


def _missing(program: str, paths: list[str]) -> Iterator[tuple[str, str]]:
    shell = program in {"source", "."}
    said = "bash" if shell else program
    for path in paths[:1] if shell else paths:
        if _PLAIN.match(path) and not path.isdigit():
            yield path, f"{said}: {path}: No such file or directory"


def _operands(words: tuple[str, ...]) -> list[str]:
    """The operands, without options, their numbers, and what is redirected."""
    found: list[str] = []
    skip = False
    for word in words:
        if word.startswith(("-", ">", "<", "2>", "&>", "1>")):
            skip = bool(re.match(r"^(?:-[nckbtdf]|[12&]?>{1,2}|<)$", word))
            continue
        if not skip:
            found.append(word)
        skip = False
    return found


def _targets_first(words: tuple[str, ...]) -> bool:
    return any(re.match(r"^-\w*t|--target", word) for word in words)


def _scripts(program: str, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if {"-c", "-e", "-m", "--eval", "--version"} & set(words):
        return
    if program == "go" and words[:1] not in {("run",), ("build",)}:
        return
    operands = [word for word in words if not word.startswith("-")]
    if program in {"go", "typer", "streamlit", "fastapi"}:
        operands = [word for word in operands if word not in {"run", "build", "dev"}]
    chosen = operands if program in _SEVERAL else operands[:1]
    for word in chosen:
        is_output = program in _SEVERAL and words[: words.index(word)][-1:] == ("-o",)
        if word.endswith(_SCRIPTS[program]) and _PLAIN.match(word) and not is_output:
            yield word, f"{program}: {word}: No such file or directory"


def writes(part: tuple[str, ...], text: str) -> Iterator[tuple[str, str]]:
    """The directories that must exist for what a command makes, with what is said when not."""
    program, words = part[0], part[1:]
    if program == "touch":
        for path in words:
            if _PLAIN.match(path) and "/" in path:
                yield (
                    str(PurePosixPath(path).parent),
                    f"touch: cannot touch '{path}': No such file or directory",
                )
    for path in commandline.redirects(text):
        if _PLAIN.match(path) and "/" in path:
            yield str(PurePosixPath(path).parent), f"bash: {path}: No such file or directory"


def leaves(part: tuple[str, ...]) -> tuple[str, ...]:
    """The paths that a command leaves and does not name."""
    return _LEFT.get(part[:2], ())


def is_of_a_project(path: str, part: tuple[str, ...]) -> bool:
    """Whether a tool starts from this file, in a project that a text may take for granted."""
    return part in _STARTS_FROM or PurePosixPath(path).name in _OF_A_PROJECT


def is_closed(part: tuple[str, ...], contents: dict[str, str]) -> bool:
    """Whether a command leaves no file but those that its words name.

    ``contents`` are the files that the tutorial shows, by their last parts.
    """
    program, words = PurePosixPath(part[0]).name, part[1:]
    if words and set(words) <= {"--version", "--help", "-h", "-V", "help", "version"}:
        return True
    if part[:2] in _LEFT or words[:2] == ("-m", "venv"):
        return True
    if program in {"source", "."}:
        return bool(words) and words[0].endswith("/activate")
    if program in _CLOSED_WORDS:
        known = bool(words) and words[0] in _CLOSED_WORDS[program].split()
        return known and not (program.startswith("pip") and any(map(_ELSEWHERE.match, words)))
    if program in _PRODUCERS:
        named = any(not word.startswith("-") for word in words)
        return named and not any(_ELSEWHERE.match(word) for word in words if word != "-o")
    if program in _CLOSED:
        return True
    script = next((word for word in words if not word.startswith("-")), "")
    content = contents.get(PurePosixPath(script).name)
    return program in _SCRIPTS and content is not None and not _WRITES.search(content)
