"""What is said about the record itself: notes, persons, levels, voids, and the timelines."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import Table

from events.terms import Visibility
from projections.projection import (
    EVERY_TYPE,
    Events,
    Facts,
    Key,
    Projection,
    Row,
    Subjects,
    adds,
    creates,
    enters,
    moves,
)
from projections.step import Step
from projections.tables import facts, flag, metadata, moment, position, subjects, text, worded


class Notes(Facts):
    """A row per note; `about` is the subject's stream, `organisation` who wrote it (null: a facilitator)."""

    table = facts("notes", "about", text("about"), worded("text"))

    @adds("note.added")
    def added(self, step: Step) -> Row:
        """Somebody adds a note to a subject."""
        return {
            "organisation": step.organisation,
            "about": step.data["about"],
            "text": step.data["text"],
        }


class Persons(Subjects):
    """A row per person, always private. Name and e-mail are ciphertext, as in the event's line."""

    kind = "person"
    table = subjects("persons", text("role"), text("name"), text("email"), moment("forgotten_at"))

    @creates("person.introduced")
    def introduced(self, step: Step) -> Row:
        """A person of an organisation is introduced."""
        return {
            "role": step.data["role"],
            "name": step.data["name"],
            "email": step.data.get("email"),
        }

    @moves("person.forgotten")
    def forgotten(self, row: Row, step: Step) -> Row:
        """The key to name and e-mail is gone, and what it locked."""
        return {"name": None, "email": None, "forgotten_at": step.occurred_at}

    @moves("visibility.changed")
    def shown(self, row: Row, step: Step) -> Row:
        """Whatever is said, a person stays private."""
        return {}

    def first_level(self, step: Step) -> str:
        """Return `private`."""
        return Visibility.PRIVATE.value


class Levels(Events):
    """A row per time that something was shown to more or fewer; `of` is a subject's stream or `event/<position>`."""

    table = facts("levels", "of", text("of"), text("given"))

    @adds("visibility.changed")
    def shown(self, step: Step) -> Row:
        """A subject, or an event that only adds, is shown to more or to fewer."""
        return {"of": step.data["of"], "given": step.data["visibility"]}


class Voids(Projection):
    """A row per event that was taken back: when, by which event, by whom and why."""

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "voids",
        metadata,
        position("position", primary_key=True),
        position("voided_by", nullable=False),
        moment("occurred_at", nullable=False),
        text("actor"),
        text("reason"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the position of the event that is taken back."""
        return ((step.data["event"],),)

    @enters("event.voided")
    def voided(self, step: Step, key: Key) -> Row:
        """An earlier event is taken back."""
        return {
            "position": key[0],
            "voided_by": step.position,
            "occurred_at": step.occurred_at,
            "actor": step.content["actor"],
            "reason": step.data["reason"],
        }


class Timeline(Projection):
    """A row per event and organisation concerned: each in whose stream the event stands.

    `acts` says whether it is that organisation's own doing. Entries are never taken away: a voided event keeps its
    own, and `Voids` has the mark.
    """

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "timeline",
        metadata,
        text("organisation", primary_key=True),
        moment("occurred_at", primary_key=True),
        position("position", primary_key=True),
        text("type", nullable=False),
        moment("recorded_at", nullable=False),
        text("subject"),
        text("cohort"),
        flag("acts"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return an entry for each organisation concerned."""
        return [(found, step.occurred_at, step.position) for found in step.organisations]

    @enters(EVERY_TYPE)
    def happened(self, step: Step, key: Key) -> Row:
        """Something happened that concerns the organisation."""
        return {
            "organisation": key[0],
            "occurred_at": step.occurred_at,
            "position": step.position,
            "type": step.type,
            "recorded_at": step.recorded_at,
            "subject": step.content.get("subject"),
            "cohort": step.cohort,
            "acts": key[0] == step.owner,
        }
