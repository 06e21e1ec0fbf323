"""Waits in small steps without a time limit, and logs what it waits for."""

import threading
import time
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

STEP_S = 0.01
LOG_AFTER_S = 3.0


class Cancelled(Exception):
    """The wait was cancelled."""


class Waiting:
    """One wait: each `step()` pauses briefly; after a few seconds, one message says what it waits for."""

    def __init__(
        self,
        log: FilteringBoundLogger,
        what: str,
        cancelled: threading.Event | None = None,
        is_interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self._log = log
        self._what = what
        self._cancelled = cancelled or threading.Event()
        self._is_interrupted = is_interrupted
        self._since = time.monotonic()
        self._is_logged = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._since

    def step(self) -> None:
        """Pause for `STEP_S`. Raises Cancelled if the wait was cancelled or interrupted."""
        if self._cancelled.wait(STEP_S) or self._is_interrupted():
            raise Cancelled
        if not self._is_logged and self.seconds > LOG_AFTER_S:
            self._is_logged = True
            self._log.info(self._what)
