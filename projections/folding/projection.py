"""Defines a projection: for each event type, the rows that it touches and how they change.

A projection is a function of events and of its own rows only: it uses no clock, no database and no other projection.
The same code therefore folds into PostgreSQL, into memory, or over a part of the events. Programs write their own
projections in the same way. There is a method per event type, with a decorator of `decorators` that says what it does.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from sqlalchemy import Table

from events.access.audience import Audiences, audiences_of_subject, column
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Kind, Stream, key_of, kind_of, stream_of
from events.vocabulary.terms import FailureCause, Visibility
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged
from events.vocabulary.values.text_folding import folded
from projections.folding.decorators import EVERY_TYPE, moves
from projections.folding.step import Step, present_steps, readings_in
from projections.folding.tables import SECTOR_FOLDED, THEMES_FOLDED, WORDING, Key, Row

Keys = Callable[[Step], Sequence[Key]]
Change = Callable[[Row | None, Step, Key], Row | None]

_TYPES: Final = tuple(kind.name for kind in VOCABULARY.kinds)
AUDIENCE_OF: Final = ("level", "failure_cause")
"""The columns of a subject whose changes also change its audience."""


class Handler(NamedTuple):
    """How a projection handles one event type. `is_new`: there is no previous row."""

    projection: "Projection"
    keys: Keys
    change: Change
    is_new: bool


class Projection:
    """Folds events into the rows of one table.

    `keeps_voided` says that a row is kept even if the event that created it is voided later.
    """

    table: ClassVar[Table]
    keeps_voided: ClassVar[bool] = False

    def __init__(self) -> None:
        self._blank = dict.fromkeys(column.name for column in self.table.columns)
        self._worded = [column.name for column in self.table.columns if column.info.get(WORDING)]
        self.handlers: dict[str, Handler] = {}
        for name in dir(type(self)):
            how, types = getattr(getattr(type(self), name), "_handles", ("", ()))
            for type_ in types:
                self.handlers[type_] = self._handler(how, type_, getattr(self, name))
        every = self.handlers.get(EVERY_TYPE)
        every_type = {} if every is None else dict.fromkeys(_TYPES, every)
        self._by_type: Mapping[str, Handler] = {**every_type, **self.handlers}

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    def handler(self, type_: str) -> Handler | None:
        """Return the handler for an event type, None if the projection ignores the type."""
        return self._by_type.get(type_)

    def touches(self, step: Step) -> Sequence[Key]:
        """Return the keys of the rows that the event touches."""
        handler = self.handler(step.type)
        return handler.keys(step) if handler else ()

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the keys of the rows that an event touches. Subclasses define it."""
        raise NotImplementedError

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream that contains all events that touch the row; `step` is one of them."""
        raise NotImplementedError

    def fold_history(self, history: Sequence[Step], key: Key) -> Row | None:
        """Return the row that results from these events as they read after the last one.

        Voided events are left out unless `keeps_voided`.
        """
        # Most histories have one event, which is about no other of the same history.
        readings = readings_in(history if len(history) > 1 else ())
        voided = readings.voided
        row: Row | None = None
        for step in present_steps(history, readings):
            handler = self.handler(step.type)
            if handler is None or key not in handler.keys(step):
                continue
            if step.position not in voided or (self.keeps_voided and self.makes(step, key)):
                row = handler.change(row, step, key)
        return row

    def makes(self, step: Step, key: Key) -> bool:
        """Return whether this event creates the row."""
        handler = self.handler(step.type)
        return handler is not None and handler.is_new

    def _handler(self, how: str, type_: str, method: Callable[..., Any]) -> Handler:
        keys = self._keys_of(type_)
        match how:
            case "moves":
                return Handler(self, keys, self._moving(method), False)
            case "on":
                return Handler(self, keys, lambda row, step, key: method(row, step), False)
            case "on_each":
                return Handler(self, keys, method, False)
            case "enters":
                return Handler(self, keys, lambda row, step, key: method(step, key), True)
            case _:
                return Handler(self, keys, self._making(method), True)

    def _keys_of(self, type_: str) -> Keys:
        return self.keys

    def _making(self, method: Callable[[Step], Row]) -> Change:
        blank = self._blank

        def change(row: Row | None, step: Step, key: Key) -> Row:
            made = {**blank, **self.common(step), **method(step)}
            made.update(self._derived(made, made))
            return made

        return change

    def _moving(self, method: Callable[[Row, Step], Row]) -> Change:
        def change(row: Row | None, step: Step, key: Key) -> Row | None:
            if row is None:
                return None
            changed = method(row, step)
            moved = {**row, **changed}
            moved.update(self._derived(moved, changed))
            return moved

        return change

    def _derived(self, row: Row, changed: Container[str]) -> Row:
        """Return the folded forms of the columns that changed."""
        forms: dict[str, Any] = {}
        if any(name in changed for name in self._worded):
            worded = (row[name] for name in self._worded)
            # Folded forms contain no line breaks, so a search never matches across two texts.
            forms[WORDING] = "\n".join(folded(text) for text in worded if text)
        if THEMES_FOLDED in self._blank and "themes" in changed:
            forms[THEMES_FOLDED] = list(dict.fromkeys(map(folded, row["themes"])))
        if SECTOR_FOLDED in self._blank and "sector" in changed:
            forms[SECTOR_FOLDED] = folded(row["sector"]) if row["sector"] else None
        return forms

    def common(self, step: Step) -> Row:
        """Return the columns that every new row of the table has."""
        return {}


class Subjects(Projection):
    """A projection with a row for each subject of one kind."""

    kind: ClassVar[Kind]

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        super().__init__()

    def stream(self, key: Key, step: Step) -> Stream:
        """Return the subject's own stream."""
        return stream_of(self.kind, key[0])

    def common(self, step: Step) -> Row:
        """Return the columns of every new subject: its organisation, cohort and visibility, and when it was created."""
        level = self.first_level(step)
        return {
            "key": step.data[self._fields[step.type]],
            "position": step.position,
            "occurred_at": step.occurred_at,
            "time_precision": step.time_precision,
            "organisation": step.organisation,
            "cohort": step.cohort,
            "level": level,
            "created_level": level,
            **_updated_by(step),
        }

    def first_level(self, step: Step) -> str:
        """Return the visibility of a new subject."""
        return step.level or step.default_level

    def audiences(self, row: Row) -> Audiences:
        """Return who may see a row's subject, and who may see later events of it."""
        return audiences_of_subject(
            self.kind, Visibility(row["level"]), self.owners(row), row["cohort"], self.cause(row)
        )

    def owners(self, row: Row) -> Sequence[str]:
        """Return the organisations that the subject belongs to."""
        return () if row["organisation"] is None else (row["organisation"],)

    def cause(self, row: Row) -> FailureCause | None:
        """Return the cause of a failure, None for other subjects."""
        return None

    @moves(VisibilityChanged)
    def shown(self, row: Row, step: Step[VisibilityChanged]) -> Row:
        """Its visibility changes."""
        return {"level": step.model.visibility.value}

    @moves(EventVoided, EventCorrected)
    def amended(self, row: Row, step: Step[EventVoided | EventCorrected]) -> Row:
        """An event that changed it is voided or corrected. The other columns are recomputed from its history."""
        return {}

    def updated(self, row: Row, step: Step) -> Row:
        """Return when the subject was last changed, if everybody who may see the subject may also see the change.

        Where more viewers see the subject than its later events, only its creation counts, and what is seen with it.
        What is about an event of an earlier subject with the same key does not count.
        """
        origin = step.origin
        if origin.position < row["position"]:
            return {}
        if origin.seen_with_subject:
            return _updated_by(step)
        itself, below = self.audiences(row)
        return _updated_by(step) if itself == below else {}

    def _moving(self, method: Callable[[Row, Step], Row]) -> Change:
        return super()._moving(lambda row, step: {**method(row, step), **self.updated(row, step)})

    def _derived(self, row: Row, changed: Container[str]) -> Row:
        derived = super()._derived(row, changed)
        if any(name in changed for name in AUDIENCE_OF):
            return {**derived, "audience": column(self.audiences(row).itself)}
        return derived

    def _keys_of(self, type_: str) -> Keys:
        if type_ == VisibilityChanged.name:
            return self._shown_key
        if type_ in (EventVoided.name, EventCorrected.name):
            return lambda step: () if step.about is None else self.touches(step.about)
        field = self._fields[type_] = self._field(type_)
        return lambda step: ((step.data[field],),)

    def _shown_key(self, step: Step) -> Sequence[Key]:
        subject = step.event.subject
        if subject is None or kind_of(subject) != self.kind:
            return ()
        return ((key_of(subject),),)

    def _field(self, type_: str) -> str:
        """Return the field in which events of a type create or name a single subject of this kind."""
        references = VOCABULARY.named(type_).references
        created = [found.field for found in references if found.creates == self.kind]
        named = [
            found.field for found in references if found.kinds == (self.kind,) and not found.many
        ]
        return (created or named)[0]


def _updated_by(step: Step) -> Row:
    return {"updated_at": step.occurred_at, "updated_position": step.position}


class Events(Projection):
    """A projection with a row for each event of some types, at the event's position."""

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the event's own position."""
        return ((step.position,),)

    def stream(self, key: Key, step: Step) -> Stream:
        """Return a stream of the event, which also contains every event about it."""
        return step.streams[0]

    def common(self, step: Step) -> Row:
        """Return the event's organisation and cohort, and the visibility that its sender gave it."""
        return {
            "position": step.position,
            "occurred_at": step.occurred_at,
            "time_precision": step.time_precision,
            "organisation": step.owner,
            "cohort": step.cohort,
            "level": step.level if step.adds else None,
        }


class LevelledEvents(Events):
    """A projection with rows for events whose visibility can change later."""

    def common(self, step: Step) -> Row:
        """Also return the event's own audience, None if it has that of its subject."""
        return {**super().common(step), "audience": step.own_audience}

    @moves(VisibilityChanged)
    def shown(self, row: Row, step: Step[VisibilityChanged]) -> Row:
        """Its visibility changes."""
        level = step.model.visibility.value
        return {"level": level, "audience": step.about.audience(level) if step.about else None}

    def _keys_of(self, type_: str) -> Keys:
        return self._about if type_ == VisibilityChanged.name else self.keys

    def _about(self, step: Step) -> Sequence[Key]:
        about = step.about
        return self.keys(about) if about is not None and about.type in self.handlers else ()


class Facts(LevelledEvents):
    """A projection with a row for each event that records something about a subject."""
