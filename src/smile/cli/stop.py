"""``smile stop``: end a run that goes on in another terminal; it still writes its report."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from smile.cli import remote
from smile.errors import NoEvidenceError

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Ask the run to end; 0 when it has."""
    run = remote.find(args.url, Path(args.config) if args.config else None, os.environ)
    answer = remote.stop(run, "smile stop")
    state = answer.final_state
    if not state.status.ended:
        raise NoEvidenceError(
            f"run {state.run_id} was asked to stop and is still {state.status}",
            "wait a little: `smile watch` shows when it has ended",
        )
    ended = "stopped" if answer.stopped else f"had ended before: {state.status}"
    args.talk.result(f"run {state.run_id} {ended} (iteration {state.iteration})")
    return 0
