"""Deals the parts of a log to several processes. Each of them reads the whole log and deals in the same way.

The parts are those of `projections.in_memory.partition`. Neighbours stay together in a block, because organisations
that were registered together work together and share events. A new block goes to the process with the fewest events so
far.
"""

from collections.abc import Sequence
from typing import Final

from events.vocabulary.stream import Stream
from projections.in_memory.partition import parts_of

NEIGHBOURS: Final = 8
"""The parts of a block: more share fewer events with other blocks, fewer can be divided more evenly."""


class Deal:
    """Which process has which parts. Give it the streams of all events, in the order of the log."""

    def __init__(self, processes: int, neighbours: int = NEIGHBOURS) -> None:
        self._neighbours = neighbours
        self._order: dict[str, int] = {}
        self._owners: list[int] = []
        self._events = [0] * processes

    def blocks(self, streams: Sequence[Stream]) -> list[int]:
        """Return the blocks of an event's parts, each once; the first is the home of the rows that it creates."""
        found = list(dict.fromkeys(map(self.block, parts_of(streams))))
        self._events[self._owners[found[0]]] += 1
        return found

    def block(self, part: str) -> int:
        """Return the block of a part."""
        order = self._order.setdefault(part, len(self._order))
        block = order // self._neighbours
        if block == len(self._owners):
            self._owners.append(self._events.index(min(self._events)))
        return block

    def owner(self, block: int) -> int:
        """Return the number of the process that has a block."""
        return self._owners[block]
