"""Shell variables that are used and never set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smile.agent.literal.handbook import variables
from smile.check.reading import Foreseen, Reading
from smile.regex import regex
from smile.tutorial.model import Skip

__all__ = ["check"]

_UNKNOWN = regex(
    r"(?:^|[;&|]\s*)(?:source|\.|eval)\s+(?!\S*/activate\b)|\bmodule load\b|\bconda activate\b|"
    r"\bset -x\b|\bsetenv\b"
)
"""What may set variables of any name."""
_OTHER_SHELL = regex(r"`[^`]*\$\{|\$env:|^\s*\$\w+\s*=|\$\(\$|\$PS\w+Table|\bWrite-\w+")
_NAMED_BY_SYSTEM = regex(
    r"^(?:XDG_\w+|LC_\w+|DISPLAY|SSH_\w+|JAVA_HOME|GOPATH|GOROOT|GOBIN|PYTHONPATH|CONDA_\w+|"
    r"GITHUB_\w+|CI|NVM_DIR|WSL_\w+|SUDO_\w+|DBUS_\w+|PKG_CONFIG_PATH|LD_LIBRARY_PATH|MANPATH|"
    r"CARGO_HOME|ZSH\w*|PROMPT\w*|APPDATA|USERPROFILE|PSModulePath)$"
)


def check(reading: Reading) -> Iterator[Foreseen]:
    """Each variable where it is first used, unless something above may have set it."""
    above: list[str] = []
    seen: set[str] = set()
    for typed in reading.typed:
        text = typed.command.text
        if typed.counts and not _OTHER_SHELL.search(text):
            names = [n for n in variables.unset(text, above) if n not in seen]
            certain = [n for n in names if not _may_be_set(reading, n, typed.command.lines.first)]
            seen.update(names)
            if certain:
                said = ", ".join(f"${name}" for name in certain)
                yield Foreseen(typed.command, problem=f"{said} is not set")
        if _UNKNOWN.search(text):
            return
        above.append(text)


def _may_be_set(reading: Reading, name: str, line: int) -> bool:
    """By the system, a file, a block for other readers, or by what the prose asks for."""
    if _NAMED_BY_SYSTEM.match(name) or any(
        variables.is_set_in(w.content, name) for w in reading.writes
    ):
        return True
    skipped = (step.text for step in reading.steps if isinstance(step, Skip))
    if any(name in variables.assigned(text) for text in skipped):
        return True
    token = re.compile(rf"(?<!\w){name}(?!\w)")
    return any(token.search(one.text) for one in reading.above(line + 12))
