"""The numbers of figures: quotients of exact integers, rounded half-even to nine decimals at the end."""

import math
import statistics
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from events.vocabulary.values.times import DAY_US

MONTH_US: Final = 30 * DAY_US
Z_95: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def rounded(value: float | Fraction) -> float:
    """Return the value rounded half-even to nine decimals, without negative zero or infinity."""
    try:
        return round(float(value), 9) + 0.0
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max


def days(duration_us: float) -> float:
    """Return a duration in days of 86,400 s, not rounded. Negative durations are 0."""
    return max(0, duration_us) / DAY_US


def share(part: int, whole: int) -> float | None:
    """Return part ÷ whole, None if the whole is 0."""
    return rounded(part / whole) if whole else None


def median(values: Iterable[float]) -> float | None:
    """Return the median (for an even number, the mean of the middle two), None without values."""
    found = sorted(values)
    return rounded(statistics.median(found)) if found else None


def quartiles(values: Iterable[float]) -> list[float] | None:
    """Return [lower, median, upper] by inclusive linear interpolation. A single value is returned three times."""
    found = sorted(values)
    if not found:
        return None
    if len(found) == 1:
        return [rounded(found[0])] * 3
    return [rounded(cut) for cut in statistics.quantiles(found, n=4, method="inclusive")]


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a share (Wilson 1927) without continuity correction, None without trials."""
    if trials == 0:
        return None, None
    observed = successes / trials
    square = Z_95 * Z_95
    divisor = 1 + square / trials
    centre = (observed + square / (2 * trials)) / divisor
    spread = observed * (1 - observed) / trials + square / (4 * trials * trials)
    reach = Z_95 * math.sqrt(spread) / divisor
    return rounded(max(0.0, centre - reach)), rounded(min(1.0, centre + reach))


def theil_sen(points: Sequence[tuple[int, float]]) -> float:
    """Return the median slope over all pairs of points (day, level), per month of 30 days (Theil 1950, Sen 1968).

    The days are distinct and in order.
    """
    return statistics.median(
        (level - before) * 30 / (day - earlier)
        for place, (day, level) in enumerate(points)
        for earlier, before in points[:place]
    )
