"""A server of the tutorial's own that nobody started, that has ended, or that listens elsewhere."""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import instead, moved, needs, paste
from smile.regex import regex
from smile.wire import GapKind

_LOCAL = r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?"
_REFUSED = r"[Cc]onnection refused|Failed to connect|Couldn't connect|ECONNREFUSED|Connection reset"
_SERVES = regex(
    r"\b(?:runserver|serve|server|uvicorn|gunicorn|flask run|fastapi (?:dev|run)|npm (?:start|run)|"
    r"http\.server|json-server|streamlit run|docker(?: compose| run)|nodemon|(?:node|python3?) \S+)"
)


def diagnose(case: Case) -> Advice | None:
    """Nothing answers on this machine's own address."""
    said = f"{case.command}\n{case.failure.url}\n{case.output}"
    if not re.search(_LOCAL, said) or not case.search_problem(_REFUSED):
        return None
    if commandline.fetches(case.command) and not re.search(_LOCAL, case.command):
        return None  # what it names is the way out of this machine, not a server of the tutorial
    asked = re.search(rf"(?:{_LOCAL})(?::| port )(\d+)", said)
    port = int(asked[1]) if asked else 80
    if case.facts.servers and len(case.facts.listening) == 1 and port not in case.facts.listening:
        return _other_port(case, port, case.facts.listening[0])
    later = next((c for c in case.later if _SERVES.search(c.text)), None)
    earlier = [c for c in case.earlier if _SERVES.search(c.text)]
    if later is not None and not earlier:
        return Advice(
            kind=GapKind.WRONG_ORDER,
            title="The server is asked before it is started",
            problem=f"{needs(case)} asks port {port}, but the server is only started on line "
            f"{later.lines.first}.",
            fix=paste(case, "Start the server first and leave it running:", later.text),
            changes=moved(case, later.lines.first),
        )
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE if not earlier else GapKind.LONG_RUNNING,
        title=f"Nothing listens on port {port}",
        problem=f"{needs(case)} asks port {port} of this machine, where nothing listens"
        + (f"; the server of line {earlier[-1].lines.first} does not run any more."
           if earlier else ", and no earlier step starts a server."),
        fix=f"Say before line {case.line} which server must run, and in which terminal.",
    )  # fmt: skip


def _other_port(case: Case, port: int, real: int) -> Advice:
    command = case.command.replace(f":{port}", f":{real}")
    changed = bool(case.command) and command != case.command
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"The server listens on port {real}",
        problem=f"{needs(case)} asks port {port}, but the server listens on {real}.",
        fix=paste(case, f"Ask port {real}:", command) if changed else f"Write port {real}.",
        remedy=instead(case, command) if changed else None,
    )
