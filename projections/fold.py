"""Folding a batch of events into rows: pure, and the same wherever the rows are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from projections.projection import Key, Projection, Row, SubjectProjection
from projections.step import Step


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
    """A subject's row to be made again from its history, because one of its events was taken back."""

    projection: SubjectProjection
    key: Key
    history: Sequence[Step]


Rows = dict[Key, Row | None]


class Fold:
    """Rows on their way through a batch: `changed` collects what the batch makes of them, None for rows taken away.

    `rows` gives the rows before of every projection that looks back, for all keys the batch touches; `refolds` says by
    the position of an `event.voided` which rows to make again.
    """

    def __init__(
        self,
        projections: Iterable[Projection],
        rows: Mapping[Projection, Rows],
        refolds: Mapping[int, Sequence[Refold]],
    ) -> None:
        self.changed: dict[Projection, Rows] = {projection: {} for projection in projections}
        self._rows = rows
        self._refolds = refolds

    def take(self, step: Step) -> None:
        """Take in one event, wholly or not at all. Raises Undigested."""
        try:
            changes = [*self._changes(step)]
        except Exception as error:
            type_ = str(step.recorded.content["type"])
            raise Undigested(step.position, type_, error) from error
        for projection, key, row in changes:
            self.changed[projection][key] = row

    def _changes(self, step: Step) -> Iterable[tuple[Projection, Key, Row | None]]:
        for projection in self.changed:
            for key in projection.touches(step):
                yield projection, key, projection.fold(self._row(projection, key), step, key)
        for refold in self._refolds.get(step.position, ()):
            row = refold.projection.fold_history(refold.history, refold.key)
            yield refold.projection, refold.key, row

    def _row(self, projection: Projection, key: Key) -> Row | None:
        if not projection.looks_back:
            return None
        changed = self.changed[projection]
        return changed[key] if key in changed else self._rows[projection].get(key)


def standing(history: Iterable[Step]) -> list[Step]:
    """Return those steps of a stream's history that were not taken back in it."""
    steps = list(history)
    voided = {step.data["event"] for step in steps if step.type == "event.voided"}
    return [step for step in steps if step.position not in voided]
