"""Folding events into rows: pure, and the same wherever the rows are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.vocabulary.types.record import EventVoided
from projections.folding.projection import Handler, Key, Projection, Row
from projections.folding.step import Step


class Undigested(Exception):
    """A projection could not take in an event; nothing of it or after it was written."""

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
    """A row to be made again from its history, because one of its events was taken back."""

    projection: Projection
    key: Key
    history: Sequence[Step]


Rows = dict[Key, Row | None]


class HandlersByType:
    """What some projections do, by event type: looked up once per type instead of once per event."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.projections = tuple(projections)
        self._handlers: dict[str, tuple[Handler, ...]] = {}

    def handlers(self, type_: str) -> tuple[Handler, ...]:
        """Return everything that is done on events of a type."""
        try:
            return self._handlers[type_]
        except KeyError:
            found = (projection.handler(type_) for projection in self.projections)
            handlers = self._handlers[type_] = tuple(one for one in found if one is not None)
            return handlers

    def looked_back_at(self, step: Step) -> Iterable[tuple[Projection, Key]]:
        """Return the rows that the event changes, and that may be there already."""
        return [
            (handler.projection, key)
            for handler in self.handlers(step.type)
            if not handler.is_new
            for key in handler.keys(step)
        ]

    def undone_by(self, step: Step) -> Iterable[tuple[Handler, Key]]:
        """Return the rows to be made again when what the event is about is taken back by it, and what that had done."""
        about = step.about
        if step.type != EventVoided.name or about is None:
            return ()
        return [
            (handler, key)
            for handler in self.handlers(about.type)
            if not (handler.is_new and handler.projection.keeps_voided)
            for key in handler.keys(about)
        ]


class Fold:
    """Rows on their way through a batch.

    `before` has the rows that were there of all that the batch looks back at; `refolds` says by the position of an
    `event.voided` which rows to make again. `changed` collects what the batch makes of rows, None for those taken away,
    and `stale` the keys of those that may have been there before.
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
        """Take in one event, wholly or not at all. Raises Undigested."""
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
