"""Folds replayed events in memory into the rows of the service's read models, or of projections of your own."""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

from events.state.streams_from_lines import events_in
from events.store.reading import Selection
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
from service.replay.processes.lines import SourceLines
from service.replay.states.continued_fold import fold_on_from


@overload
def fold(
    projection: Projection,
    events: Iterable[ReplayedEvent],
    *,
    processes: int = 1,
    state: str | Path | None = None,
) -> Sequence[Row]: ...


@overload
def fold(
    projection: Sequence[Projection],
    events: Iterable[ReplayedEvent],
    *,
    processes: int = 1,
    state: str | Path | None = None,
) -> Tables: ...


def fold(
    projection: Projection | Sequence[Projection],
    events: Iterable[ReplayedEvent],
    *,
    processes: int = 1,
    state: str | Path | None = None,
) -> Sequence[Row] | Tables:
    """Return the rows that the events make: a list for one projection; for several, a list by the name of each table.

    `fold` needs the complete log, starting at position 1, from any source. The streams of events are derived from
    earlier events, so the organisation and cohort of a subject are unknown if its creation is missing. Raises
    ReplayError for a selection of events by anything but `through`, and Undigested.

    With several `processes`, each of them reads the log and folds a share of the rows. Raises ReplayError instead, also
    if a process was killed. With `state`, the path of a file, the fold continues from the state that it has, and leaves
    the one at the end of the log; if that cannot be continued, for example because it is of another log, all events
    are folded, and a warning has the reason. Both need a log that `open_log` returned.
    """
    projections = [projection] if isinstance(projection, Projection) else projection
    tables: Tables
    if isinstance(events, ReplayLog) and not _is_from_the_first(events.selection):
        raise ReplayError(
            "a fold needs all events of a log, from the first one; select only `through`"
        )
    if processes < 1:
        raise ReplayError(f"a log is folded by at least one process, not by {processes}")
    if processes == 1 and state is None:
        with collector_paused():
            steps = linked_events(events_in(event.line for event in events))
            tables = rows.fold(steps, projections)
    elif not isinstance(events, ReplayLog):
        raise ReplayError("processes and states are only for logs that `open_log` returned")
    elif state is None:
        lines = SourceLines.of(events.source, events.selection)
        tables = fold_in_processes(lines, projections, processes).rows
    elif processes > 1:
        raise ReplayError("a state is continued in one process; leave out `processes` or `state`")
    else:
        tables, _ = fold_on_from(Path(state), events.source, events.selection, projections, _warn)
    return tables[projection.name] if isinstance(projection, Projection) else tables


def _is_from_the_first(selection: Selection) -> bool:
    return selection.is_everything and not selection.after


def _warn(reason: str) -> None:
    warnings.warn(reason, stacklevel=4)
