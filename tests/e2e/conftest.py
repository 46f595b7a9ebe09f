"""A real ``smile`` for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .driver import Smile, smile_in


@pytest.fixture
def smile(tmp_path: Path) -> Iterator[Smile]:
    """``smile`` in an empty directory; nothing of it may be left when it ends."""
    yield from smile_in(tmp_path / "author")
