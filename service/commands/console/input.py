"""Reads lines from a file or standard input; Ctrl-C interrupts waiting for more."""

import asyncio
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import Any, Final, cast

from service.replay.sources.compression import decompressed

_SIGNALS_MAX: Final = 4096


def standard_input() -> BufferedReader:
    """Return standard input. Raises ValueError if the process was started without it."""
    if sys.stdin is None:
        raise ValueError("there is no standard input")
    return cast(BufferedReader, sys.stdin.buffer)


def lines_of(source: BufferedReader, name: str) -> Iterator[bytes]:
    """Yield the lines with their line ends. Ctrl-C while waiting raises KeyboardInterrupt.

    Compressed input (.gz, .zst) is decompressed. Raises NotWhole, with the `name`, if it is truncated or damaged.
    """
    if source.seekable() or threading.current_thread() is not threading.main_thread():
        yield from decompressed(source, name)
        return
    with _Awaited(source.fileno()) as awaited:
        yield from decompressed(BufferedReader(awaited), name)


class _Awaited(RawIOBase):
    """The bytes of a descriptor. Any signal ends a wait for them, even one that arrived just before.

    Python by itself would miss a signal that arrives between its last check and the wait, or in another thread.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._woken, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self._poll = select.poll()
        for either in (descriptor, self._woken.fileno()):
            self._poll.register(either, select.POLLIN)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into the buffer; return their number, 0 at the end. Raises KeyboardInterrupt."""
        with _waking(self._waking):
            self._wait()
        data = os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _wait(self) -> None:
        while True:
            # asyncio cancels the task, which does not notice while it waits here.
            task = _task()
            if task is not None and task.cancelling():
                raise KeyboardInterrupt
            ready = {found for found, _ in self._poll.poll()}
            if self._woken.fileno() in ready:
                # The signal's handler has run by now.
                self._woken.recv(_SIGNALS_MAX)
            elif self._descriptor in ready:
                return

    def close(self) -> None:
        """Close the sockets that wake it; the descriptor stays open."""
        self._woken.close()
        self._waking.close()
        super().close()


@contextmanager
def _waking(waking: socket.socket) -> Iterator[None]:
    """Inside, each signal writes a byte to the socket when it arrives."""
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


def _task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
