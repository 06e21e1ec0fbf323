"""Which database a command works on: the one named in the settings, or the embedded one in the data folder."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

from events.store.connections import asyncpg_url
from service.errors import NoRecord
from service.operations.signals import ending
from service.postgres import EmbeddedPostgres, StartInterrupted
from service.settings import Settings


@contextmanager
def database(
    settings: Settings, *, begin: bool = True
) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """Give the database's URL; the embedded server (None with a URL of one's own) runs as long as somebody uses it.

    A data folder that has no database gets one, unless `begin` is false: then NoRecord is raised. Raises PostgresError
    where it cannot be started, ValueError for a URL of another kind.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        asyncpg_url(url)
        yield url, None
        return
    if not begin and not os.path.lexists(settings.data / "postgres"):
        raise NoRecord(settings.data)
    server = EmbeddedPostgres(settings.data, account=settings.postgres_account)
    with _Ending() as ending:
        try:
            server.start(is_interrupted=ending.is_told)
            ending.obey()
            yield server.url, server
        except StartInterrupted:
            ending.obey()
            raise
        finally:
            _see_it_through()
            server.stop()


class _Ending:
    """Inside, a process that is told to end lets go of what it holds first; its exit code says what ended it.

    At first a signal is noted and breaks into nothing: an exception that comes anywhere may leave a lock taken, or be
    lost where an object is being finalised. From `obey` on, it interrupts as Ctrl-C does.
    """

    def __init__(self) -> None:
        self._told: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.getsignal(number) for number in ending()}
            for number, handler in self._before.items():
                # What was ignored from the start stays so.
                if handler in (signal.SIG_DFL, signal.default_int_handler):
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        # A task that is interrupted just as it begins is cancelled, and asyncio says no more than that.
        if isinstance(error, KeyboardInterrupt | asyncio.CancelledError) and self._told:
            if self._told[0] == signal.SIGINT:
                raise KeyboardInterrupt from None
            sys.exit(128 + self._told[0])

    def is_told(self) -> bool:
        """Whether the process was told to end."""
        return bool(self._told)

    def obey(self) -> None:
        """Let signals interrupt from here on. Raises KeyboardInterrupt where one came before."""
        for number, handler in self._before.items():
            if signal.getsignal(number) == self._note:
                signal.signal(number, handler if number == signal.SIGINT else self._interrupt)
        if self._told:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._told.append(number)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        # As Ctrl-C would: asyncio then cancels its main task, where an exception might break into anything.
        self._told.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        (interrupt if callable(interrupt) else signal.default_int_handler)(signal.SIGINT, frame)


def _see_it_through() -> None:
    """Let no signal keep the server from being ended: it takes a moment, and a second Ctrl-C would leave it running."""
    if threading.current_thread() is threading.main_thread():
        for number in ending():
            signal.signal(number, signal.SIG_IGN)
