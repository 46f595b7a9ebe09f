"""The disk of the state's files is full: a fault of ours, said clearly, after which the run goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from .driver import Smile
from .test_resume import Undisturbed, normalised, undisturbed

__all__ = ["undisturbed"]

pytestmark = [
    pytest.mark.namespaces,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]

KIB = 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a MiB; it is there before anybody looks what mounts there are."""
    at = tmp_path / "disk"
    at.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(at)], check=False
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


def leave_free(disk: Path, size: int) -> None:
    """Fill the disk but for so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    room = os.statvfs(disk)
    filler.write_bytes(b"x" * max(0, room.f_bavail * room.f_bsize - size))


def test_a_disk_that_is_full_again_and_again_costs_nothing_but_time(
    disk: Path, smile: Smile, undisturbed: Undisturbed
) -> None:
    resumed = reported = 0
    for pages in count():
        leave_free(disk, pages * 4 * KIB)
        ended = smile.run(SMILE_STATE_DIR=str(disk))
        if ended.code == 1:
            break
        assert ended.code == 3, ended.stderr
        assert f"error: can't write {disk}/" in ended.stderr
        assert "No space left on device\n  try: free space" in ended.stderr
        assert not list(disk.glob("*.tmp"))
        assert ended.status in {"error", "completed"} if ended.report else True
        resumed += "resuming run" in ended.stderr
        reported += bool(ended.report)
    assert resumed >= 2
    assert reported >= 2
    assert normalised(smile.where) == undisturbed.reports
