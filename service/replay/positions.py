"""Sets of positions, as ranges: the events that a copy has, and those that a key may read."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

Range = tuple[int, int]
"""The first and the last position of a range."""


class Positions:
    """A set of positions. It has as few ranges as possible, in increasing order."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._ranges: list[Range] = []
        for first, last in ranges:
            self.add(first, last)

    def add(self, first: int, last: int | None = None) -> None:
        """Add a position, or all from the first to the last; they must be greater than those in the set."""
        end = first if last is None else last
        if self._ranges and self._ranges[-1][1] + 1 == first:
            first, _ = self._ranges.pop()
        self._ranges.append((first, end))

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The ranges, in order."""
        return tuple(self._ranges)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges)

    def __contains__(self, position: int) -> bool:
        at = bisect_right(self._ranges, position, key=itemgetter(0)) - 1
        return at >= 0 and position <= self._ranges[at][1]

    def __sub__(self, others: "Positions") -> "Positions":
        """Return the positions that the other set does not have."""
        return Positions(_without(self._ranges, iter(others.ranges)))

    def joined(self, gap: int) -> "Positions":
        """Return the set with gaps of at most so many positions filled, which are fewer ranges."""
        joined: list[Range] = []
        for first, last in self._ranges:
            if joined and first - joined[-1][1] - 1 <= gap:
                first, _ = joined.pop()
            joined.append((first, last))
        return Positions(joined)


def _without(ranges: Iterable[Range], others: Iterator[Range]) -> Iterator[Range]:
    other = next(others, None)
    for first, last in ranges:
        while other is not None and other[0] <= last:
            if other[0] > first:
                yield first, other[0] - 1
            first = max(first, other[1] + 1)
            if other[1] > last:
                # It may cover a part of the next range, too.
                break
            other = next(others, None)
        if first <= last:
            yield first, last
