"""The organisations, as they registered."""

from events.terms import Visibility
from projections import tables
from projections.projection import Key, Row, SubjectProjection, on
from projections.step import Step


class Organisations(SubjectProjection):
    """A row per organisation."""

    table = tables.organisations
    kind = "organisation"

    @on("organisation.registered")
    def registered(self, row: Row | None, step: Step, key: Key) -> Row:
        """An organisation enters the record."""
        return {
            "key": key[0],
            "name": step.data["name"],
            "sector": step.data["sector"],
            "purpose": step.data.get("purpose"),
            "country": step.data.get("country"),
            "level": (step.event.visibility or Visibility.COHORT).value,
            "position": step.position,
            "registered_at": step.occurred_at,
        }

    @on("visibility.changed")
    def relevelled(self, row: Row | None, step: Step, key: Key) -> Row | None:
        """It is shown to more, or to fewer."""
        return row and {**row, "level": step.data["visibility"]}
