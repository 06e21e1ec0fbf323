"""The types of notes and of persons."""

from datetime import datetime
from typing import TYPE_CHECKING

from projections.models.record import Notes, Persons
from service.graphql.fetching.persons import personal
from service.graphql.fields.columns import column
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.shapes import fact, subject
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL

if TYPE_CHECKING:
    from service.graphql.types.cohorts import Organisation


@fact(Notes, about="about", plural="notes", kind="")
class Note(Fact):
    """A note about a subject."""

    organisation: "Organisation | None" = one(
        "The organisation that wrote it. A facilitator's note has none."
    )
    about: "Subject | None" = of_stream("The subject that the note is about.")
    text: str = column("The text of the note.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")


@subject(Persons, plural="persons")
class Person(Subject, Owned, Noted):
    """A person in an organisation. Only the organisation and its facilitators may see a person."""

    role: str = column("The person's role in the organisation.")
    name: str | None = personal("The person's name. Null once the person is forgotten.")
    email: str | None = personal(
        "The person's e-mail address. Null if not provided, and once the person is forgotten."
    )
    forgotten_at: datetime | None = column(
        "When the person was forgotten. Null if the person has not been forgotten."
    )
