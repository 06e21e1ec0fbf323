"""The typed event: one event, and everything that follows from it alone.

The rules, the folds of the subjects' states, the projections, the figures and replays use this class. An event is
made from an envelope, which a line of the log or a sender's request contains. Everything else is computed once, on
first access.
"""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from datetime import datetime
from typing import Any, Final, Generic

from events.vocabulary.catalogue import EventKind, JsonObject
from events.vocabulary.derived import derived
from events.vocabulary.fields.references import Mention
from events.vocabulary.stream import Stream, cohort_among, kind_of, organisations_among
from events.vocabulary.terms import TimePrecision, Visibility
from events.vocabulary.types import EventType
from events.vocabulary.types.event_type import Type_co
from events.vocabulary.values.times import instant, moment

_LEVELS: Final = {level.value: level for level in Visibility}
_NONE: Final[Mapping[str, Any]] = {}
_PRECISIONS: Final = {precision.value: precision for precision in TimePrecision}
_OF_STREAMS: Final = ("cohort", "organisations", "owner")
"""The properties that are computed from an event's streams."""


class Event(Generic[Type_co]):
    """One event. The `model` of an `Event[LearningCaptured]` is a `LearningCaptured`.

    `content` has the attributes of its envelope; `version` is the version of its type in which it was sent. `position`
    and `streams` are those that it has in the log; before it is recorded, they are 0 and empty.
    """

    kind: EventKind[Type_co]
    version: int
    content: Mapping[str, Any]
    position: int
    streams: tuple[Stream, ...]

    def __init__(
        self,
        kind: EventKind[Type_co],
        version: int,
        content: Mapping[str, Any],
        *,
        position: int = 0,
        streams: tuple[Stream, ...] = (),
        data: JsonObject | None = None,
        model: Type_co | None = None,
        time_us: int | None = None,
    ) -> None:
        """Make an event from its envelope.

        `data` is in the present version of its type, `model` is the validated data, and `time_us` is its time. Those
        that are not provided are read from `content`, which must have been validated.
        """
        fields = self.__dict__
        fields["kind"] = kind
        fields["version"] = version
        fields["content"] = content
        fields["position"] = position
        fields["streams"] = streams
        if data is not None:
            fields["data"] = data
        if model is not None:
            fields["model"] = model
        if time_us is not None:
            fields["time_us"] = time_us

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __repr__(self) -> str:
        return f"<{self.position} {self.kind.name} {self.subject}>"

    @property
    def corrected_fields(self) -> Mapping[str, Any]:
        """The values that were corrected in this reading of the event (see `corrected`)."""
        found: Mapping[str, Any] = self.__dict__.get("corrected_fields", _NONE)
        return found

    @property
    def sender(self) -> str | None:
        """The id of its sender, None if it is not known (see `sent_by`)."""
        return self.__dict__.get("sender_id")

    # The envelope and the data

    @derived
    def data(self) -> JsonObject:
        """Its data as a JSON object, in the present version of its type.

        Raises ValueError if the data names another event by source and id and the line does not give its position.
        """
        return self.kind.read(self.content, self.version)

    @derived
    def model(self) -> Type_co:
        """Its data as the model of its type. It was validated when it was recorded, and is not validated again."""
        return self.kind.typed(self.data)

    def is_of(self, *types: type[EventType]) -> bool:
        """Return whether it is of one of these types."""
        return self.kind.name in [type_.name for type_ in types]

    @property
    def wire_name(self) -> str:
        """The full name of its type, with the version in which it was sent."""
        name: str = self.content["type"]
        return name

    @property
    def source(self) -> str:
        """The system that sent it (CloudEvents `source`)."""
        source: str = self.content["source"]
        return source

    @property
    def id(self) -> str:
        """Its id, which is unique within its source (CloudEvents `id`)."""
        id_: str = self.content["id"]
        return id_

    @property
    def actor(self) -> str:
        """Who did it: `person/<key>` or `service/<key>`."""
        actor: str = self.content["actor"]
        return actor

    @property
    def acting_person(self) -> Stream | None:
        """The stream of the person who did it; None if it was a service."""
        actor = Stream(self.actor)
        return actor if kind_of(actor) == "person" else None

    @property
    def time_text(self) -> str:
        """When it happened, as it was sent."""
        text: str = self.content["time"]
        return text

    @derived
    def time(self) -> datetime:
        """When it happened, in UTC."""
        return instant(self.time_text)

    @derived
    def time_us(self) -> int:
        """When it happened, in µs since 1970. Raises ValueError for a time that was never validated."""
        return moment(self.time_text)

    @property
    def time_precision(self) -> TimePrecision | None:
        """How exactly the time is known, if its sender provided it.

        Release 0.1.0 accepted any extension of this name; another value than these counts as none.
        """
        given = self.content.get("timeprecision")
        return _PRECISIONS.get(given) if isinstance(given, str) else None

    @derived
    def recorded_time(self) -> datetime:
        """When it was recorded, in UTC. Only recorded events have it."""
        return instant(self.content["recordedtime"])

    @derived
    def visibility(self) -> Visibility | None:
        """The level that its sender gave it, if any. Raises ValueError for a level that was never validated."""
        given = self.content.get("visibility")
        return None if given is None else _LEVELS.get(given) or Visibility(given)

    @derived
    def default_level(self) -> Visibility:
        """The level that it has if its sender gives none."""
        return self.kind.model.default_level(self.data, self.version)

    @property
    def level(self) -> Visibility:
        """The level that its sender gave it, otherwise the default."""
        return self.visibility or self.default_level

    # The subjects

    @derived
    def mentions(self) -> tuple[Mention, ...]:
        """The subjects that it creates and names, in the order of its fields."""
        return self.kind.mentions(self.data)

    @derived
    def subjects(self) -> tuple[Stream, ...]:
        """The streams of the subjects that it creates and names, each once, in the order of its fields."""
        return tuple(dict.fromkeys(mention.stream for mention in self.mentions))

    @derived
    def created(self) -> tuple[Stream, ...]:
        """The streams of the subjects that it creates."""
        if not self.kind.creates:
            return ()
        return tuple(mention.stream for mention in self.mentions if mention.creates)

    @derived
    def subject(self) -> Stream | None:
        """The stream of the first subject it names; None for an event about another event."""
        return self.mentions[0].stream if self.mentions else None

    @derived
    def about_event(self) -> int | None:
        """The position of the event that it is about: the one that it voids, corrects or re-levels."""
        return self.kind.about_event(self.data)

    @property
    def named_event(self) -> tuple[str, str] | None:
        """Source and id of the event that it is about, if it names it so and the position was not looked up yet."""
        return self.kind.named_event(self.data)

    @derived
    def organisation(self) -> str | None:
        """The acting organisation, if the event names one."""
        return self._named(self.kind.organisation_field)

    @property
    def named_cohort(self) -> str | None:
        """The cohort that it names, if any. An event may belong to a cohort that it does not name (see `cohort`)."""
        return self._named(self.kind.cohort_field)

    def _named(self, field: str | None) -> str | None:
        return None if field is None else self.data.get(field)

    # What follows from its streams

    @derived
    def cohort(self) -> str | None:
        """The cohort that it names, else its iteration's, its question's, its session's or its subject's.

        None if there is none.
        """
        return cohort_among(self.streams)

    @derived
    def organisations(self) -> list[str]:
        """The keys of the organisations in whose streams it is."""
        return organisations_among(self.streams)

    @derived
    def owner(self) -> str | None:
        """The organisation whose event it is: the acting one, otherwise the one of its first subject."""
        return self.organisation or (self.organisations[0] if self.organisations else None)

    def at(self, position: int, streams: tuple[Stream, ...] = ()) -> "Event[Type_co]":
        """Return the same event at this position of the log, in these streams."""
        moved: Event[Type_co] = object.__new__(Event)
        fields = moved.__dict__
        fields.update(self.__dict__)
        fields["position"] = position
        if streams or self.streams:
            fields["streams"] = streams
            for name in _OF_STREAMS:
                fields.pop(name, None)
        return moved

    def corrected(self, fields: Mapping[str, Any]) -> "Event[Type_co]":
        """Return the event as it reads with these further values of fields; null as if the field were left out.

        They are those of the version in which the event was sent, and are converted together with its other fields.
        `content` stays as recorded.
        """
        corrected = {**self.corrected_fields, **fields}
        sent = {**self.content["data"], **corrected}
        data = {name: value for name, value in sent.items() if value is not None}
        reading: Event[Type_co] = Event(
            self.kind,
            self.version,
            self.content,
            position=self.position,
            streams=self.streams,
            data=self.kind.read({**self.content, "data": data}, self.version),
        )
        reading.__dict__["corrected_fields"] = corrected
        return reading

    def sent_by(self, sender: str) -> "Event[Type_co]":
        """Return the same event with the id of its sender, which is not part of its line."""
        sent = self.at(self.position, self.streams)
        sent.__dict__["sender_id"] = sender
        return sent

    def about(self, position: int) -> "Event[Type_co]":
        """Return the same event with the position of the event that it names by source and id."""
        return Event(
            self.kind,
            self.version,
            self.content,
            position=self.position,
            streams=self.streams,
            data=self.kind.about(self.data, position),
        )
