"""What an entry of the handbook is, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smile.agent.literal.handbook.case import Case
from smile.wire import GapKind, Location, Remedy


@dataclass(frozen=True, slots=True)
class Advice:
    """What an entry says of a case.

    ``fix`` is Markdown to paste into the tutorial. Without ``remedy`` nobody can help. Without
    ``location`` the gap is at the failing command. ``gap`` is false where the tutorial is not to
    blame: an echo of an earlier remedy, or a machine without its package registries.
    """

    kind: GapKind
    title: str
    problem: str
    fix: str
    remedy: Remedy | None = None
    location: Location | None = None
    gap: bool = True


class Rule(Protocol):
    """A module of ``entries``: its docstring defines the diagnosis, its name is the rule's."""

    __name__: str

    def diagnose(self, case: Case) -> Advice | None:
        """Explain the case, or ``None`` when this is something else."""
        ...


def name_of(rule: Rule) -> str:
    """The rule's name as the report shows it."""
    return rule.__name__.rpartition(".")[2]
