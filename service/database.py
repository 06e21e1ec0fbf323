"""Which database a command works on: the one named in the settings, or the embedded one in the data folder."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from events.store.connections import asyncpg_url
from service.errors import NoRecord
from service.postgres import EmbeddedPostgres
from service.settings import Settings

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


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
    with _ended_in_order():
        try:
            server.start()
            yield server.url, server
        finally:
            _see_it_through()
            server.stop()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Inside, a process that is told to end lets go of what it holds first; its exit code says what ended it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (*_ENDING, signal.SIGINT)}
    told: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        # As Ctrl-C would: asyncio then cancels its main task, where an exception might break into anything.
        told.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        (interrupt if callable(interrupt) else signal.default_int_handler)(signal.SIGINT, frame)

    for number in _ENDING:
        # What nohup wants ignored stays so.
        if before[number] is signal.SIG_DFL:
            signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        if told:
            sys.exit(128 + told[0])
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _see_it_through() -> None:
    """Let no signal keep the server from being ended: it takes a moment, and a second Ctrl-C would leave it running."""
    if threading.current_thread() is threading.main_thread():
        for number in (*_ENDING, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
