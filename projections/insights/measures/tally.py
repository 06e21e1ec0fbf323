"""Counts by keys, and the names of the subjects and events that a figure is computed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from events.vocabulary.stream import event_reference
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.sums import Sum

Figure = dict[str, Any]


def names(things: Iterable[IndexedSubject]) -> list[str]:
    """Return the subjects as `<kind>/<key>`, in the order of creation."""
    return [thing.name for thing in sorted(things, key=by_creation)]


def by_creation(thing: IndexedSubject) -> int:
    """Return the position of the event that created the subject, for sorting."""
    return thing.position


def event_names(entries: Iterable[IndexedEvent]) -> list[str]:
    """Return the events as `event/<position>`, in the order of the log."""
    return [event_reference(position) for position in sorted(entry.position for entry in entries)]


@dataclass(frozen=True, slots=True)
class SubjectNames(Sum):
    """The subjects that a figure is computed over."""

    things: Sequence[IndexedSubject]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the subjects of all parts."""
        return cls(list(chain.from_iterable([one.things for one in parts])))

    def answer(self) -> list[str]:
        """Return the subjects as `<kind>/<key>`, in the order of creation."""
        return names(self.things)


@dataclass(frozen=True, slots=True)
class EventNames(Sum):
    """The events that a figure is computed over."""

    entries: Sequence[IndexedEvent]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the events of all parts."""
        return cls(list(chain.from_iterable([one.entries for one in parts])))

    def answer(self) -> list[str]:
        """Return the events as `event/<position>`, in the order of the log."""
        return event_names(self.entries)


class Tally(Sum):
    """Counts by keys. The highest count comes first, of equal counts the one that began earlier."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self._cells: dict[tuple[Any, ...], list[int]] = {}

    def add(self, values: tuple[Any, ...], position: int, many: int = 1) -> None:
        """Add `many` to the count for these values, for a subject created at the position."""
        if many == 0:
            return
        cell = self._cells.setdefault(values, [0, position])
        cell[0] += many
        cell[1] = min(cell[1], position)

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the counts over all parts."""
        found = cls(*parts[0]._keys)
        for part in parts:
            for values, (count, position) in part._cells.items():
                found.add(values, position, count)
        return found

    def answer(self) -> list[Figure]:
        """Return the rows."""
        return self.rows()

    def rows(self, most: int | None = None) -> list[Figure]:
        """Return the keys and the count for each count that is not 0, or for at most `most` of them."""
        ordered = sorted(self._cells.items(), key=lambda cell: (-cell[1][0], cell[1][1]))
        return [
            {**dict(zip(self._keys, values, strict=True)), "count": count}
            for values, (count, _) in ordered[:most]
        ]
