"""What only another kind of machine has: a display, a terminal, a daemon, systemd, a GPU."""

from __future__ import annotations

from dataclasses import replace

from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import needs
from smile.wire import GapKind

_LACKS = (
    # message, kind, what is lacking
    ((r"cannot open display|[Cc]an't open display|no display name and no \$DISPLAY|"
     r"could not connect to display|DISPLAY environment variable|Missing X server|"
     r"Failed to (?:open|create) .*display|GLFW error .*X11"), GapKind.PERMISSION,
     "a graphical display"),
    ((r"input device is not a TTY|requires a (?:TTY|terminal)|the terminal is not interactive|"
     r"inappropriate ioctl for device"), GapKind.ENVIRONMENT_ASSUMPTION, "an interactive terminal"),
    (r"No CUDA|CUDA driver|no NVIDIA|NVIDIA driver|CUDA_ERROR", GapKind.ENVIRONMENT_ASSUMPTION,
     "an NVIDIA graphics card"),
    (r"connection to (?:the )?server .*refused - did you specify|kubeconfig",
     GapKind.ENVIRONMENT_ASSUMPTION, "a Kubernetes cluster"),
    ((r"connection to server .* failed|Can't connect to (?:local )?(?:MySQL|MariaDB)? ?server|"
     r"Could not connect to Redis|MongoNetworkError|MongooseServerSelectionError"),
     GapKind.MISSING_PREREQUISITE, "a running database server"),
    ((r"OPENAI_API_KEY|ANTHROPIC_API_KEY|[Aa][Pp][Ii][ _-]?[Kk]ey (?:not|is|must|required)|"
     r"Unable to locate credentials|not logged in|authentication required"),
     GapKind.MISSING_PREREQUISITE, "an account or a key"),
)  # fmt: skip


_SANDBOX_LACKS = (
    ((r"Cannot connect to the Docker daemon|docker daemon is not running|"
      r"docker\.sock: connect: no such file|failed to connect to the docker API"),
     GapKind.ENVIRONMENT_ASSUMPTION, "a running Docker daemon"),
    (r"not been booted with systemd|Failed to connect to bus", GapKind.ENVIRONMENT_ASSUMPTION,
     "systemd as its init system"),
)  # fmt: skip
"""What a newcomer's own machine has, or starts when it is installed: that is no gap."""


def diagnose(case: Case) -> Advice | None:
    """The message says what the machine lacks, and no command can give it."""
    for pattern, kind, what in _LACKS:
        if case.search(pattern):
            problem = f"{needs(case)} needs {what}; the text does not say so."
            return _advice(case, kind, what, problem)
    for pattern, kind, what in _SANDBOX_LACKS:
        if case.search(pattern):
            problem = f"{needs(case)} needs {what}, which the sandbox does not have."
            return replace(_advice(case, kind, what, problem), gap=False)
    return None


def _advice(case: Case, kind: GapKind, what: str, problem: str) -> Advice:
    fix = f"Say before line {case.line} that this needs {what}, and how to get it."
    return Advice(kind=kind, title=f"Needs {what}", problem=problem, fix=fix)
