"""Folding into memory: the same rows as in PostgreSQL, from any events, with no database."""

from collections.abc import Mapping, Sequence

from projections.fold import Fold, Plan, voided_in
from projections.models import PROJECTIONS
from projections.projection import Projection, Row
from projections.step import Step

Tables = Mapping[str, Sequence[Row]]
"""Rows by the name of their table, in the order of the table's primary key."""


def fold(steps: Sequence[Step], projections: Sequence[Projection] = PROJECTIONS) -> Tables:
    """Return the rows that these events make, by table, as they stand after the last one.

    `steps` are in the order of the log and linked (see `projections.step.linked`). All voids among them hold, so rows
    come out as those of the events without what was taken back, plus the marks. Raises Undigested.
    """
    voided = voided_in(steps)
    rows = Fold(Plan(projections), {}, {})
    marks = Fold(Plan([found for found in projections if found.keeps_voided]), {}, {})
    for step in steps:
        (marks if step.position in voided else rows).take(step)
    for projection, marked in marks.changed.items():
        rows.changed[projection].update(marked)
    return {
        projection.name: [row for _, row in sorted(changed.items()) if row is not None]
        for projection, changed in rows.changed.items()
    }
