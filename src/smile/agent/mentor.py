"""The mentor-wrapper: answers one question of the Student."""

from __future__ import annotations

from pathlib import Path

from smile import wire
from smile.agent.client import Client
from smile.errors import AgentError, ProviderError
from smile.tutorial.parse import parse


def run(task: wire.Task) -> None:
    """Answer the task's question and post the answer.

    Raises:
        AgentError: there is no question, or the orchestrator did not take the answer.
        ProviderError: there is no such provider.
    """
    if task.question is None:
        raise AgentError("the task holds no question for the Mentor")
    if task.provider != "literal":
        raise ProviderError(f"provider {task.provider!r} is not built into this wrapper")
    from smile.agent.literal.mentor import answer  # noqa: PLC0415

    text = Path(task.tutorial).read_text(encoding="utf-8")
    result = answer(parse(text), text, task.question, task.notes, wire.now())
    client = Client(task.url, task.token)
    client.post("/api/mentor/result", result.to_json())
    client.close()
