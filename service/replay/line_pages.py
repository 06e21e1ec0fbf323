"""Lines, cut into pages of a fixed number of events: what makes the bytes of an export the same every time."""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

PAGE_EVENTS: Final = 5_000
"""Events in a batch, a frame or a member of an exported file; part of the form of the files."""


def pages(chunks: Iterable[bytes], events: int = PAGE_EVENTS) -> Iterator[bytes]:
    """Yield the same lines in pages of exactly so many events, the last of what is left.

    Each chunk holds whole lines, and so does each page.
    """
    parts: list[bytes] = []
    held = 0
    for chunk in chunks:
        count = chunk.count(b"\n")
        while held + count >= events:
            cut = _end_of_line(chunk, events - held)
            yield b"".join([*parts, chunk[:cut]])
            parts, chunk = [], chunk[cut:]
            count -= events - held
            held = 0
        if chunk:
            parts.append(chunk)
            held += count
    if parts:
        yield b"".join(parts)


def _end_of_line(chunk: bytes, lines: int) -> int:
    """Return where the line of that number (from 1 on) ends, behind its newline."""
    end = 0
    for _ in range(lines):
        end = chunk.index(b"\n", end) + 1
    return end


def position_of(line: bytes) -> int:
    """Return the position that a line tells."""
    position: int = orjson.loads(line)["position"]
    return position


def first_line(page: bytes) -> bytes:
    """Return a page's first line, without its newline."""
    return page[: page.index(b"\n")]


def last_line(page: bytes) -> bytes:
    """Return a page's last line, without its newline."""
    return page[page.rfind(b"\n", 0, len(page) - 1) + 1 : -1]
