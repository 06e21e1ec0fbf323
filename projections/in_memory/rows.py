"""Folding in memory: the same rows as in PostgreSQL, from any events, without a database. Replays use it."""

from collections.abc import Callable, Mapping, Sequence

from events.vocabulary.corrections import Readings
from events.vocabulary.types.record import EventVoided
from projections.folding.fold import Fold, HandlersByType, Rows, Undigested
from projections.folding.projection import Handler, Projection
from projections.folding.step import Step, present_steps, readings_in
from projections.folding.tables import Key, Row
from projections.models import PROJECTIONS

Tables = Mapping[str, Sequence[Row]]
"""Rows by the name of their table, in the order of the table's primary key."""


Owns = Callable[[Key], bool]
"""Says whether the row with a key is to be folded."""


def fold(
    steps: Sequence[Step],
    projections: Sequence[Projection] = PROJECTIONS,
    owns: Owns | None = None,
    readings: Readings | None = None,
) -> Tables:
    """Return the rows of these events after the last one, by table; with `owns`, only those that it says.

    `steps` are in the order of the log and linked (see `projections.folding.step.linked`). All voids and
    corrections among them apply: the rows are those of the events that are not voided, as they now read, and those that
    are kept of voided events. `readings` are those that apply instead. Raises Undigested.
    """
    readings = readings or readings_in(steps)
    voided, steps = readings.voided, present_steps(steps, readings)
    not_kept = [found for found in projections if not found.keeps_voided]
    plan = HandlersByType(not_kept) if owns is None else _OwnHandlers(not_kept, owns)
    rows = Fold(plan, {}, {})
    for step in steps:
        if step.position not in voided:
            rows.take(step)
    changed = rows.changed
    for projection in projections:
        if projection.keeps_voided:
            changed[projection] = _kept(projection, steps, owns)
    return {
        projection.name: [row for _, row in sorted(changed[projection].items()) if row is not None]
        for projection in projections
    }


class _OwnHandlers(HandlersByType):
    """Handlers of the rows with some keys only."""

    def __init__(self, projections: Sequence[Projection], owns: Owns) -> None:
        super().__init__(projections)
        self._owns = owns
        self._own: dict[str, tuple[Handler, ...]] = {}

    def handlers(self, type_: str) -> tuple[Handler, ...]:
        if type_ not in self._own:
            self._own[type_] = tuple(map(self._owned, super().handlers(type_)))
        return self._own[type_]

    def _owned(self, handler: Handler) -> Handler:
        return handler._replace(keys=lambda step: [*filter(self._owns, handler.keys(step))])


def _kept(projection: Projection, steps: Sequence[Step], owns: Owns | None) -> Rows:
    """Return the rows of a projection that keeps those of voided events: each row is folded from its own history."""
    histories: dict[Key, list[Step]] = {}
    for step in steps:
        keys = projection.touches(step)
        if step.type == EventVoided.name and step.about is not None:
            keys = tuple(dict.fromkeys((*keys, *projection.touches(step.about))))
        for key in keys if owns is None else filter(owns, keys):
            histories.setdefault(key, []).append(step)
    rows: Rows = {}
    for key, history in histories.items():
        try:
            rows[key] = projection.fold_history(history, key)
        except Exception as error:
            last = history[-1]
            raise Undigested(last.position, last.content["type"], error) from error
    return rows
