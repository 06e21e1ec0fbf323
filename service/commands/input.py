"""Lines of a file or of standard input, where waiting for more can be broken off."""

import asyncio
import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

_CHUNK_BYTES: Final = 64 * 1024


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines, ends and all; Ctrl-C while it waits for one raises KeyboardInterrupt."""
    if source.seekable() or threading.current_thread() is not threading.main_thread():
        yield from source
        return
    begun: list[bytes] = []
    for chunk in _chunks(source.fileno()):
        first, *more = chunk.split(b"\n")
        begun.append(first)
        for part in more:
            yield b"".join([*begun, b"\n"])
            begun = [part]
    if last := b"".join(begun):
        yield last


def _chunks(descriptor: int) -> Iterator[bytes]:
    woken, waking = socket.socketpair()
    with woken, waking:
        waking.setblocking(False)
        poll = select.poll()
        for either in (descriptor, woken.fileno()):
            poll.register(either, select.POLLIN)
        while True:
            with _waking(waking):
                _wait(poll, descriptor, woken)
            chunk = os.read(descriptor, _CHUNK_BYTES)
            if not chunk:
                return
            yield chunk


def _wait(poll: select.poll, descriptor: int, woken: socket.socket) -> None:
    """Return once there is something to read. Raises KeyboardInterrupt where the task is cancelled meanwhile.

    asyncio cancels the task, which does not hear of it while it waits for input.
    """
    while True:
        task = _task()
        if task is not None and task.cancelling():
            raise KeyboardInterrupt
        ready = {found for found, _ in poll.poll()}
        if woken.fileno() in ready:
            # The signal's handler has run by now.
            woken.recv(_CHUNK_BYTES)
        elif descriptor in ready:
            return


@contextmanager
def _waking(waking: socket.socket) -> Iterator[None]:
    """Let each signal write here: one that comes just before a wait, or to another thread, would not end it."""
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
