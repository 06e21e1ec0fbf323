"""The trouble that keeps events from being recorded: what the log file and the health check say about it."""

import time

import structlog

from events.store.connections import Trouble, Unavailable

_log = structlog.get_logger(__name__)


class TroubleReport:
    """Logs one message when a trouble begins and one when it is over. The messages quote no event."""

    def __init__(self) -> None:
        self._trouble: Trouble | None = None
        self._last_at = 0.0
        self._reported: str | None = None

    def failed(self, error: Exception) -> None:
        """Note that events could not be recorded."""
        self._trouble = error.trouble if isinstance(error, Unavailable) else None
        self._last_at = time.monotonic()
        name = str(self._trouble or type(error.__cause__ or error).__name__)
        if name != self._reported:
            _log.warning("events cannot be recorded", trouble=name)
        self._reported = name

    def succeeded(self) -> None:
        """Note that events were recorded."""
        if self._reported is not None:
            _log.info("events are recorded again")
        self._reported = self._trouble = None

    def recent(self, within_seconds: float) -> Trouble | None:
        """Return what the database last reported about itself, None if that is longer ago."""
        is_recent = time.monotonic() - self._last_at <= within_seconds
        return self._trouble if is_recent else None
