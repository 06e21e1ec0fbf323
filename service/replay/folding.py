"""Folds replayed events in memory into the rows of the service's read models, or of projections of your own."""

from collections.abc import Iterable, Sequence
from typing import overload

from events.state.streams_from_lines import events_in
from projections.folding.projection import Projection
from projections.folding.step import linked_events
from projections.folding.tables import Row
from projections.in_memory import rows
from projections.in_memory.rows import Tables
from service.replay.event import ReplayedEvent


@overload
def fold(projection: Projection, events: Iterable[ReplayedEvent]) -> Sequence[Row]: ...


@overload
def fold(projection: Sequence[Projection], events: Iterable[ReplayedEvent]) -> Tables: ...


def fold(
    projection: Projection | Sequence[Projection], events: Iterable[ReplayedEvent]
) -> Sequence[Row] | Tables:
    """Return the rows that the events make: a list for one projection; for several, a list by the name of each table.

    `fold` needs the complete log, starting at position 1, from any source. The streams of events are derived from
    earlier events, so the organisation and cohort of a subject are unknown if its creation is missing. Raises
    Undigested.
    """
    steps = linked_events(events_in(event.line for event in events))
    if isinstance(projection, Projection):
        return rows.fold(steps, [projection])[projection.name]
    return rows.fold(steps, projection)
