"""An event as projections read it, with the event that it is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Generic

import orjson

from events.access.audience import audience_of_event, column
from events.lines.recorded import Recorded, read_event
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.corrections import Readings
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, kind_of, recorded_streams
from events.vocabulary.terms import Visibility
from events.vocabulary.types import Mark
from events.vocabulary.types.event_type import Type_co
from events.vocabulary.values.text_folding import trimmed

_UNKNOWN: Final[list[str]] = []
_UNOWNED: Final = ("cohort", "session")
"""The kinds of subjects without an owner."""


class Step(Generic[Type_co]):
    """An event as projections read it. They may use nothing else.

    `event` is the event itself, which all other attributes are taken from. `about` is the step of the event that it
    voids or corrects or whose visibility it changes, as that event read before; `about_position` is its position.
    `type` is a name such as `cohort.formed`, without the version. `data` is in the current version of the type, and
    `model` is the same as an instance of the type's class. `streams` are the event's streams and `cohort` is its
    cohort; `organisation` is the one that acts, if the event names one. `adds` says that the event neither creates a
    subject nor changes the state of one. `creates` says that it creates a subject, and
    `seen_with_subject` that it has its subject's own audience.
    """

    __slots__ = (
        "_audience",
        "about",
        "about_position",
        "adds",
        "cohort",
        "content",
        "creates",
        "data",
        "event",
        "occurred_at",
        "organisation",
        "position",
        "seen_with_subject",
        "streams",
        "type",
    )

    def __init__(self, event: Event[Type_co], about: "Step | None" = None) -> None:
        kind = event.kind
        self.event = event
        self.about = about
        self.about_position = None if kind.about_field is None else event.about_event
        # These are read several times per event. As properties they would take a tenth of a fold's time.
        self.type: str = kind.name
        self.adds = kind.mark is Mark.ADDS
        self.creates = kind.mark is Mark.CREATES
        self.seen_with_subject = kind.model.seen_with_subject
        self.content = event.content
        self.position: int = event.position
        self.streams: tuple[Stream, ...] = event.streams
        self.data = event.data
        self.occurred_at = event.time
        self.cohort = event.cohort
        self.organisation = event.organisation
        self._audience: list[str] | None = _UNKNOWN

    @classmethod
    def read(cls, recorded: Recorded, catalogue: Catalogue, about: "Step | None" = None) -> "Step":
        """Return the step of a recorded event. Raises UnknownType."""
        streams = recorded_streams(recorded.streams)
        return Step(read_event(orjson.loads(recorded.line), catalogue, streams), about)

    def corrected(self, fields: Mapping[str, Any]) -> "Step[Type_co]":
        """Return the step of the event as it reads with these further corrected fields; this one if there are none."""
        return Step(self.event.corrected(fields), self.about) if fields else self

    @property
    def origin(self) -> "Step":
        """The event that this one is about in the end: itself, unless it is about another."""
        step: Step = self
        while step.about is not None:
            step = step.about
        return step

    @property
    def model(self) -> Type_co:
        """The event's data as an instance of its type's class."""
        return self.event.model

    @property
    def time_precision(self) -> str | None:
        """How exactly the time is known, if the sender provided it."""
        return value_of(self.event.time_precision)

    @property
    def recorded_at(self) -> datetime:
        """When the event was recorded."""
        return self.event.recorded_time

    @property
    def organisations(self) -> list[str]:
        """The keys of the organisations whose streams contain the event."""
        return self.event.organisations

    @property
    def owner(self) -> str | None:
        """The organisation that acts: the one that the event names, else that of its first subject."""
        return self.event.owner

    @property
    def owners(self) -> list[str]:
        """The organisations whose event it is: the one that acts, else the owners of its first subject."""
        if self.organisation is not None:
            return [self.organisation]
        kind = kind_of(self.streams[0]) if self.streams else ""
        if kind in _UNOWNED:
            return []
        return self.organisations if kind == "pairing" else self.organisations[:1]

    @property
    def level(self) -> str | None:
        """The visibility that the sender gave the event."""
        return self.content.get("visibility")

    @property
    def default_level(self) -> str:
        """The visibility that applies if the sender gave none."""
        return self.event.default_level.value

    @property
    def names(self) -> list[str]:
        """The streams of the subjects that the event names or creates."""
        return [*self.event.kind.names(self.data)]

    @property
    def own_audience(self) -> list[str] | None:
        """The audience at the visibility that the sender gave; None if it is that of the first subject."""
        if self._audience is _UNKNOWN:
            self._audience = self.audience(self.level)
        return self._audience

    def audience(self, level: str | None) -> list[str] | None:
        """Return the audience if the event had this visibility; None if it is that of the first subject."""
        own = audience_of_event(
            self.event.kind,
            Visibility(level) if level is not None else None,
            self.content.get("subject"),
            self.cohort,
        )
        return None if own is None else column(own)

    # Its data, one field at a time

    def text(self, field: str) -> str | None:
        """Return an optional text; a blank one counts as absent."""
        value: str | None = self.data.get(field)
        return value if value and trimmed(value) else None

    def texts(self, field: str) -> list[str]:
        """Return a list of texts, empty if it was not provided."""
        return self.data.get(field) or []

    def number(self, field: str) -> float | None:
        """Return an optional number."""
        value = self.data.get(field)
        return None if value is None else float(value)

    def day(self, field: str) -> date | None:
        """Return an optional day."""
        value = self.data.get(field)
        return None if value is None else date.fromisoformat(value)


def value_of(term: StrEnum | None) -> str | None:
    """Return an optional term as it is stored in a row."""
    return None if term is None else term.value


def linked(recorded: Iterable[Recorded], catalogue: Catalogue) -> list[Step]:
    """Return the steps of these events, with `about` set where that event is among them. Raises UnknownType."""
    steps = [Step.read(event, catalogue) for event in recorded]
    link(steps)
    return steps


def linked_events(events: Iterable[Event]) -> list[Step]:
    """Return the steps of these events, which have their streams, linked in the same way."""
    steps = [Step(event) for event in events]
    link(steps)
    return steps


def link(steps: Sequence[Step]) -> None:
    """Set `about` of each step where that event is among them: to the event as it read before the step.

    The steps are in the order of the log.
    """
    abouts = {position: None for step in steps if (position := step.about_position) is not None}
    if abouts:
        found = {step.position: step for step in steps if step.position in abouts}
        readings = Readings()
        for step in steps:
            if (position := step.about_position) is not None:
                about = found.get(position)
                step.about = about and about.corrected(readings.fields(position))
                readings.take(step.event)


def readings_in(steps: Iterable[Step]) -> Readings:
    """Return what these steps void and correct."""
    readings = Readings()
    for step in steps:
        if step.about_position is not None:
            readings.take(step.event)
    return readings


def present_steps(steps: Sequence[Step], readings: Readings) -> Sequence[Step]:
    """Return the steps, with corrected events as they read. A correction is still about the event as it read before."""
    if not readings.has_corrections:
        return steps
    return [_present_step(step, readings) for step in steps]


def _present_step(step: Step, readings: Readings) -> Step:
    about = step.about
    if about is not None and step.event.kind.mark is not Mark.CORRECTS:
        read = about.corrected(readings.fields(about.position))
        return step if read is about else Step(step.event, read)
    return step.corrected(readings.fields(step.position))
