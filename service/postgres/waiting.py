"""Waiting in small steps, as long as it takes, and saying so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

STEP_S = 0.01
TELL_AFTER_S = 3.0


class Cancelled(Exception):
    """The wait was called off."""


class Waiting:
    """One wait: every `step()` pauses for a moment; after a few seconds one line says what for."""

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
        self._told = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._since

    def step(self) -> None:
        """A moment has passed. Raises Cancelled when the wait was called off."""
        if self._cancelled.wait(STEP_S) or self._is_interrupted():
            raise Cancelled
        if not self._told and self.seconds > TELL_AFTER_S:
            self._told = True
            self._log.info(self._what)
