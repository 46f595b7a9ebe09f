"""What an entry of the handbook is, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smile.agent.literal.handbook.case import Case
from smile.wire import Change, GapKind, Location, Remedy


@dataclass(frozen=True, slots=True)
class Paste:
    """Commands to paste into the tutorial: a sentence, and below it their block."""

    say: str
    commands: tuple[str, ...]
    block: str

    def __str__(self) -> str:
        return f"{self.say}\n\n{self.block}"


@dataclass(frozen=True, slots=True)
class Advice:
    """What an entry says of a case.

    ``fix`` is Markdown to paste into the tutorial. ``changes`` says where it belongs, when that
    does not follow from the remedy. Without ``remedy`` nobody can help. Without
    ``location`` the gap is at the failing command. ``gap`` is false where the tutorial is not to
    blame: an echo of an earlier remedy, or a machine without its package registries.
    """

    kind: GapKind
    title: str
    problem: str
    fix: str | Paste
    remedy: Remedy | None = None
    location: Location | None = None
    gap: bool = True
    changes: tuple[Change, ...] = ()


class Rule(Protocol):
    """A module of ``entries``: its docstring defines the diagnosis, its name is the rule's."""

    __name__: str

    def diagnose(self, case: Case) -> Advice | None:
        """Explain the case, or ``None`` when this is something else."""
        ...


def name_of(rule: Rule) -> str:
    """The rule's name as the report shows it."""
    return rule.__name__.rpartition(".")[2]
