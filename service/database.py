"""The database that a command works on: the one that the settings name, or the embedded one in the data folder."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from events.store.connections import asyncpg_url
from service.errors import NoRecord
from service.operations.signals import ending
from service.postgres import EmbeddedPostgres, StartInterrupted
from service.settings import Settings


@contextmanager
def database(
    settings: Settings, *, begin: bool = True
) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """Yield the database's URL and the embedded server, which runs inside the block; None if the settings name a URL.

    A data folder without a database gets one, unless `begin` is false: then NoRecord is raised. Raises PostgresError
    if the server cannot be started, ValueError for a URL of another kind.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        asyncpg_url(url)
        yield url, None
        return
    if not begin and not is_begun(settings.data):
        raise NoRecord(settings.data)
    server = EmbeddedPostgres(settings.data, account=settings.postgres_account)
    with _Ending() as ending:
        try:
            server.start(is_interrupted=ending.is_ending)
            ending.obey()
            yield server.url, server
        except StartInterrupted:
            ending.obey()
            raise
        finally:
            _ignore_signals()
            server.stop()


def is_begun(data: Path) -> bool:
    """Return whether a data folder has a database."""
    return os.path.lexists(data / "postgres")


def place(settings: Settings) -> str:
    """Return in words which database the settings name, without its password."""
    if settings.database_url is None:
        return f"the data folder {settings.data.absolute()}"
    url = urlsplit(settings.database_url.get_secret_value())
    host = url.netloc.rpartition("@")[2] or dict(parse_qsl(url.query)).get("host", "")
    return f"the database {url.path.lstrip('/')}{f' at {host}' if host else ''}"


class _Ending:
    """Inside, a process that receives a signal to end first releases what it holds; its exit code names the signal.

    At first a signal is only noted: an exception raised at an arbitrary point could leave a lock taken, or be lost
    while an object is finalised. After `obey`, a signal interrupts as Ctrl-C does.
    """

    def __init__(self) -> None:
        self._received: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.getsignal(number) for number in ending()}
            for number, handler in self._before.items():
                # Signals that were ignored from the start stay ignored.
                if handler in (signal.SIG_DFL, signal.default_int_handler):
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        # A task that is interrupted just as it starts is cancelled; asyncio raises nothing else.
        if isinstance(error, KeyboardInterrupt | asyncio.CancelledError) and self._received:
            if self._received[0] == signal.SIGINT:
                raise KeyboardInterrupt from None
            sys.exit(128 + self._received[0])

    def is_ending(self) -> bool:
        """Whether the process has received a signal to end."""
        return bool(self._received)

    def obey(self) -> None:
        """Let signals interrupt from now on. Raises KeyboardInterrupt if one came before."""
        for number, handler in self._before.items():
            if signal.getsignal(number) == self._note:
                signal.signal(number, handler if number == signal.SIGINT else self._interrupt)
        if self._received:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._received.append(number)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        # As Ctrl-C does: asyncio then cancels its main task instead of raising at an arbitrary point.
        self._received.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        (interrupt if callable(interrupt) else signal.default_int_handler)(signal.SIGINT, frame)


def _ignore_signals() -> None:
    """Ignore signals while the server stops: this takes a moment, and a second Ctrl-C would leave it running."""
    if threading.current_thread() is threading.main_thread():
        for number in ending():
            signal.signal(number, signal.SIG_IGN)
