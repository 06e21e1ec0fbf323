"""Folds replayed events in memory into the rows of the service's read models, or of projections of your own."""

from collections.abc import Iterable, Sequence
from typing import overload

from events.state.streams_from_lines import events_in
from projections.folding.garbage_collector import collector_paused
from projections.folding.projection import Projection
from projections.folding.step import linked_events
from projections.folding.tables import Row
from projections.in_memory import rows
from projections.in_memory.rows import Tables
from service.replay.errors import ReplayError
from service.replay.event import ReplayedEvent
from service.replay.log import ReplayLog
from service.replay.processes.fold import fold_in_processes


@overload
def fold(
    projection: Projection, events: Iterable[ReplayedEvent], *, processes: int = 1
) -> Sequence[Row]: ...


@overload
def fold(
    projection: Sequence[Projection], events: Iterable[ReplayedEvent], *, processes: int = 1
) -> Tables: ...


def fold(
    projection: Projection | Sequence[Projection],
    events: Iterable[ReplayedEvent],
    *,
    processes: int = 1,
) -> Sequence[Row] | Tables:
    """Return the rows that the events make: a list for one projection; for several, a list by the name of each table.

    `fold` needs the complete log, starting at position 1, from any source. The streams of events are derived from
    earlier events, so the organisation and cohort of a subject are unknown if its creation is missing. Raises
    Undigested.

    With several `processes`, each of them reads the log and folds a share of the rows. `events` is then a log that
    `open_log` returned. Raises ReplayError instead, also if a process was killed.
    """
    projections = [projection] if isinstance(projection, Projection) else projection
    if processes == 1:
        with collector_paused():
            steps = linked_events(events_in(event.line for event in events))
            tables = rows.fold(steps, projections)
    elif isinstance(events, ReplayLog):
        tables = fold_in_processes(events.shared_lines(), projections, processes).rows
    else:
        raise ReplayError("several processes can only fold a log that `open_log` returned")
    return tables[projection.name] if isinstance(projection, Projection) else tables
