"""Folding what was replayed: the rows that the service has, or those of a projection of one's own, in memory."""

from collections.abc import Iterable, Sequence
from typing import overload

from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.projection import Projection, Row
from projections.folding.step import linked
from projections.in_memory import rows as memory
from projections.in_memory.rows import Tables
from service.replay.event import ReplayedEvent


@overload
def fold(projection: Projection, events: Iterable[ReplayedEvent]) -> Sequence[Row]: ...


@overload
def fold(projection: Sequence[Projection], events: Iterable[ReplayedEvent]) -> Tables: ...


def fold(
    projection: Projection | Sequence[Projection], events: Iterable[ReplayedEvent]
) -> Sequence[Row] | Tables:
    """Return the rows that the events make: a list for one projection, for several a list by the name of its table.

    The events are those of a log from its first on, wherever they were read. Which streams they stand in is learned
    from them, so of subjects whose creation is not among them, organisation and cohort stay unknown. Raises Undigested.
    """
    steps = linked(recorded_in(event.line for event in events), VOCABULARY)
    if isinstance(projection, Projection):
        return memory.fold(steps, [projection])[projection.name]
    return memory.fold(steps, projection)
