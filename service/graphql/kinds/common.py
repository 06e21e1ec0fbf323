"""What the fields of all subjects are, and of all facts."""

from collections.abc import Sequence
from typing import Final

from graphql import GraphQLID, GraphQLString
from sqlalchemy import Table

from events.terms import Visibility
from projections.listing import InColumn
from service.graphql.arguments import node_id
from service.graphql.connections import many
from service.graphql.references import one
from service.graphql.shape import (
    Field,
    Row,
    Shape,
    moment,
    place,
    required,
    term,
    text,
    worked_out,
)

WHEN: Final = "When it happened, as it was told, in UTC."


def subject(
    kind: str,
    table: Table,
    plural: str,
    description: str,
    *fields: Field,
    owner: str | None = "The organisation whose it is.",
    cohort: str | None = "The cohort that it belongs to.",
    orders: Sequence[str] = (),
) -> Shape:
    """Return the shape of a kind of subject, with the fields that all of them have."""
    name = kind.capitalize()

    def id_of(row: Row) -> str:
        return node_id(f"{kind}/{row['key']}")

    def stream_of(row: Row) -> str:
        return f"{kind}/{row['key']}"

    said: list[Field] = [
        worked_out("id", required(GraphQLID), "Its opaque id, for `node`.", ("key",), id_of),
        text("key", "The key it was recorded under."),
        worked_out(
            "stream",
            required(GraphQLString),
            "Its stream in the log, as `<kind>/<key>`.",
            ("key",),
            stream_of,
        ),
        place("position", "The position of the event that created it."),
        moment("occurred_at", "When it came about, as it was told, in UTC.", name="time"),
        term("level", Visibility, "To whom it is shown now.", name="visibility"),
    ]
    if owner:
        said.append(one("organisation", "organisation", owner))
    if cohort:
        said.append(one("cohort", "cohort", cohort))
    notes = many(
        "notes",
        "Note",
        "What was noted about it.",
        InColumn("about", f"{kind}/"),
    )
    return Shape(
        name,
        table,
        description,
        (*said, *fields, notes),
        kind=kind,
        orders=orders,
        plural=plural,
    )


def fact(
    name: str,
    table: Table,
    about: tuple[str, str],
    plural: str,
    description: str,
    *fields: Field,
    owner: str | None = "The organisation whose doing it is.",
) -> Shape:
    """Return the shape of events that say something of a subject; `about` is its kind and the column that names it."""
    said: list[Field] = [
        place("position", "The event's position."),
        moment("occurred_at", WHEN, name="time"),
    ]
    if owner:
        said.append(one("organisation", "organisation", owner))
    said.append(one("cohort", "cohort", "The cohort in which it happened."))
    return Shape(name, table, description, (*said, *fields), about=about, plural=plural)
