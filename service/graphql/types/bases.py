"""Base classes and interfaces of the types, with the fields that all subjects or all facts have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry

from events.vocabulary.terms import TimePrecision, Visibility
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field, Row
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared, interface, kind_of, shape_of
from service.graphql.lists.connections import about_it
from service.graphql.lookups.corrections import Correction, corrections_of
from service.graphql.node_ids import id_of
from service.graphql.values.scalars import Position

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Cohort, Organisation
    from service.graphql.types.record import Note

NODE_ID: Final = "Its opaque id. Pass it to `node` or `nodes`."
PRECISION: Final = "How exactly the time is known. Null if not provided."


@dataclass(frozen=True)
class OfKey:
    """The stream or opaque id of a row, from the kind of its type and from the column that names it."""

    kind: str
    is_opaque: bool
    column: str = "key"

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the column is there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the stream or the id."""
        name = row[self.column]
        return id_of(self.kind, name, row) if self.is_opaque else f"{self.kind}/{name}"


def identified(column: str, kind: str | None = None) -> Any:
    """Declare the field with the opaque id; `column` names a row of its `kind`, by default the kind of the class."""
    return Field(
        NODE_ID,
        lambda place: OfKey(kind or shape_of(place.owner).node, is_opaque=True, column=column),
    )


def _stream(description: str) -> Any:
    return Field(description, lambda place: OfKey(str(kind_of(place.owner)), is_opaque=False))


@interface
class Node:
    """An object with an id, by which `node` and `nodes` return it."""

    id: strawberry.ID = strawberry.field(description=NODE_ID)


@interface
class Subject(Node):
    """A subject of events. Every subject has a key and its own stream."""

    id: strawberry.ID = identified("key")
    key: str = column("The key under which it was recorded.")
    stream: str = _stream("Its stream in the log, as `<kind>/<key>`.")
    position: Position = column("The position of the event that created it.")
    time: datetime = column(
        "The time of the event that created it, as the sender provided it, in UTC.", "occurred_at"
    )
    time_precision: TimePrecision | None = column(PRECISION)
    visibility: Visibility = column("Its current visibility level.", "level")
    updated_position: Position = column(
        "The position of the last event that created, changed or corrected it, or voided such an event. "
        "For organisations, cohorts and shared questions, only their creation, renaming and revision count."
    )
    updated_at: datetime = column("The time of the event at `updatedPosition`, in UTC.")
    corrections: list[Correction] = corrections_of(
        "The corrections of the events that created or changed it."
    )


@declared
class Owned:
    """The organisation and the cohort of a subject."""

    organisation: "Organisation | None" = one("The organisation that owns it.")
    cohort: "Cohort | None" = one("The cohort that it belongs to.")


@declared
class Noted:
    """The notes about a subject."""

    notes: "Connection[Note]" = about_it("The notes about it.")


@declared
class Fact(Node):
    """An event that is about a subject."""

    id: strawberry.ID = identified("position")
    position: Position = column("The position of the event that recorded it.")
    time: datetime = column("When it happened, as the sender provided it, in UTC.", "occurred_at")
    time_precision: TimePrecision | None = column(PRECISION)
    organisation: "Organisation | None" = one("The organisation that acted.")
    cohort: "Cohort | None" = one("The cohort in which it happened.")
    corrections: list[Correction] = corrections_of("The corrections of the event.")
