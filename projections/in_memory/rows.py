"""Folding in memory: the same rows as in PostgreSQL, from any events, without a database. Replays use it."""

from collections.abc import Mapping, Sequence

from events.vocabulary.types.record import EventVoided
from projections.folding.fold import Fold, HandlersByType, Rows, Undigested
from projections.folding.projection import Projection
from projections.folding.step import Step, present_steps, readings_in
from projections.folding.tables import Key, Row
from projections.models import PROJECTIONS

Tables = Mapping[str, Sequence[Row]]
"""Rows by the name of their table, in the order of the table's primary key."""


def fold(steps: Sequence[Step], projections: Sequence[Projection] = PROJECTIONS) -> Tables:
    """Return the rows of these events after the last one, by table.

    `steps` are in the order of the log and linked (see `projections.folding.step.linked`). All voids and
    corrections among them apply: the rows are those of the events that are not voided, as they now read, and those that
    are kept of voided events. Raises Undigested.
    """
    readings = readings_in(steps)
    voided, steps = readings.voided, present_steps(steps, readings)
    rows = Fold(HandlersByType([found for found in projections if not found.keeps_voided]), {}, {})
    for step in steps:
        if step.position not in voided:
            rows.take(step)
    changed = rows.changed
    for projection in projections:
        if projection.keeps_voided:
            changed[projection] = _kept(projection, steps)
    return {
        projection.name: [row for _, row in sorted(changed[projection].items()) if row is not None]
        for projection in projections
    }


def _kept(projection: Projection, steps: Sequence[Step]) -> Rows:
    """Return the rows of a projection that keeps those of voided events: each row is folded from its own history."""
    histories: dict[Key, list[Step]] = {}
    for step in steps:
        keys = projection.touches(step)
        if step.type == EventVoided.name and step.about is not None:
            keys = tuple(dict.fromkeys((*keys, *projection.touches(step.about))))
        for key in keys:
            histories.setdefault(key, []).append(step)
    rows: Rows = {}
    for key, history in histories.items():
        try:
            rows[key] = projection.fold_history(history, key)
        except Exception as error:
            last = history[-1]
            raise Undigested(last.position, last.content["type"], error) from error
    return rows
