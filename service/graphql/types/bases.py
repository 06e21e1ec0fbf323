"""What the fields of all subjects are, and of all facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry

from events.terms import Visibility
from service.graphql.arguments import node_id
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field, Row
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared, interface, kind_of
from service.graphql.lists.connections import about_it
from service.graphql.values.scalars import Position

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.loading import Loading, Selected
    from service.graphql.types.cohorts import Cohort, Organisation
    from service.graphql.types.record import Note

NODE_ID: Final = "Its opaque id, for `node`."


@dataclass(frozen=True)
class OfKey:
    """The value follows from a subject's kind and key: its stream, or its opaque id."""

    kind: str
    is_opaque: bool
    needs: Sequence[str] = ("key",)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the key is there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the stream, or the id."""
        stream = f"{self.kind}/{row['key']}"
        return node_id(stream) if self.is_opaque else stream


def _of_key(description: str, *, is_opaque: bool) -> Any:
    return Field(description, lambda place: OfKey(str(kind_of(place.owner)), is_opaque))


@interface
class Node:
    """Anything that `node` finds by its id."""

    id: strawberry.ID = strawberry.field(description=NODE_ID)


@interface
class Subject(Node):
    """What events are about: each kind of thing that has a key and a stream of its own."""

    id: strawberry.ID = _of_key(NODE_ID, is_opaque=True)
    key: str = column("The key it was recorded under.")
    stream: str = _of_key("Its stream in the log, as `<kind>/<key>`.", is_opaque=False)
    position: Position = column("The position of the event that created it.")
    time: datetime = column("When it came about, as it was told, in UTC.", "occurred_at")
    visibility: Visibility = column("To whom it is shown now.", "level")
    updated_position: Position = column(
        "The position of the last event that created or changed it, or of the void of such an event. "
        "For organisations, cohorts and shared questions, only their creation counts."
    )
    updated_at: datetime = column("The time of the event at `updatedPosition`, in UTC.")


@declared
class Owned:
    """Whose a subject is, and where."""

    organisation: "Organisation | None" = one("The organisation whose it is.")
    cohort: "Cohort | None" = one("The cohort that it belongs to.")


@declared
class Noted:
    """What was noted about a subject."""

    notes: "Connection[Note]" = about_it("What was noted about it.")


@declared
class Fact:
    """An event that says something of a subject."""

    position: Position = column("The event's position.")
    time: datetime = column("When it happened, as it was told, in UTC.", "occurred_at")
    organisation: "Organisation | None" = one("The organisation whose doing it is.")
    cohort: "Cohort | None" = one("The cohort in which it happened.")
