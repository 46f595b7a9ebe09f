"""Tutorials in a directory of their own, as the checks read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from smile.check.reading import Foreseen, Reading, Suspect, Unfit
from smile.check.surroundings import look_around
from smile.tutorial.load import opened
from smile.tutorial.parse import steps_of


def sh(*commands: str) -> str:
    return "```bash\n" + "\n".join(commands) + "\n```\n"


def page(*parts: str) -> str:
    return "# A tutorial\n\n" + "\n\n".join(parts) + "\n"


def reading(where: Path, *parts: str, name: str = "tutorial.md") -> Reading:
    """The tutorial of these parts, with whatever else is in its directory."""
    where.mkdir(parents=True, exist_ok=True)
    path = where / name
    path.write_text(page(*parts), encoding="utf-8")
    tutorial, document = opened(path)
    return Reading(replace(tutorial, steps=steps_of(document)), document, look_around(path))


def said(suspect: Suspect) -> str:
    """What a suspect says, in one line."""
    if isinstance(suspect, Unfit):
        return f"{suspect.title} ({suspect.lines.first})"
    return suspect.output or suspect.problem or suspect.command.text


def commands(suspects: list[Foreseen]) -> list[str]:
    return [suspect.command.text for suspect in suspects]
