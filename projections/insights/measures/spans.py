"""Spans between two moments, such as the stays of organisations in cohorts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from projections.insights.index.indexed import Moment


class Span(NamedTuple):
    """From `start` (inclusive) to `end` (exclusive), by time and then by position."""

    start: Moment
    end: Moment


def united(spans: Iterable[Span]) -> list[Span]:
    """Return the union of the spans, in order, as spans that neither overlap nor touch."""
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
    """Return the intersection of the two lists of spans."""
    return united(
        Span(max(one.start, other.start), min(one.end, other.end))
        for one in some
        for other in others
        if one.start < other.end and other.start < one.end
    )


def covers(spans: Iterable[Span], moment: Moment) -> bool:
    """Return whether the moment is in one of the spans."""
    return any(span.start <= moment < span.end for span in spans)


def length_us(spans: Iterable[Span], until_us: int) -> int:
    """Return the total length of the spans up to a time, in µs."""
    return sum(int(min(span.end[0], until_us) - span.start[0]) for span in spans)
