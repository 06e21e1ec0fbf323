"""The timelines of the organisations, and the marks of what was taken back."""

from collections.abc import Iterable

from projections import tables
from projections.projection import EVERY_TYPE, Key, Projection, Row, on
from projections.step import Step


class Timeline(Projection):
    """An entry per event and organisation concerned: each in whose stream the event stands.

    Entries are never taken away. A voided event keeps its own; `Voids` has the mark.
    """

    table = tables.timeline
    looks_back = False

    def keys(self, step: Step) -> Iterable[Key]:
        """Return an entry for each organisation concerned."""
        return [(organisation, step.position) for organisation in step.organisations]

    @on(EVERY_TYPE)
    def happened(self, row: Row | None, step: Step, key: Key) -> Row:
        """Something happened that concerns the organisation."""
        organisation, position = key
        return {
            "organisation": organisation,
            "position": position,
            "type": step.type,
            "occurred_at": step.occurred_at,
            "recorded_at": step.recorded_at,
            "subject": step.recorded.content.get("subject"),
        }


class Voids(Projection):
    """A row per voided event, whether or not it stands in any timeline."""

    table = tables.voids
    looks_back = False

    def keys(self, step: Step) -> Iterable[Key]:
        """Return the position of the event that is taken back."""
        return [(step.data["event"],)]

    @on("event.voided")
    def voided(self, row: Row | None, step: Step, key: Key) -> Row:
        """An earlier event is taken back."""
        return {"position": key[0], "voided_by": step.position}
