"""Candidates: well-formed events that are not judged yet. The envelope's reader makes them, the recorder takes them."""

from dataclasses import dataclass, replace
from typing import Final

from events.vocabulary.catalogue import JsonObject, dataschema
from events.vocabulary.event import Event
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream
from events.vocabulary.values.strict_json import written

SERVER_SET: Final = ("dataschema", "position", "about", "recordedtime", "previoushash", "salt")
"""Attributes that the log sets; values from a sender are replaced."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A well-formed event that may be recorded.

    `event.content` has the envelope's attributes as the line will have them. `data` is the data as sent, without nulls:
    in the version in which it was sent, with numbers as spelled; `event.data` is in the present version.
    `given_subject` is the subject that the sender gave for an event about another event; only the log knows the right
    one. `actor_is_filled_in` means that the sender named no actor. `faults` are faults of its form that refuse a new
    event but that an earlier release accepted, so a repeat may have them; only the log knows whether it is one.
    """

    event: Event
    data: JsonObject
    given_subject: str | None = None
    actor_is_filled_in: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def identity(self) -> tuple[str, str]:
        """The source and id, which are the same if the event is sent again."""
        return self.event.source, self.event.id

    @property
    def person(self) -> Stream:
        """The stream of the person that an event with personal data introduces."""
        return self.event.created[0]

    def about(self, position: int) -> "Candidate":
        """Return the candidate with the position of the event that it names by source and id looked up."""
        return replace(self, event=self.event.about(position))

    def content(self, subject: str | None) -> JsonObject:
        """Return the content of the event's line without what the log sets."""
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
        """Return the event's text as it is stored, hashed and served (UTF-8, without a newline)."""
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
