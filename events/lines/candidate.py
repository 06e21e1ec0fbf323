"""An event as it was sent and found well-formed; not judged yet."""

from dataclasses import dataclass, replace
from typing import Final

from events.vocabulary.catalogue import JsonObject, dataschema
from events.vocabulary.event import Event
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream
from events.vocabulary.strict_json import written

SERVER_SET: Final = ("dataschema", "position", "about", "recordedtime", "previoushash", "salt")
"""Attributes that the log sets; what a sender gives for them is replaced."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A well-formed event on its way into the log.

    `event.content` holds the envelope's attributes as in the line to come, `data` the data as sent without nulls: in
    the version it was sent in, its numbers as spelled, while `event.data` is in the present one. `given_subject` is the
    subject that the sender gave for an event about another event, whose subject only the log knows;
    `actor_is_filled_in` says that they named no actor. `faults` are those of its form that refuse a new event, though
    an earlier release took it: whether it is a repeat, only the log knows.
    """

    event: Event
    data: JsonObject
    given_subject: str | None = None
    actor_is_filled_in: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def identity(self) -> tuple[str, str]:
        """What makes the event the same one when it is sent again: (source, id)."""
        return self.event.source, self.event.id

    @property
    def person(self) -> Stream:
        """The stream of the person whom an event with personal data introduces."""
        return self.event.created[0]

    def about(self, position: int) -> "Candidate":
        """Return the candidate with the position of the event that it names by source and id looked up."""
        return replace(self, event=self.event.about(position))

    def content(self, subject: str | None) -> JsonObject:
        """Return what the event says: all of its line but what the log sets."""
        attributes = dict(self.event.content)
        if subject is not None:
            attributes["subject"] = subject
        return {**attributes, "data": self.data}

    def line(
        self,
        *,
        subject: str | None,
        position: int,
        recorded_time: str,
        previous_hash: str,
        salt: str,
    ) -> bytes:
        """Return the event's text, the one that is stored, hashed and served (UTF-8, no newline)."""
        content = self.content(subject)
        data = content.pop("data")
        about = self.event.about_event
        return written(
            {
                **content,
                "dataschema": dataschema(self.event.wire_name),
                "position": position,
                **({} if about is None else {"about": about}),
                "recordedtime": recorded_time,
                "previoushash": previous_hash,
                "salt": salt,
                "data": data,
            }
        )
