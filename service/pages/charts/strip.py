"""Durations as dots on an axis in days, with a box for the middle half of them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from service.pages.charts.geometry import FEW, number, percent

RADIUS: Final = 5
LEVELS_MAX: Final = 6
"""Dots that stand one above the other at most; further ones cover the highest."""

WIDTH: Final = 480
"""The width at which neighbouring dots touch; the drawing is as wide as its place."""

_EDGE: Final = 2.0
"""Of the width, left free on both sides, so that no dot is cut."""

Quartiles = tuple[float, float, float]


@dataclass(frozen=True)
class Duration:
    """How long something took, in days."""

    days: float
    label: str
    href: str | None = None


@dataclass(frozen=True)
class Durations:
    """The durations of one figure. `sentence` gives their median in words, and their number.

    If only the quartiles are known, there are no durations.
    """

    name: str
    sentence: str
    durations: Sequence[Duration]
    quartiles: Quartiles | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether there is more to see than the sentence says."""
        few = 0 < len(self.durations) < FEW
        return not few and bool(self.durations or self.quartiles)

    @property
    def days(self) -> tuple[float, ...]:
        """All that stands on the axis."""
        return (*(each.days for each in self.durations), *(self.quartiles or ()))


@dataclass(frozen=True)
class Dot:
    """A duration with its place: `x` in percent of the width, `y` in pixels."""

    duration: Duration
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """From the lower to the upper quartile, with the median, in percent of the width."""

    x: float
    width: float
    median: float


@dataclass(frozen=True)
class Row:
    """A figure: without dots if it has few."""

    name: str
    sentence: str
    dots: tuple[Dot, ...]
    box: Box | None
    height: float


@dataclass(frozen=True)
class Strip:
    """Rows on one axis. A tick has its place in percent of the width, and its label."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


def strip(figures: Iterable[Durations], days: Callable[[int], str]) -> Strip:
    """Return the figures on a common axis from 0 days to a round number that none exceeds."""
    figures = list(figures)
    shown = [figure for figure in figures if figure.is_drawn]
    step, end = _axis(max((days for figure in shown for days in figure.days), default=1))
    return Strip(
        rows=tuple(_row(figure, end) for figure in figures),
        ticks=tuple((_x(at, end), days(at)) for at in range(0, end + 1, step)) if shown else (),
    )


def _axis(most: float) -> tuple[int, int]:
    """Return the step and the end of the axis: at most five steps of 1, 2 or 5, or of tens of these."""
    power = 10 ** max(math.floor(math.log10(max(most, 1))) - 1, 0)
    steps = (factor * power * ten for ten in (1, 10, 100) for factor in (1, 2, 5))
    step = next(step for step in steps if step * 5 >= most)
    return step, max(math.ceil(most / step), 1) * step


def _x(days: float, end: float) -> float:
    return number(_EDGE + percent(days, end) * (100 - 2 * _EDGE) / 100)


def _row(figure: Durations, end: float) -> Row:
    if not figure.is_drawn:
        return Row(figure.name, figure.sentence, (), None, 0)
    levels: list[float] = []
    stacked = []
    for duration in sorted(figure.durations, key=lambda each: (each.days, each.label)):
        x = _x(duration.days, end)
        free = (level for level, right in enumerate(levels) if right <= x)
        level = next(free, min(len(levels), LEVELS_MAX - 1))
        levels[level : level + 1] = [x + 100 * 2 * RADIUS / WIDTH]
        stacked.append((duration, x, level))
    height = max(len(levels) * (2 * RADIUS + 1) + 2 * RADIUS, 3 * RADIUS + 13)
    dots = tuple(
        Dot(duration, x, number(height - RADIUS - 3 - level * (2 * RADIUS + 1)))
        for duration, x, level in stacked
    )
    return Row(figure.name, figure.sentence, dots, _box(figure.quartiles, end), height)


def _box(quartiles: Quartiles | None, end: float) -> Box | None:
    if quartiles is None:
        return None
    lower, median, upper = (_x(each, end) for each in quartiles)
    return Box(lower, number(upper - lower), median)
