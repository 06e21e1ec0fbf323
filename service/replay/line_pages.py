"""Cuts lines into pages of a fixed number of events, so that every export of the same lines has the same bytes."""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

PAGE_EVENTS: Final = 5_000
"""The events in a batch, frame or member of an exported file. This is part of the formats."""


def pages(chunks: Iterable[bytes], events: int = PAGE_EVENTS) -> Iterator[bytes]:
    """Yield the same lines in pages of exactly `events` events; the last page has the rest.

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
    """Return the index after the newline of the line with this number, counted from 1."""
    end = 0
    for _ in range(lines):
        end = chunk.index(b"\n", end) + 1
    return end


def spans_with(names: Iterable[bytes], page: bytes) -> list[tuple[int, int]]:
    """Return where lines of a page that contain one of the names begin and end (with their newlines), in order."""
    found: dict[int, int] = {}
    for name in names:
        at = page.find(name)
        while at >= 0:
            end = page.index(b"\n", at) + 1
            found[page.rfind(b"\n", 0, at) + 1] = end
            at = page.find(name, end)
    return sorted(found.items())


def position_of(line: bytes) -> int:
    """Return the position of a line's event."""
    position: int = orjson.loads(line)["position"]
    return position


def first_line(page: bytes) -> bytes:
    """Return a page's first line, without its newline."""
    return page[: page.index(b"\n")]


def last_line(page: bytes) -> bytes:
    """Return a page's last line, without its newline."""
    return page[page.rfind(b"\n", 0, len(page) - 1) + 1 : -1]
