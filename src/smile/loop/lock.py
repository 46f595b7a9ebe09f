"""One run at a time on a state file: a lock that dies with its process."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from smile.errors import StateError
from smile.loop.disk import unwritable


class RunLock:
    """Holds ``state.lock`` while it is entered; the file says who holds it.

    The lock is the kernel's (``flock``), so that of a killed process is free at once and is taken
    over; the file goes when the lock is given back.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1

    def acquire(self) -> None:
        """Take the lock. Raises ``StateError`` when another process holds it."""
        while self._fd < 0:
            fd = self._open()
            try:
                self._lock(fd)
            except BaseException:
                os.close(fd)
                raise
            if self._is_ours(fd):
                self._fd = fd
            else:
                os.close(fd)  # its last holder removed it between our open and our lock
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            self.release()
            raise unwritable(self.path, error) from error

    def release(self) -> None:
        """Give the lock back; calling it twice is harmless."""
        if self._fd >= 0:
            # Removed while held: whoever opened it meanwhile sees that it is not the file any more.
            self.path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise unwritable(self.path, error) from error
            raise StateError(
                f"can't write {self.path}: {error.strerror}",
                "choose another directory with SMILE_STATE_DIR or stateFile",
            ) from error

    def _lock(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise StateError(
                    f"can't lock {self.path}: {error.strerror}",
                    "put the state file on a local disk with SMILE_STATE_DIR or stateFile",
                ) from error
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise StateError(
                f"already running (pid {holder})",
                "wait for it to end, or stop it, or use another stateFile",
            ) from error

    def _is_ours(self, fd: int) -> bool:
        try:
            return os.path.samestat(os.fstat(fd), self.path.stat())
        except FileNotFoundError:
            return False
