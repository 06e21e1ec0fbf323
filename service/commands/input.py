"""Lines of a file or of standard input, where waiting for more can be broken off."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader

from service.replay.compression import decompressed


def lines_of(source: BufferedReader, name: str) -> Iterator[bytes]:
    """Yield the lines, ends and all; Ctrl-C while it waits for one raises KeyboardInterrupt.

    What is compressed (.gz, .zst) is decompressed: NotWhole is raised, with the `name`, where it is cut or damaged.
    """
    if source.seekable() or threading.current_thread() is not threading.main_thread():
        yield from decompressed(source, name)
        return
    with _interruptible():
        lines = decompressed(source, name)
    while True:
        with _interruptible():
            line = lines.readline()
        if not line:
            return
        yield line


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C raise at once: asyncio would cancel the task, which does not hear of it while it waits for input."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        task = _task()
        if task is not None and task.cancelling():
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
