"""Who watches a run."""

from __future__ import annotations

from smile.wire import JournalEntry

__all__ = ["Observer"]


class Observer:
    """Is told of what happens, and does nothing of it: what wants to speak overrides this."""

    def say(self, sentence: str) -> None:
        """A sentence about the run itself: what was chosen and why."""

    def detail(self, sentence: str) -> None:
        """A sentence for those who want to know more."""

    def entry(self, entry: JournalEntry) -> None:
        """Something was written to the journal."""
