"""What is said about the record itself: notes, and persons."""

from typing import Final

from graphql import GraphQLString

from projections.models.record import Notes, Persons
from service.graphql.kinds.common import fact, subject
from service.graphql.persons import personal
from service.graphql.references import of_stream
from service.graphql.shape import moment, text

NOTE: Final = fact(
    "Note",
    Notes.table,
    ("", "about"),
    "notes",
    "A note about a subject.",
    of_stream("about", "What it is about."),
    text("text", "The note."),
    owner="The organisation that wrote it; none where a facilitator did.",
)

PERSON: Final = subject(
    "person",
    Persons.table,
    "persons",
    "A person of an organisation: shown to it and to its facilitators, to nobody else.",
    text("role", "What they do there."),
    personal("name", GraphQLString, "What they are called; null once they are forgotten."),
    personal(
        "email", GraphQLString, "Their e-mail; null where it was not told, or they are forgotten."
    ),
    moment("forgotten_at", "When they were forgotten; null while they are not.", null=True),
)
