"""File locks between the processes that use one data folder."""

from __future__ import annotations

import fcntl
import os
from types import TracebackType

from service.postgres.waiting import Waiting


class FileLock:
    """An flock on an open file. It ends with this object, and with the process however that ends.

    Python opens files close-on-exec, so the server never inherits one and a lock says what it
    means: a process of ours is at work. A program that is given `descriptor` holds the lock too,
    and keeps it if this process is killed.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @property
    def descriptor(self) -> int:
        """The open file's descriptor, for a program that is to hold the lock."""
        return self._descriptor

    def acquire(self, waiting: Waiting) -> None:
        """No other process holds the lock in any way, and this one does."""
        while not self.try_acquire():
            waiting.step()

    def try_acquire(self) -> bool:
        """Whether the lock is now held exclusively. A shared hold is lost if it is not."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """The lock is held beside others who share it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """The lock is given up."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
