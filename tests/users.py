"""Being an ordinary user for a while: root may read, write and bind whatever it wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

NOBODY = 65534


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """This process is one: for what is loaded already, for others can't read our Python."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
