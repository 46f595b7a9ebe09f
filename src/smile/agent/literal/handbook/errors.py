"""What the messages of shells and tools say: which program, which path, which module is missing.

The patterns are ordered, the most telling first; each has one group, the missing thing.
"""

from __future__ import annotations

import re
import sys
from pathlib import PurePosixPath

from smile.agent.literal.handbook.case import Case

_Q = "[`'\"‘’“”]"  # noqa: RUF001 - programs quote with these
_N = "[^`'\"‘’“”\\n]"  # noqa: RUF001

_PROGRAM = (
    r"^sudo: ([^\s:]+): command not found",
    r"(?:^|: )([^\s:]+): command not found",
    r"^zsh: command not found: (\S+)",
    r"^(?:/bin/)?(?:ba|da|a)?sh: (?:line )?(?:\d+: )?([^\s:/]+): (?:not found|inaccessible)",
    rf"^/?\S*env: {_Q}?({_N[:-1]}:/\s]+){_Q}?: No such file or directory",
    rf"[Ff]ailed to spawn: {_Q}?([\w.+-]+){_Q}?$",
    r"exec: \"([^\"/]+)\": executable file not found",
    rf"^Command {_Q}({_N}+){_Q} not found",
    r"\bspawn ([\w.+-]+) ENOENT",
    r"^make(?:\[\d+\])?: ([^\s/:*]+): No such file or directory\n(?:.*\n)*?.*Error 127",
    rf"Program {_Q}?([\w.+-]+){_Q}? not found or not executable",
    rf"[Cc]annot find command {_Q}(\w+){_Q}",
    r"FileNotFoundError: \[Errno 2\] No such file or directory: '([a-z][\w+-]*)'",
)

_PATH = (
    rf"cd: ({_N}+?): No such file or directory",
    rf"can't open file {_Q}({_N}+){_Q}",
    r"cannot open \"([^\"\n]+)\"",
    rf"No rule to make target {_Q}({_N}+){_Q}",
    rf"Could not open requirements file:.*?: {_Q}({_N}+){_Q}",
    rf"FileNotFoundError: \[Errno 2\] No such file or directory: {_Q}({_N}+){_Q}",
    rf"NotADirectoryError: .*: {_Q}({_N}+){_Q}",
    rf"Cannot find module {_Q}((?:file://|/|\.\.?/){_N}*){_Q}",
    rf"ENOENT: no such file or directory, \w+ {_Q}({_N}+){_Q}",
    rf"couldn't read {_Q}?({_N[:-1]}:]+?){_Q}?: No such file",
    rf"ERROR: File ({_N}+?) does not exist",
    rf"error TS6053: File {_Q}({_N}+){_Q} not found",
    rf"error TS5058: The specified path does not exist: {_Q}({_N}+){_Q}",
    rf"no such file or directory: {_Q}({_N}+){_Q}",
    rf"^stat ({_N}+?): no such file or directory",
    rf"\bopen ({_N[:-1]}:]+?): no such file or directory",
    rf"error: file not found: ({_N}+)",
    rf"file or directory not found: ({_N}+)",
    (
        rf"(?:cannot|Cannot) (?:stat|access|remove|touch|open|chdir to|create directory|"
        rf"create regular file|create|read) {_Q}?({_N}+?){_Q}?(?: for \w+)?: No such file"
    ),
    rf"failed to access {_Q}({_N}+){_Q}: No such file",
    rf"cannot move {_Q}{_N}+{_Q} to {_Q}({_N}+){_Q}: No such file",
    rf"Failed to open the file ({_N}+?): No such file",
    rf"^bash: (?:line \d+: )?({_N[:-1]}:]+): No such file or directory",
    rf"^\S+: line \d+: ({_N[:-1]}:]+): No such file or directory",
    rf"^(?:\S+: )*?({_N[:-1]}:\s]+): (?:Cannot stat: )?No such file or directory",
    r"fatal error: ([^:\s]+): No such file",
    r"cannot find ([^-\s:][^\s:]*): No such file",
    rf"Path {_Q}?(\S+?){_Q}? does not exist",
    r"Path does not exist (\S+)",
    rf"(?:[Ff]ile|[Dd]irectory) {_Q}({_N}+){_Q} (?:does not exist|not found|doesn't exist)",
    rf"error: (?:the )?path {_Q}?(\S+?){_Q}? (?:does not exist|not found)",
    r"E902 .*\n\s*--> ([^:\n]+)",
    rf"^({_N[:-1]}:\s]+):\d+:\d+: E902",
)

_WANTED = (
    # what a tool says when the file that it starts from is not there, and that file
    (r"No `?pyproject\.toml`? found|does not appear to be a Python project", "pyproject.toml"),
    (r"(?:open|read|find)\S* '?\S*package\.json|Could not read package\.json", "package.json"),
    (r"not a git repository", ".git"),
    (r"could not find `?Cargo\.toml", "Cargo.toml"),
    (r"go\.mod file not found|cannot find main module", "go.mod"),
    (r"no makefile found", "Makefile"),
    (r"contain a build file meson\.build|Missing Meson file", "meson.build"),
    (r"does not appear to contain CMakeLists\.txt", "CMakeLists.txt"),
    (r"Config file 'mkdocs\.yml' does not exist", "mkdocs.yml"),
    (r"no configuration file provided", "compose.yaml"),
    (r"failed to read dockerfile", "Dockerfile"),
    (r"Could not locate a Flask application", "app.py"),
    (r"Could not find a default file to run", "main.py"),
    (r"Cannot find a tsconfig\.json", "tsconfig.json"),
    (r"Could not (?:import|load) module \"?main\"?", "main.py"),
    (r"alembic\.ini", "alembic.ini"),
    (r"Could not locate Gemfile", "Gemfile"),
    (r"there is no POM in this directory", "pom.xml"),
    (r"does not contain a Gradle build", "build.gradle"),
    (r"Composer could not find a composer\.json", "composer.json"),
    (r"Could not find conf\.py|config directory doesn't contain a conf\.py", "conf.py"),
    (r"manage\.py': \[Errno 2\]", "manage.py"),
)


def missing_program(case: Case) -> str:
    """The program that is not on PATH; empty when that is not what failed."""
    for pattern in _PROGRAM:
        if (match := case.search(pattern)) is not None and "/" not in match[1]:
            return match[1]
    if (match := case.search(r"No module named ([\w.]+)$")) is not None and "-m" in case.words:
        return ""
    return ""


def wanted_file(case: Case) -> str:
    """The file that a tool starts from and does not find; empty when none is missing."""
    return next((name for pattern, name in _WANTED if case.search(pattern)), "")


def missing_path(case: Case) -> str:
    """The path that does not exist, as the program names it; empty when none is missing."""
    if case.failure.path and not case.command:
        parent = PurePosixPath(case.failure.path).parent
        return str(parent) if case.search_problem(r"director|No such file") else ""
    if missing_program(case):
        return ""
    if wanted := wanted_file(case):
        return wanted
    for pattern in _PATH:
        if (match := case.search(pattern)) is not None:
            return _as_written(case, re.sub(r"^file://", "", match[1].strip()))
    return ""


def _as_written(case: Case, path: str) -> str:
    """The word of the command that the program resolved to this path, or the relative path.

    A redirect into a directory that is not there misses the directory, not the file.
    """
    for word in case.words:
        if "/" not in path.lstrip("./") and word == path:
            break
        if path.startswith("/") and path.endswith("/" + word.removeprefix("./")):
            return word
        if word.startswith("~/") and path.endswith(word[1:]):
            return word
    cwd = case.facts.cwd.rstrip("/")
    if cwd and path.startswith(cwd + "/"):
        return path.removeprefix(cwd + "/")
    return path


def missing_directory(case: Case, path: str) -> str:
    """The directory that must exist first: the path itself for ``cd``, its parent for a file."""
    if case.failure.path and not case.command:
        return path
    if re.search(rf"(?:^|[;&|]\s*)cd ['\"]?{re.escape(path)}", case.command) or path.endswith("/"):
        return path.rstrip("/")
    if is_written(case, path):
        parent = str(PurePosixPath(path).parent)
        return "" if parent in {".", "/", "~"} else parent
    return ""


def is_written(case: Case, path: str) -> bool:
    """Whether the failing command would make this path, if its directory existed."""
    script = case.search(rf"^(\S+): line (\d+): {re.escape(path)}: No such file or directory")
    if script and _redirects(case, script[1], int(script[2])):
        return True
    makes = r"cannot touch|cannot create|Failed to open the file|failed to create"
    return f">{path}" in case.command.replace(" ", "") or bool(case.search(makes))


def _redirects(case: Case, script: str, number: int) -> bool:
    """Whether this line of a script that the tutorial shows sends its output into a file."""
    name = PurePosixPath(script).name
    sources = [w.content.split("\n") for w in case.writes if PurePosixPath(w.path).name == name]
    return any(">" in lines[number - 1] for lines in sources if number <= len(lines))


def missing_module(case: Case) -> str:
    """The top-level Python module that can't be imported; empty when that is not it."""
    match = case.search(r"ModuleNotFoundError: No module named '([\w.-]+)'")
    match = match or case.search(r"^\S*python[\d.]*: No module named ([\w-]+)")
    match = match or case.search(r"ImportError: No module named '?([\w.]+)")
    match = match or case.search(r"requires the [`'\"]?([\w-]+)[`'\"]? package to be installed")
    match = match or case.search(r"install (?:this|it) with:?\s+\$? ?pip install ([\w-]+)")
    match = match or case.search(r"Error while finding module specification for '([\w.]+)'")
    return match[1].split(".")[0] if match else ""


def traced(case: Case) -> tuple[str, int, str]:
    """File, line and source of the innermost place of the error that is the tutorial's own.

    Looks for the places that Python, Node, compilers and rich tracebacks name and takes the
    last one whose file the tutorial writes. Empty when there is none.
    """
    names = {PurePosixPath(w.path).name for w in case.writes}
    found: tuple[str, int, str] = ("", 0, "")
    for match in re.finditer(_PLACE, case.output, re.MULTILINE):
        path = next(p for p in match.group("py", "at", "col", "any") if p)
        number = next(n for n in match.group("pyn", "atn", "coln", "anyn") if n)
        if PurePosixPath(path).name in names and "node_modules/" not in path:
            if found[0] and not match["py"]:
                continue  # of a JavaScript stack the first place is the innermost
            found = (path, int(number), _source_after(case.output, match.end()))
    return found


_PLACE = (
    r'File "(?P<py>[^"]+)", line (?P<pyn>\d+)'
    r"|(?:file://|\()(?P<at>/[^\s():]+):(?P<atn>\d+):\d+"
    r"|(?P<col>[\w./-]+\.\w+)\((?P<coln>\d+),\d+\)"
    r"|(?P<any>[\w./-]+\.\w+):(?P<anyn>\d+)(?=[: \n]|$)"
)


def _source_after(output: str, end: int) -> str:
    """The source line that a Python traceback or Node shows below a place."""
    below = output[end:].split("\n", 2)
    line = below[1] if len(below) > 1 else ""
    return line.strip() if line.startswith("    ") and "^" not in line else ""


def is_standard(module: str) -> bool:
    """Whether Python itself brings this module."""
    return module in sys.stdlib_module_names
