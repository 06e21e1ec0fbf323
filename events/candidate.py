"""An event as it was sent and found well-formed; not judged yet."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.catalogue import JsonObject, dataschema
from events.event import Event

SERVER_SET: Final = ("dataschema", "position", "recordedtime", "previoushash", "salt")
"""Attributes that the log sets; what a sender gives for them is replaced."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A well-formed event on its way into the log.

    `attributes` are the envelope's as they will stand in the line, `data` the data as sent without nulls (in the
    version it was sent in, while `event.data` is in the present one). `given_subject` is what the sender said of an
    event about another event, whose subject only the log knows; `actor_is_filled_in` that they named no actor.
    """

    event: Event
    attributes: JsonObject
    data: JsonObject
    given_subject: str | None = None
    actor_is_filled_in: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """What makes the event the same one when it is sent again: (source, id)."""
        return self.event.source, self.event.id

    def content(self, subject: str | None) -> JsonObject:
        """Return what the event says: all of its line but what the log sets."""
        attributes = dict(self.attributes)
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
        return orjson.dumps(
            {
                **content,
                "dataschema": dataschema(self.attributes["type"]),
                "position": position,
                "recordedtime": recorded_time,
                "previoushash": previous_hash,
                "salt": salt,
                "data": data,
            }
        )


def same_json(one: Any, other: Any) -> bool:
    """Say whether two JSON values are equal: numbers by value, objects without regard to order or nulls."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = {name for name in one if one[name] is not None} | {
            name for name in other if other[name] is not None
        }
        return all(same_json(one.get(name), other.get(name)) for name in names)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
