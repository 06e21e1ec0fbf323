"""Folding a log in parts: one for each organisation, and one for what concerns none.

An event is in the part of every organisation in whose stream it stands. All events that touch a row stand in the stream
of the organisation that comes first in the event that made it, its home. So each part can be folded by itself, on any
machine, keeps the rows that are at home there, and the parts together are the whole, without anything twice.
"""

from collections.abc import Callable, Sequence
from typing import Final

from projections.folding.projection import Projection, Row
from projections.folding.step import Step
from projections.in_memory.rows import Tables, fold
from projections.models import PROJECTIONS
from projections.models.record import Voids

NOBODY: Final = ""
"""The part of what concerns no organisation."""


def parts_of(step: Step) -> Sequence[str]:
    """Return the parts that the event belongs to, its home first."""
    return step.organisations or (NOBODY,)


def fold_part(
    steps: Sequence[Step], part: str, projections: Sequence[Projection] = PROJECTIONS
) -> Tables:
    """Return the rows at home in a part; `steps` are its events, in the order of the log and linked.

    Raises Undigested.
    """
    return fold_parts(steps, part.__eq__, projections)


def fold_parts(
    steps: Sequence[Step],
    is_ours: Callable[[str], bool],
    projections: Sequence[Projection] = PROJECTIONS,
) -> Tables:
    """Return the rows at home in several parts; `steps` are all events of these, each once, as for `fold_part`.

    What two of the parts share is so folded once. Raises Undigested.
    """
    ours = {step.position for step in steps if is_ours(parts_of(step)[0])}

    def at_home(table: str, row: Row) -> bool:
        return row["voided_by" if table == Voids.table.name else "position"] in ours

    return {
        table: [row for row in rows if at_home(table, row)]
        for table, rows in fold(steps, projections).items()
    }
