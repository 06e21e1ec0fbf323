"""Folds a batch of events into rows, without any I/O. The projector and replays in memory use it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.vocabulary.types.record import EventCorrected, EventVoided
from projections.folding.projection import Handler, Projection
from projections.folding.step import Step
from projections.folding.tables import Key, Row


class Undigested(Exception):
    """A projection could not process an event. Neither this event nor any later one was written."""

    def __init__(self, position: int, type_: str, error: Exception) -> None:
        self.position = position
        self.type = type_
        self.error = error
        super().__init__(
            f"the event at position {position} ({type_}) could not be projected:"
            f" {type(error).__name__}: {error}"
        )


@dataclass(frozen=True, slots=True)
class Refold:
    """A row to be recomputed from its history because one of its events was voided or corrected."""

    projection: Projection
    key: Key
    history: Sequence[Step]


Rows = dict[Key, Row | None]


class HandlersByType:
    """The handlers of some projections, by event type: looked up once per type instead of once per event."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.projections = tuple(projections)
        self._handlers: dict[str, tuple[Handler, ...]] = {}

    def handlers(self, type_: str) -> tuple[Handler, ...]:
        """Return the handlers of all projections for an event type."""
        try:
            return self._handlers[type_]
        except KeyError:
            found = (projection.handler(type_) for projection in self.projections)
            handlers = self._handlers[type_] = tuple(one for one in found if one is not None)
            return handlers

    def rows_changed_by(self, step: Step) -> Iterable[tuple[Projection, Key]]:
        """Return the keys of the rows that the event changes and that may already exist."""
        return [
            (handler.projection, key)
            for handler in self.handlers(step.type)
            if not handler.is_new
            for key in handler.keys(step)
        ]

    def rows_voided_by(self, step: Step) -> Iterable[tuple[Handler, Key]]:
        """Return the rows to recompute if the event voids another, each with the handler of the voided event."""
        about = step.about
        if step.type != EventVoided.name or about is None:
            return ()
        return [
            (handler, key)
            for handler in self.handlers(about.type)
            if not (handler.is_new and handler.projection.keeps_voided)
            for key in handler.keys(about)
        ]

    def rows_corrected_by(self, step: Step) -> Iterable[tuple[Handler, Key]]:
        """Return the rows to recompute if the event corrects another or voids a correction.

        Each is given with the handler of the corrected event. They are the rows of that event as it read before, and
        as it reads now.
        """
        correction = step.about if step.type == EventVoided.name else step
        if correction is None or correction.type != EventCorrected.name or not correction.about:
            return ()
        one = correction.about
        other = one.corrected(correction.data["fields"])
        return {
            (handler.projection, key): (handler, key)
            for handler in self.handlers(one.type)
            for reading in (one, other)
            for key in handler.keys(reading)
        }.values()


class Fold:
    """The rows that a batch changes.

    `before` has the existing rows that the batch may change. `refolds` lists the rows to recompute, by the position of
    the void or correction. `changed` collects the new rows, None where a row is removed, and `stale` the keys of rows
    that may have existed before.
    """

    def __init__(
        self,
        plan: HandlersByType,
        before: Mapping[Projection, Rows],
        refolds: Mapping[int, Sequence[Refold]],
    ) -> None:
        self.changed: dict[Projection, Rows] = {found: {} for found in plan.projections}
        self.stale: dict[Projection, set[Key]] = {found: set() for found in plan.projections}
        self._plan = plan
        self._before = before
        self._refolds = refolds

    def take(self, step: Step) -> None:
        """Apply one event, completely or not at all. Raises Undigested."""
        try:
            changes = [
                (projection, key, change(self._row(projection, key, is_new), step, key))
                for projection, keys, change, is_new in self._plan.handlers(step.type)
                for key in keys(step)
            ]
            refolded = [
                (
                    refold.projection,
                    refold.key,
                    refold.projection.fold_history(refold.history, refold.key),
                )
                for refold in self._refolds.get(step.position, ())
            ]
        except Exception as error:
            raise Undigested(step.position, step.content["type"], error) from error
        for projection, key, row in changes:
            self.changed[projection][key] = row
        for projection, key, row in refolded:
            self.changed[projection][key] = row
            self.stale[projection].add(key)

    def _row(self, projection: Projection, key: Key, is_new: bool) -> Row | None:
        changed = self.changed[projection]
        if key in changed:
            return changed[key]
        if is_new:
            return None
        row = self._before.get(projection, {}).get(key)
        if row is not None:
            self.stale[projection].add(key)
        return row
