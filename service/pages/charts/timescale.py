"""From instants to places on a line. The months of a cohort get most of it, the time after its close the rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.pages.charts.geometry import number, text_width

COHORT_SHARE: Final = 0.75
"""Of the width, for the time until the cohort's close."""

LABEL_WIDTH: Final = 56
"""The room for a label, in CSS pixels."""

LABEL_SIZE: Final = 11
LABEL_GAP: Final = 4

TICK_WIDTH: Final = 8
"""The least distance between two ticks, in CSS pixels."""

_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)

MonthLabel = Callable[[datetime, bool], str]
"""Returns the name of a month in the reader's language, with its year if that is asked for."""


@dataclass(frozen=True)
class Tick:
    """The begin of a month. The first tick stands where the scale begins, which may be later in its month."""

    x: float
    label: str = ""


@dataclass(frozen=True)
class Timescale:
    """The time from `begin` to `end` on `width` pixels. All instants have a zone; months begin in that of `begin`."""

    begin: datetime
    end: datetime
    width: float
    close: datetime | None = None

    @property
    def bend(self) -> float | None:
        """The place of the close, from which on time is denser; null if the scale has one piece only."""
        if self.close is None or not self.begin < self.close < self.end:
            return None
        return number(self.width * COHORT_SHARE)

    def x(self, instant: datetime) -> float:
        """Return the place of the instant. What is outside of the scale is placed at its end."""
        bend = self.bend
        if bend is None or self.close is None:
            return number(self._part(instant, self.begin, self.end) * self.width)
        if instant <= self.close:
            return number(self._part(instant, self.begin, self.close) * bend)
        return number(bend + self._part(instant, self.close, self.end) * (self.width - bend))

    @staticmethod
    def _part(instant: datetime, begin: datetime, end: datetime) -> float:
        whole = (end - begin).total_seconds()
        return min(max((instant - begin).total_seconds() / whole, 0), 1) if whole > 0 else 0

    def ticks(self, label: MonthLabel) -> tuple[Tick, ...]:
        """Return the months that have room, with labels where these have room: always for the first."""
        bend = self.bend
        if bend is None or self.close is None:
            found = [*self._piece(self.begin, self.end, self.width, label)]
        else:
            found = [*self._piece(self.begin, self.close, bend, label)]
            found += self._piece(self.close, self.end, self.width - bend, label)
        first = Tick(0, label(self.begin, True))
        return (first, *_without_crowding(first, found, self.width))

    def _piece(
        self, begin: datetime, end: datetime, width: float, label: MonthLabel
    ) -> Iterator[Tick]:
        months = max((end - begin).days / 30.4, 1)
        tick_step = _step(months, width, TICK_WIDTH)
        label_step = _step(months, width, LABEL_WIDTH)
        month = begin.year * 12 + begin.month
        while (instant := _month(month, begin)) <= end:
            since_year_zero = instant.year * 12 + instant.month - 1
            if instant > begin and since_year_zero % tick_step == 0:
                labelled = since_year_zero % label_step == 0
                yield Tick(self.x(instant), label(instant, instant.month == 1) if labelled else "")
            month += 1


def _month(number_of_month: int, like: datetime) -> datetime:
    year, month = divmod(number_of_month - 1, 12)
    return datetime(year, month + 1, 1, tzinfo=like.tzinfo)


def _step(months: float, width: float, least: float) -> int:
    fitting = (step for step in _STEPS if width * step / months >= least)
    return next(fitting, _STEPS[-1])


def _without_crowding(first: Tick, ticks: list[Tick], width: float) -> Iterator[Tick]:
    """Yield the ticks; a label that would stand on the one before, or reach past the end, is left out."""
    free = first.x + text_width(first.label, LABEL_SIZE)
    for tick in ticks:
        end = tick.x + text_width(tick.label, LABEL_SIZE)
        if tick.label and (tick.x < free + LABEL_GAP or end > width):
            yield Tick(tick.x)
        else:
            yield tick
            free = end if tick.label else free
