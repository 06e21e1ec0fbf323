"""Drops the connection of a client that has read nothing for too long.

Sending waits for a slow client, which affects nobody else. Waiting for one that has stopped reading would never end, so
its connection is ended; what it did not read is still in the log.
"""

import asyncio
import fcntl
import sys
import termios
from contextlib import suppress
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.settings import Settings

_INT_BYTES: Final = 4


class Stalling(HttpToolsProtocol):
    """A connection that is ended if its full buffers do not shrink for `HOWCANWE_STALLED_SECONDS`."""

    settings: Settings
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Start the timer: the client reads too slowly, or not at all."""
        super().pause_writing()
        self.start_timer(self._waiting_bytes())

    def start_timer(self, waiting_bytes: int) -> None:
        """Look again after the time in which the client must have read some of these bytes."""
        self._stalled = self.loop.call_later(
            self.settings.stalled_seconds, self.look, waiting_bytes
        )

    def look(self, waiting_bytes: int) -> None:
        """Drop the client if it has read nothing since the last look; nothing is sent while the buffers are full."""
        left_bytes = self._waiting_bytes()
        if left_bytes < waiting_bytes:
            self.start_timer(left_bytes)
        else:
            self.transport.abort()

    def _waiting_bytes(self) -> int:
        """Return the unsent bytes here and in the system's socket buffer, which may hold megabytes."""
        waiting: int = self.transport.get_write_buffer_size()
        connection = self.transport.get_extra_info("socket")
        with suppress(OSError):
            sent = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(_INT_BYTES))
            waiting += int.from_bytes(sent, sys.byteorder)
        return waiting

    def resume_writing(self) -> None:
        """Stop the timer: the client has read."""
        self._forget()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer: the client is gone."""
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
