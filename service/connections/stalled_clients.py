"""A client's connection, dropped when nothing of what is sent to it is read for too long.

Sending waits for a slow reader, who slows only itself. One that stops reading would be waited for without end: its
connection is ended, and what it did not read is still in the log.
"""

import asyncio
import fcntl
import sys
import termios
from contextlib import suppress
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.settings import Settings

_INT_BYTES: Final = 4


class Stalling(HttpToolsProtocol):
    """A connection that ends where nothing leaves its full buffers for `HOWCANWE_STALLED_SECONDS`."""

    settings: Settings

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Begin to watch: the client reads more slowly than is sent, or not at all."""
        super().pause_writing()
        self._watch(self._waiting_bytes())

    def _watch(self, waiting_bytes: int) -> None:
        self._stalled = self.loop.call_later(
            self.settings.stalled_seconds, self._look, waiting_bytes
        )

    def _look(self, waiting_bytes: int) -> None:
        """Drop the client if it has read nothing since; while sending waits, what is left only shrinks."""
        left_bytes = self._waiting_bytes()
        if left_bytes < waiting_bytes:
            self._watch(left_bytes)
        else:
            self.transport.abort()

    def _waiting_bytes(self) -> int:
        """Return how much has not reached the client: of here, and of the system's buffer, which may hold megabytes."""
        waiting: int = self.transport.get_write_buffer_size()
        connection = self.transport.get_extra_info("socket")
        with suppress(OSError):
            sent = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(_INT_BYTES))
            waiting += int.from_bytes(sent, sys.byteorder)
        return waiting

    def resume_writing(self) -> None:
        """Stop watching: the client has read."""
        self._forget()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching: there is nobody."""
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
