"""What is said about the record itself: notes, and persons."""

from datetime import datetime
from typing import TYPE_CHECKING

from projections.models.record import Notes, Persons
from service.graphql.fields.columns import column
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.shapes import fact, subject
from service.graphql.persons import personal
from service.graphql.types.bases import Fact, Noted, Owned, Subject

if TYPE_CHECKING:
    from service.graphql.types.cohorts import Organisation


@fact(Notes, about="about", plural="notes", kind="")
class Note(Fact):
    """A note about a subject."""

    organisation: "Organisation | None" = one(
        "The organisation that wrote it; none where a facilitator did."
    )
    about: "Subject | None" = of_stream("What it is about.")
    text: str = column("The note.")


@subject(Persons, plural="persons")
class Person(Subject, Owned, Noted):
    """A person of an organisation: shown to it and to its facilitators, to nobody else."""

    role: str = column("What they do there.")
    name: str | None = personal("What they are called; null once they are forgotten.")
    email: str | None = personal("Their e-mail; null where it was not told, or they are forgotten.")
    forgotten_at: datetime | None = column("When they were forgotten; null while they are not.")
