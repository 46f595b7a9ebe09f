"""A command of macOS, Windows or a desktop that a Linux machine does not have."""

from __future__ import annotations

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import accept
from smile.wire import GapKind

_SYSTEMS = {
    "brew": "Homebrew, mostly of macOS",
    "port": "MacPorts",
    "pbcopy": "macOS",
    "pbpaste": "macOS",
    "open": "macOS",
    "say": "macOS",
    "defaults": "macOS",
    "xcode-select": "macOS",
    "launchctl": "macOS",
    "choco": "Windows",
    "winget": "Windows",
    "scoop": "Windows",
    "py": "Windows",
    "dir": "Windows",
    "cls": "Windows",
    "start": "Windows",
    "copy": "Windows",
    "notepad": "Windows",
    "Get-ChildItem": "Windows PowerShell",
    "Set-ExecutionPolicy": "Windows PowerShell",
    "code": "Visual Studio Code",
    "subl": "Sublime Text",
    "firefox": "a desktop",
    "google-chrome": "a desktop",
    "xdg-open": "a desktop",
    "nvidia-smi": "a machine with an NVIDIA card",
}
_HARMLESS = {"open", "start", "code", "subl", "firefox", "google-chrome", "xdg-open", "cls", "say"}


def diagnose(case: Case) -> Advice | None:
    """The missing program belongs to another system."""
    program = errors.missing_program(case)
    if program not in _SYSTEMS:
        return None
    return Advice(
        kind=GapKind.ENVIRONMENT_ASSUMPTION,
        title=f"`{program}` is not there on Linux",
        problem=f"The command on line {case.line} needs `{program}`, which belongs to "
        f"{_SYSTEMS[program]}; the text does not say what to do elsewhere.",
        fix=f"Say for which system `{program}` is, and give the command for Linux.",
        remedy=accept(case) if program in _HARMLESS else None,
    )
