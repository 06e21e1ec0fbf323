"""Which events are voided or corrected by later ones, of what a replay may read. The formats with columns use it."""

from collections.abc import Iterable, Sequence
from typing import Final, Self

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.types.event_type import Mark
from service.replay.event import ReplayedEvent, decoded
from service.replay.source import Source

_MARKS: Final = (Mark.VOIDS, Mark.CORRECTS)

Row = tuple[int, int | None, int | None]
"""What an export says of an event: its position, `voided_by` and `corrected_by`."""


class Amendments:
    """Maps events to the event that voids them, and to the last correction of them that is not voided itself.

    Nothing is known about amendments that were not read.
    """

    def __init__(self, catalogue: Catalogue = VOCABULARY) -> None:
        self._catalogue = catalogue
        self._voided: dict[int, int] = {}
        self._corrected: dict[int, int] = {}
        self._corrections: dict[int, list[int]] = {}
        self._corrects: dict[int, int] = {}

    @classmethod
    def until(cls, source: Source, through: int, catalogue: Catalogue = VOCABULARY) -> Self:
        """Return what the source knows at a position."""
        made = cls(catalogue)
        if through:
            for chunk in source.chunks(Selection(through=through, types=made.types)):
                made.learn(chunk)
        return made

    @property
    def types(self) -> tuple[str, ...]:
        """The full names of the types whose events amend others."""
        return tuple(
            name
            for kind in self._catalogue.kinds
            if kind.mark in _MARKS
            for name in kind.wire_names
        )

    def learn(self, lines: bytes) -> None:
        """Take in events, in order; those of other types change nothing."""
        for event in decoded(lines, self._catalogue):
            if event.kind.mark in _MARKS and event.about_event is not None:
                self._take(event, event.about_event)

    def keep(
        self,
        positions: Sequence[int],
        voided_by: Sequence[int | None],
        corrected_by: Sequence[int | None],
    ) -> None:
        """Take in what rows of an export say, of events whose amendments the viewer may no longer read.

        A void holds forever, a correction until it is voided.
        """
        for row in zip(positions, voided_by, corrected_by, strict=True):
            position, void, correction = self._now(row)
            if void is not None:
                self._voided[position] = void
            if correction is not None:
                self._corrected[position] = correction

    def changed(self, rows: Iterable[Row]) -> list[int]:
        """Return the positions of rows of an export that say something else than what is known now."""
        return [row[0] for row in rows if self._now(row) != row]

    def voided_by(self, positions: Sequence[int]) -> list[int | None]:
        """Return the positions of the events that void the events at these positions."""
        return list(map(self._voided.get, positions))

    def corrected_by(self, positions: Sequence[int]) -> list[int | None]:
        """Return the positions of the last corrections of the events at these positions."""
        return list(map(self._corrected.get, positions))

    @property
    def positions(self) -> list[int]:
        """The positions of events that were voided or corrected, in order. Rows that name none of them never change."""
        return sorted(self._voided.keys() | self._corrections.keys())

    def _now(self, row: Row) -> Row:
        """Return a row with what is known now, and what it says itself of amendments that are hidden now."""
        position, void, correction = row
        known = self._corrected.get(position)
        if correction is None or correction in self._voided or correction < (known or 0):
            correction = known
        return position, self._voided.get(position, void), correction

    def _take(self, event: ReplayedEvent, about: int) -> None:
        if event.kind.mark is Mark.CORRECTS:
            self._corrections.setdefault(about, []).append(event.position)
            self._corrects[event.position] = about
            self._corrected[about] = event.position
            return
        self._voided[about] = event.position
        if (corrected := self._corrects.get(about)) is not None:
            holding = self._corrections[corrected]
            holding.remove(about)
            self._corrected.pop(corrected, None)
            if holding:
                self._corrected[corrected] = holding[-1]
