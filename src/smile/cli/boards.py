"""Where talk is shown: plain lines, or a terminal with one live line below them."""

from __future__ import annotations

import sys
from typing import Protocol

__all__ = ["Board", "Lines", "Nowhere", "Terminal", "on_stderr"]


class Board(Protocol):
    """Where lines go."""

    def line(self, text: str) -> None:
        """A line that stays."""
        ...

    def live(self, text: str) -> None:
        """What goes on right now."""
        ...

    def close(self) -> None:
        """Take the live line away."""
        ...


class Nowhere:
    """For a stderr that is closed, or whose reader went away."""

    def line(self, text: str) -> None:
        """Say nothing."""

    def live(self, text: str) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Nothing is shown."""


class Lines(Nowhere):
    """Plain lines, for logs and pipes."""

    def line(self, text: str) -> None:
        """Write it whole."""
        sys.stderr.write(text + "\n")


class Terminal:
    """A live line below the lines that stay."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.status import Status

        self._console = Console(stderr=True, highlight=False, emoji=False)
        self._status = Status("", console=self._console, refresh_per_second=4)
        self._shown = False

    def line(self, text: str) -> None:
        """Print it above the live line."""
        self._console.print(text, markup=False)

    def live(self, text: str) -> None:
        """Show it in the place of what was there."""
        from rich.text import Text

        self._status.update(Text(text, no_wrap=True, overflow="ellipsis"))
        if not self._shown:
            self._status.start()
            self._shown = True

    def close(self) -> None:
        """Take the live line away."""
        if self._shown:
            self._status.stop()
            self._shown = False


def on_stderr(*, plain: bool) -> Board:
    """Lines for pipes and where they are asked for; for people on a terminal, a live line too."""
    if sys.stderr is None:  # it was closed by whoever started us
        return Nowhere()
    return Lines() if plain or not sys.stderr.isatty() else Terminal()
