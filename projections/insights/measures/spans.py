"""Stretches between two moments: who was where, and for how long."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from projections.insights.index.indexed import Moment


class Span(NamedTuple):
    """From `start` (inclusive) to `end` (exclusive), by time and then by position."""

    start: Moment
    end: Moment


def united(spans: Iterable[Span]) -> list[Span]:
    """Return the same stretches as spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if found and span.start <= found[-1].end:
            if span.end > found[-1].end:
                found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return what both lists cover."""
    return united(
        Span(max(one.start, other.start), min(one.end, other.end))
        for one in some
        for other in others
        if one.start < other.end and other.start < one.end
    )


def covers(spans: Iterable[Span], moment: Moment) -> bool:
    """Say whether the moment lies in one of them."""
    return any(span.start <= moment < span.end for span in spans)


def length_us(spans: Iterable[Span], until_us: int) -> int:
    """Return how long they last, in µs, up to a time."""
    return sum(int(min(span.end[0], until_us) - span.start[0]) for span in spans)
