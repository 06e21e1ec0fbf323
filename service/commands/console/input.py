"""Lines of a file or of standard input, where waiting for more can be broken off."""

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
    """Return what is given on standard input. Raises ValueError where the process was started without one."""
    if sys.stdin is None:
        raise ValueError("there is no standard input")
    return cast(BufferedReader, sys.stdin.buffer)


def lines_of(source: BufferedReader, name: str) -> Iterator[bytes]:
    """Yield the lines, ends and all; Ctrl-C while it waits for one raises KeyboardInterrupt.

    What is compressed (.gz, .zst) is decompressed: NotWhole is raised, with the `name`, where it is cut or damaged.
    """
    if source.seekable() or threading.current_thread() is not threading.main_thread():
        yield from decompressed(source, name)
        return
    with _Awaited(source.fileno()) as awaited:
        yield from decompressed(BufferedReader(awaited), name)


class _Awaited(RawIOBase):
    """What comes through a descriptor. A wait for it ends with any signal, also one that came just before.

    Python alone would not hear of a signal that comes between its last look and the wait, or to another thread.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._woken, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self._poll = select.poll()
        for either in (descriptor, self._woken.fileno()):
            self._poll.register(either, select.POLLIN)

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into the buffer; return how many, 0 at the end. Raises KeyboardInterrupt."""
        with _waking(self._waking):
            self._wait()
        data = os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _wait(self) -> None:
        while True:
            # asyncio cancels the task, which does not hear of it while it waits here.
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
        """Let go of what wakes it; the descriptor stays open."""
        self._woken.close()
        self._waking.close()
        super().close()


@contextmanager
def _waking(waking: socket.socket) -> Iterator[None]:
    """Inside, each signal writes a byte here as it comes."""
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
