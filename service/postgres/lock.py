"""File locks between the processes that use one data folder."""

import fcntl
import os
from types import TracebackType
from typing import Self

from service.postgres.waiting import Waiting


class FileLock:
    """An flock on an open file. It ends with this object or with the process.

    Python opens files close-on-exec, so the server does not inherit the lock. A program that gets the `descriptor`
    holds the lock too, and keeps it if this process is killed.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @property
    def descriptor(self) -> int:
        """The descriptor of the open file, to pass to a program that has to hold the lock."""
        return self._descriptor

    def acquire(self, waiting: Waiting) -> None:
        """Wait for the exclusive lock."""
        while not self.try_acquire():
            waiting.step()

    def try_acquire(self) -> bool:
        """Try to take the exclusive lock; return whether it is held. If not, a shared hold is lost too."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Take the shared lock."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Release the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
