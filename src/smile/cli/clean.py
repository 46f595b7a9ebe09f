"""``smile clean``: removes what dead runs left on the Docker engine."""

from __future__ import annotations

import argparse
import asyncio

from smile.sandbox.docker import DockerEngine

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Remove it, and say what; nothing of a run that goes on, nothing that was kept."""
    removed = asyncio.run(DockerEngine().clean())
    for name in removed:
        args.talk.result(f"removed {name}")
    if not removed:
        args.talk.result("nothing to remove")
    return 0
