"""Numbers as the figures give them: one division of exact integers, rounded half-even to nine decimals at the end."""

import statistics
from collections.abc import Iterable, Sequence
from fractions import Fraction

DAY_US = 24 * 60 * 60 * 1_000_000
MONTH_US = 30 * DAY_US


def rounded(value: float | Fraction | None) -> float | None:
    return None if value is None else round(float(value), 9) + 0.0


def in_days(duration_us: int) -> float:
    return duration_us / DAY_US


def share(part: int, whole: int) -> float | None:
    return None if whole == 0 else rounded(part / whole)


def median(values: Iterable[float]) -> float | None:
    values = list(values)
    return rounded(statistics.median(values)) if values else None


def quartiles(values: Iterable[float]) -> list[float | None] | None:
    values = list(values)
    if not values:
        return None
    if len(values) == 1:
        values = values * 2
    return [rounded(value) for value in statistics.quantiles(values, n=4, method="inclusive")]


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share, without continuity correction."""
    if trials == 0:
        return None, None
    z = 1.959963984540054
    share = successes / trials
    middle = share + z * z / (2 * trials)
    reach = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    below = 1 + z * z / trials
    return rounded(max(0.0, (middle - reach) / below)), rounded(min(1.0, (middle + reach) / below))


def slope(points: Sequence[tuple[int, float]]) -> float:
    """Theil-Sen: the median slope over all pairs of points (day, level), in levels per month of 30 days."""
    slopes = []
    for earlier in points:
        for later in points:
            if later[0] > earlier[0]:
                slopes.append((later[1] - earlier[1]) * 30 / (later[0] - earlier[0]))
    return statistics.median(slopes)
