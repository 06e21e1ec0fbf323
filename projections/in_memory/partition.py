"""Folding a log in parts: one for each organisation, and one for events without one. Replays on a cluster use it.

An event is in the part of every organisation in whose stream it is, unless its first subject has no owner, as cohorts
and sessions: the organisations that it names are in its lists then, and not every later event names them. All events
that change a row are in the part that comes first for the event that created the row: this is the row's home. So each
part can be folded independently, on any machine, and keeps the rows whose home it is. Together the parts have every row
exactly once.
"""

from collections.abc import Callable, Sequence
from typing import Final

from events.vocabulary.stream import Stream, organisations_among, stream_of
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Row
from projections.in_memory.rows import Tables, fold
from projections.models import PROJECTIONS
from projections.models.record import Voids

NOBODY: Final = ""
"""The part of the events that are in no organisation's stream, and of those whose first subject has no owner."""

_OWNERLESS: Final = (stream_of("cohort", ""), stream_of("session", ""))
"""The beginnings of the streams of subjects that never have an owner."""


def parts_of(streams: Sequence[Stream]) -> Sequence[str]:
    """Return the parts of the event with these streams, the home of the rows that it creates first."""
    if streams and streams[0].startswith(_OWNERLESS):
        return (NOBODY,)
    return organisations_among(streams) or (NOBODY,)


def fold_part(
    steps: Sequence[Step], part: str, projections: Sequence[Projection] = PROJECTIONS
) -> Tables:
    """Return the rows whose home is the part; `steps` are its events, in the order of the log and linked.

    Raises Undigested.
    """
    return fold_parts(steps, part.__eq__, projections)


def fold_parts(
    steps: Sequence[Step],
    is_ours: Callable[[str], bool],
    projections: Sequence[Projection] = PROJECTIONS,
) -> Tables:
    """Return the rows whose home is one of several parts; `steps` are all events of these, as for `fold_part`.

    Each event is given once, so events that several of the parts share are folded once. Raises Undigested.
    """
    ours = {step.position for step in steps if is_ours(parts_of(step.streams)[0])}

    def at_home(table: str, row: Row) -> bool:
        return row["voided_by" if table == Voids.table.name else "position"] in ours

    return {
        table: [row for row in rows if at_home(table, row)]
        for table, rows in fold(steps, projections).items()
    }
