"""Read models of the record itself: notes, persons, changes of visibility, voids, corrections and timelines."""

from collections.abc import Sequence
from typing import ClassVar, Final

import orjson
from sqlalchemy import Column, Index, Table

from events.access.audience import audience, column
from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.record import (
    EventCorrected,
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)
from projections.folding.decorators import (
    EVERY_TYPE,
    adds,
    creates,
    enters,
    moves,
    on_each,
)
from projections.folding.projection import (
    Events,
    Facts,
    Keys,
    Projection,
    Subjects,
)
from projections.folding.step import Step
from projections.folding.tables import (
    TEXTS,
    Key,
    Row,
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
from projections.models.wordings import subject_of

_TIMELINE_PREFIXES: Final = (stream_of("organisation", ""), stream_of("cohort", ""))
"""The beginnings of the streams that have a timeline."""


class Notes(Facts):
    """A row per note; `about` is the subject's stream, `organisation` is the author (null: a facilitator)."""

    table = facts("notes", "about", text("about"), worded("text"), texts("links"))

    @adds(NoteAdded)
    def added(self, step: Step[NoteAdded]) -> Row:
        """A note is added to a subject."""
        return {
            "organisation": step.organisation,
            "about": step.model.about,
            "text": step.model.text,
            "links": step.model.links,
        }


class Persons(Subjects):
    """A row per person, always private. The name and e-mail address are encrypted, as in the event's line."""

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
        """The person's encryption key is destroyed, so the name and e-mail address are removed."""
        return {"name": None, "email": None, "forgotten_at": step.occurred_at}

    @moves(VisibilityChanged)
    def shown(self, row: Row, step: Step[VisibilityChanged]) -> Row:
        """A change of visibility has no effect: persons stay private."""
        return {}

    def first_level(self, step: Step) -> str:
        """Return `private`."""
        return Visibility.PRIVATE.value


class Levels(Events):
    """A row per change of visibility; `of` is a subject's stream or `event/<position>`."""

    table = facts("levels", "of", text("of"), text("given"))

    @adds(VisibilityChanged)
    def shown(self, step: Step[VisibilityChanged]) -> Row:
        """The visibility of a subject or an event changes."""
        return {"of": step.model.of, "given": step.model.visibility.value}


class Voids(Projection):
    """A row per voided event: when, by which event, by whom and why it was voided."""

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
        """Return the position of the voided event."""
        return ((step.about_position,),)

    @enters(EventVoided)
    def voided(self, step: Step[EventVoided], key: Key) -> Row:
        """An earlier event is voided."""
        return {
            "position": key[0],
            "voided_by": step.position,
            "occurred_at": step.occurred_at,
            "actor": step.content["actor"],
            "reason": step.model.reason,
        }


class Corrections(Projection):
    """A row per correction and field: what it corrected, when, by whom and why.

    `corrected` is the position of the corrected event, and `subject` the stream of the subject that the field is about;
    `changes` says that the event created or changed that subject and has no audience of its own, `seen_with_subject`
    that everyone who sees the subject sees the event. `before` and `after` are the values of the field, as JSON texts,
    null where it was left out; `wording_audience` are the tokens of viewers who may see them. `voided_by` is the
    position of the event that voided the correction.
    """

    keeps_voided: ClassVar[bool] = True
    table = Table(
        "corrections",
        metadata,
        position("position", primary_key=True),
        text("field", primary_key=True),
        position("corrected", nullable=False),
        text("subject", nullable=False),
        flag("changes"),
        flag("seen_with_subject"),
        moment("occurred_at", nullable=False),
        text("actor", nullable=False),
        text("reason"),
        text("before"),
        text("after"),
        texts("wording_audience"),
        position("voided_by"),
        Index("corrections_of_event", "corrected", "field", "position"),
        Index("corrections_of_subject", "subject", "corrected"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the correction's position with each of its fields; nothing where its event is not among those read."""
        if step.about is None:
            return ()
        return [(step.position, field) for field in step.data["fields"]]

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream of the correction, which also contains its void."""
        return step.streams[0]

    @enters(EventCorrected)
    def entered(self, step: Step[EventCorrected], key: Key) -> Row:
        """A field of an earlier event is corrected."""
        place, field = key
        about = step.about
        assert about is not None, "see `keys`"
        return {
            "position": place,
            "field": field,
            "corrected": step.about_position,
            "subject": subject_of(about, field),
            "changes": not about.adds and about.own_audience is None,
            "seen_with_subject": about.seen_with_subject,
            "occurred_at": step.occurred_at,
            "actor": step.content["actor"],
            "reason": step.model.reason,
            "before": _json(about.data.get(field)),
            "after": _json(step.model.fields[field]),
            "wording_audience": _wording_audience(about),
            "voided_by": None,
        }

    @on_each(EventVoided)
    def voided(self, row: Row | None, step: Step[EventVoided], key: Key) -> Row | None:
        """The correction is voided."""
        return row and {**row, "voided_by": step.position}

    def _keys_of(self, type_: str) -> Keys:
        if type_ == EventCorrected.name:
            return self.keys

        def of_void(step: Step) -> Sequence[Key]:
            about = step.about
            return () if about is None or about.type != EventCorrected.name else self.keys(about)

        return of_void


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _wording_audience(step: Step) -> list[str]:
    """Return the tokens of the organisation whose event it is, and of its facilitators."""
    return column(audience(Visibility.PRIVATE, step.owners, step.cohort, is_sensitive=True))


class Entries(Projection):
    """A row per event: who may see it, and the columns that it is found by. `time` is as its sender wrote it.

    `subject` is the stream of its first subject, `names` are those of all subjects that it names, and `organisation` is
    the one that acts. Who may see it follows from its subject (`creates`: it created the subject, or is seen like its
    creation) and its own `level`, or from its own `audience` alone if it has one. `judged` is the position of the event
    that decides this: for an event about another event it is that event, otherwise the event itself. A voided event
    keeps its row; `Voids` says that it is voided.
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
        """Return a stream of the event, which also contains every event about it."""
        return step.streams[0]

    def makes(self, step: Step, key: Key) -> bool:
        """Return whether this event creates the row."""
        return key == (step.position,)

    @enters(EVERY_TYPE)
    def happened(self, step: Step, key: Key) -> Row:
        """An event was recorded."""
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
            "creates": step.seen_with_subject,
            "level": step.level if step.adds else None,
            "audience": step.own_audience,
        }

    @on_each(VisibilityChanged)
    def shown(self, row: Row | None, step: Step[VisibilityChanged], key: Key) -> Row | None:
        """The visibility of a subject or an event changes. The change itself is an entry, too."""
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
    """Return the position of the event that decides who may see this one."""
    while step.about is not None:
        step = step.about
    return step.about_position or step.position


class Timeline(Projection):
    """A row per event and organisation or cohort whose stream contains it.

    `subject` is the stream of the event's first subject, `organisation` is the one that acts, and `creates` says that
    the event created the subject, or is seen like its creation. These decide who may see it, unless it is `apart`: then
    it has a visibility or an audience of its own, or another event decides, and `Entries` has the columns for it.
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
        """Return a key for each organisation and cohort whose stream contains the event."""
        return [
            (stream, step.occurred_at, step.position)
            for stream in step.streams
            if stream.startswith(_TIMELINE_PREFIXES)
        ]

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream of the event, which also contains every event about it."""
        return step.streams[0]

    def makes(self, step: Step, key: Key) -> bool:
        """Return whether this event creates the row."""
        return bool(key[-1] == step.position)

    @enters(EVERY_TYPE)
    def happened(self, step: Step, key: Key) -> Row:
        """An event was recorded in the stream."""
        stream, occurred_at, place = key
        return {
            "stream": stream,
            "occurred_at": occurred_at,
            "position": place,
            "type": step.type,
            "subject": step.content.get("subject"),
            "organisation": step.organisation,
            "creates": step.seen_with_subject,
            "apart": _is_apart(step),
        }

    @on_each(VisibilityChanged)
    def shown(self, row: Row | None, step: Step[VisibilityChanged], key: Key) -> Row | None:
        """The visibility of an event changes: from now on it has its own."""
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
    """Return whether more than its subject and the acting organisation decides who may see the event."""
    return (
        _judged(step) != step.position
        or (step.adds and step.level is not None)
        or step.own_audience is not None
    )
