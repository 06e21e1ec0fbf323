"""What is said about the record itself: notes, persons, levels, voids, and the timelines."""

from collections.abc import Sequence
from typing import ClassVar, Final

from sqlalchemy import Column, Table

from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.record import (
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)
from projections.folding.projection import (
    EVERY_TYPE,
    Events,
    Facts,
    Key,
    Keys,
    Projection,
    Row,
    Subjects,
    adds,
    creates,
    enters,
    moves,
    on_each,
)
from projections.folding.step import Step
from projections.folding.tables import (
    TEXTS,
    facts,
    flag,
    metadata,
    moment,
    position,
    subjects,
    text,
    texts,
    worded,
)

_CONCERNED: Final = (stream_of("organisation", ""), stream_of("cohort", ""))
"""How the streams begin that have a timeline."""


class Notes(Facts):
    """A row per note; `about` is the subject's stream, `organisation` who wrote it (null: a facilitator)."""

    table = facts("notes", "about", text("about"), worded("text"))

    @adds(NoteAdded)
    def added(self, step: Step[NoteAdded]) -> Row:
        """Somebody adds a note to a subject."""
        return {
            "organisation": step.organisation,
            "about": step.model.about,
            "text": step.model.text,
        }


class Persons(Subjects):
    """A row per person, always private. Name and e-mail are ciphertext, as in the event's line."""

    kind = "person"
    table = subjects("persons", text("role"), text("name"), text("email"), moment("forgotten_at"))

    @creates(PersonIntroduced)
    def introduced(self, step: Step[PersonIntroduced]) -> Row:
        """A person of an organisation is introduced."""
        introduced = step.model
        return {
            "role": introduced.role,
            "name": introduced.name_,
            "email": introduced.email,
        }

    @moves(PersonForgotten)
    def forgotten(self, row: Row, step: Step[PersonForgotten]) -> Row:
        """The key to name and e-mail is gone, and what it locked."""
        return {"name": None, "email": None, "forgotten_at": step.occurred_at}

    @moves(VisibilityChanged)
    def shown(self, row: Row, step: Step[VisibilityChanged]) -> Row:
        """Whatever is said, a person stays private."""
        return {}

    def first_level(self, step: Step) -> str:
        """Return `private`."""
        return Visibility.PRIVATE.value


class Levels(Events):
    """A row per time that something was shown to more or fewer; `of` is a subject's stream or `event/<position>`."""

    table = facts("levels", "of", text("of"), text("given"))

    @adds(VisibilityChanged)
    def shown(self, step: Step[VisibilityChanged]) -> Row:
        """A subject, or an event that only adds, is shown to more or to fewer."""
        return {"of": step.model.of, "given": step.model.visibility.value}


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
        return ((step.about_position,),)

    @enters(EventVoided)
    def voided(self, step: Step[EventVoided], key: Key) -> Row:
        """An earlier event is taken back."""
        return {
            "position": key[0],
            "voided_by": step.position,
            "occurred_at": step.occurred_at,
            "actor": step.content["actor"],
            "reason": step.model.reason,
        }


class Entries(Projection):
    """A row per event: who sees it, and what it is found by. `time` is when it happened, as its sender wrote it.

    `subject` is the stream of its first subject, `names` those of all that it names, `organisation` acts in it. It is
    seen like its subject (`creates`: like what it created), by that and its own `level`; where it has an `audience`
    of its own, by that alone. An event about another event is judged as that one, at `judged`; others at their own
    position. A voided event keeps its row: `Voids` has the mark.
    """

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "entries",
        metadata,
        position("position", primary_key=True),
        moment("occurred_at", nullable=False),
        moment("recorded_at", nullable=False),
        text("time", nullable=False),
        text("type", nullable=False),
        text("subject"),
        text("cohort"),
        text("organisation"),
        texts("names"),
        position("judged", nullable=False),
        flag("creates"),
        text("level"),
        Column("audience", TEXTS),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the event's own position."""
        return ((step.position,),)

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream in which the event stands, and with it whatever is about it."""
        return step.streams[0]

    def makes(self, step: Step, key: Key) -> bool:
        """Say whether it is this event that the row stands for."""
        return key == (step.position,)

    @enters(EVERY_TYPE)
    def happened(self, step: Step, key: Key) -> Row:
        """Something happened."""
        return {
            "position": step.position,
            "occurred_at": step.occurred_at,
            "recorded_at": step.recorded_at,
            "time": step.content["time"],
            "type": step.type,
            "subject": step.content.get("subject"),
            "cohort": step.cohort,
            "organisation": step.organisation,
            "names": step.names,
            "judged": _judged(step),
            "creates": step.creates,
            "level": step.level if step.adds else None,
            "audience": step.own_audience,
        }

    @on_each(VisibilityChanged)
    def shown(self, row: Row | None, step: Step[VisibilityChanged], key: Key) -> Row | None:
        """A subject, or an event that only adds, is shown to more or to fewer; that is an event, too."""
        if self.makes(step, key):
            return self.happened(step, key)
        if row is None or step.about is None:
            return row
        level = step.model.visibility.value
        return {**row, "level": level, "audience": step.about.audience(level)}

    def _keys_of(self, type_: str) -> Keys:
        if type_ != VisibilityChanged.name:
            return self.keys

        def both(step: Step) -> Sequence[Key]:
            about = step.about_position
            return self.keys(step) if about is None else ((step.position,), (about,))

        return both


def _judged(step: Step) -> int:
    """Return the position of the event as which this one is judged."""
    while step.about is not None:
        step = step.about
    return step.about_position or step.position


class Timeline(Projection):
    """A row per event and organisation or cohort concerned: each in whose stream the event stands.

    `subject` is the stream of the event's first subject, `organisation` acts in it, `creates` says that it created the
    subject. By these it is seen, unless it is `apart`: then it has a level or an audience of its own, or is judged as
    another event, and `Entries` has by what it is seen.
    """

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "timeline",
        metadata,
        text("stream", primary_key=True),
        moment("occurred_at", primary_key=True),
        position("position", primary_key=True),
        text("type", nullable=False),
        text("subject"),
        text("organisation"),
        flag("creates"),
        flag("apart"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return an entry for each organisation and cohort concerned."""
        return [
            (stream, step.occurred_at, step.position)
            for stream in step.streams
            if stream.startswith(_CONCERNED)
        ]

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream in which the event stands, and with it whatever is about it."""
        return step.streams[0]

    def makes(self, step: Step, key: Key) -> bool:
        """Say whether it is this event that the row stands for."""
        return bool(key[-1] == step.position)

    @enters(EVERY_TYPE)
    def happened(self, step: Step, key: Key) -> Row:
        """Something happened that concerns it."""
        stream, occurred_at, place = key
        return {
            "stream": stream,
            "occurred_at": occurred_at,
            "position": place,
            "type": step.type,
            "subject": step.content.get("subject"),
            "organisation": step.organisation,
            "creates": step.creates,
            "apart": _is_apart(step),
        }

    @on_each(VisibilityChanged)
    def shown(self, row: Row | None, step: Step[VisibilityChanged], key: Key) -> Row | None:
        """An event that only adds has a level of its own from now on."""
        if self.makes(step, key):
            return self.happened(step, key)
        return row and {**row, "apart": True}

    def _keys_of(self, type_: str) -> Keys:
        if type_ != VisibilityChanged.name:
            return self.keys

        def both(step: Step) -> Sequence[Key]:
            return [*self.keys(step), *(self.keys(step.about) if step.about else ())]

        return both


def _is_apart(step: Step) -> bool:
    """Say whether it is seen by more than its subject and who acts in it."""
    return (
        _judged(step) != step.position
        or (step.adds and step.level is not None)
        or step.own_audience is not None
    )
