"""Who watches a run."""

from __future__ import annotations

from pathlib import Path

from smile.wire import JournalEntry

__all__ = ["Observer"]


class Observer:
    """Is told of what happens, and does nothing of it: what wants to speak overrides this."""

    def say(self, sentence: str, *, about: str = "note") -> None:
        """A sentence about the run itself: what was chosen and why; ``about`` names the topic."""

    def address(self, url: str, file: Path, *, instead_of: int = 0) -> None:
        """Where the run can be watched and stopped, and the file with the token for it.

        ``instead_of``: the port that was wanted and is taken.
        """

    def entry(self, entry: JournalEntry) -> None:
        """Something was written to the journal."""
