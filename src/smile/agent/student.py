"""The student-wrapper: lets a provider follow the tutorial and reports what was seen."""

from __future__ import annotations

from pathlib import Path

from smile import wire
from smile.agent.client import Client, Reporter
from smile.errors import ProviderError


def run(task: wire.Task) -> None:
    """Follow the tutorial once and post the result.

    Raises:
        AgentError: the orchestrator did not take the result.
        ProviderError: there is no such provider.
    """
    if task.provider != "literal":
        raise ProviderError(f"provider {task.provider!r} is not built into this wrapper")
    from smile.agent.literal.student import LiteralStudent  # noqa: PLC0415

    client = Client(task.url, task.token)
    reporter = Reporter(client)
    text = Path(task.tutorial).read_text(encoding="utf-8")
    try:
        with LiteralStudent(task, text, reporter) as student:
            # Its terminal opens while the parser is loaded.
            from smile.tutorial.parse import parse  # noqa: PLC0415

            output = student.follow(parse(text))
    finally:  # whatever fails: what was seen counts
        reporter.flush()
    result = wire.StudentResult(student_output=output, timestamp=wire.now())
    client.post("/api/student/result", result.to_json())
    client.close()
