"""Bars with their names and counts, and whole bars that are parted by level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from service.pages.charts.geometry import Tone, number, percent

LEVELS_MAX: Final = 5
"""The shades that levels have."""

_NUMBER_ROOM: Final = 7
"""The least percentage of a bar that has room for its number on a phone."""


@dataclass(frozen=True)
class Bar:
    """A count with its name. `of` is a sentence that says what it is a part of, if it is one.

    `language` is that of the name, if it is known.
    """

    label: str
    count: float
    href: str | None = None
    of: str = ""
    text: str | None = None
    """How the count is written, if not as a number."""
    language: str | None = None


@dataclass(frozen=True)
class Group:
    """Bars that belong together, in order."""

    title: str
    bars: Sequence[Bar]
    tone: Tone = "question"


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its length in percent of the longest."""

    bar: Bar
    width: float


@dataclass(frozen=True)
class DrawnGroup:
    """The bars of a group, with the colour that they share."""

    title: str
    tone: Tone
    bars: tuple[DrawnBar, ...]


def bars(groups: Iterable[Group]) -> tuple[DrawnGroup, ...]:
    """Return the groups with all bars on one scale from 0. A count above 0 has a length that can be seen."""
    groups = list(groups)
    most = max((bar.count for group in groups for bar in group.bars), default=0)
    return tuple(
        DrawnGroup(
            group.title,
            group.tone,
            tuple(
                DrawnBar(bar, max(percent(bar.count, most), 0.5) if bar.count > 0 else 0)
                for bar in group.bars
            ),
        )
        for group in groups
    )


@dataclass(frozen=True)
class Level:
    """How many are on a level."""

    label: str
    count: int
    href: str | None = None


@dataclass(frozen=True)
class Segment:
    """A level's part of the bar, in percent; `shade` is 1 for the lowest level."""

    level: Level
    shade: int
    x: float
    width: float
    number_fits: bool
    """Whether there is room for its count."""


@dataclass(frozen=True)
class Distribution:
    """A bar that is parted by level, the lowest first."""

    label: str
    total: int
    segments: tuple[Segment, ...]


def distribution(label: str, levels: Sequence[Level]) -> Distribution:
    """Return the parts of the whole. Raises ValueError for more levels than there are shades."""
    if len(levels) > LEVELS_MAX:
        raise ValueError(
            f"There are shades for at most {LEVELS_MAX} levels, not for {len(levels)}."
        )
    total = sum(level.count for level in levels)
    segments = []
    before = 0
    for shade, level in enumerate(levels, start=1):
        x, width = percent(before, total), percent(level.count, total)
        segments.append(
            Segment(level, shade, x, number(min(width, 100 - x)), width >= _NUMBER_ROOM)
        )
        before += level.count
    return Distribution(label, total, tuple(segments))
