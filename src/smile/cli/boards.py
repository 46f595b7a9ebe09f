"""Where talk is shown: plain lines, or a terminal with one live line below them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.status import Status

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


class Terminal(Lines):
    """A live line below the lines that stay; what draws it is loaded when there is one."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def line(self, text: str) -> None:
        """Print it above the live line; a long one is left to the terminal to break."""
        if self._status is None:
            super().line(text)
        else:
            self._status.console.print(text, markup=False, soft_wrap=True)

    def live(self, text: str) -> None:
        """Show it in the place of what was there."""
        from rich.text import Text

        if self._status is None:
            self._status = _started()
        self._status.update(Text(text, no_wrap=True, overflow="ellipsis"))

    def close(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None


def _started() -> Status:
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True, highlight=False, emoji=False)
    status = Status("", console=console, refresh_per_second=4)
    status.start()
    return status


def on_stderr(*, plain: bool) -> Board:
    """Lines for pipes and where they are asked for; for people on a terminal, a live line too."""
    if sys.stderr is None:  # it was closed by whoever started us
        return Nowhere()
    return Lines() if plain or not sys.stderr.isatty() else Terminal()
