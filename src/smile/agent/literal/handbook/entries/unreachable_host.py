"""A host of the internet that can't be reached from the learner's machine.

When the program fetches from a package registry, the machine's network is at fault, and that is
no gap of the tutorial.
"""

from __future__ import annotations

import re

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import accept, needs
from smile.wire import GapKind

_UNREACHABLE = (
    r"Could not resolve (?:host|proxy)|Temporary failure (?:in name resolution|resolving)|"
    r"ENOTFOUND|"
    r"EAI_AGAIN|Name or service not known|nodename nor servname|[Nn]etwork is unreachable|"
    r"No route to host|[Cc]onnection timed out|ETIMEDOUT|ConnectTimeout|"
    r"CONNECT tunnel failed|Tunnel connection failed|Received HTTP code \d+ from proxy|"
    r"Proxy CONNECT aborted|failed to lookup address|dial tcp|unable to resolve host address|"
    r"Failed to establish a new connection|error sending request|Could not connect to server|"
    r"ProxyError|Max retries exceeded|Unable to connect to|Could not connect to [\w.-]+:\d+|"
    r"Connection failed|Cannot initiate the connection|"
    r"Failed to connect to|tunneling socket could not be established"
)
_LOCAL = r"localhost|127\.0\.0\.1|0\.0\.0\.0|::1"


def diagnose(case: Case) -> Advice | None:
    """A name can't be resolved, or a connection comes about with nobody."""
    asked = f"{case.command}{case.failure.url}"
    if not case.search_problem(_UNREACHABLE) or re.search(_LOCAL, asked):
        return None
    if commandline.fetches(case.command):
        return Advice(
            kind=GapKind.NETWORK_EXTERNAL,
            title="The package registry can't be reached",
            problem=f"The machine could not reach the registry that line {case.line} installs "
            "from: that is a fault of its network, not of the tutorial.",
            fix="",
            gap=False,
        )
    host = _host(case)
    named = f"`{host}`" if host else "a host on the internet"
    return Advice(
        kind=GapKind.NETWORK_EXTERNAL,
        title=f"Needs {named}",
        problem=f"{needs(case)} needs {named}, which could not be reached.",
        fix=f"Say that this step needs {named}, and what to do without it: a copy in the "
        "repository, or text to paste.",
        remedy=accept(case),
    )


def _host(case: Case) -> str:
    said = f"{case.failure.url}\n{case.command}\n{case.output}"
    match = re.search(r"\w+://(?:[^@/\s'\"]*@)?([\w.-]+)", said)
    match = match or re.search(r"(?:resolve host:?|connect to|ENOTFOUND|EAI_AGAIN) ([\w.-]+)", said)
    return match[1] if match else ""
