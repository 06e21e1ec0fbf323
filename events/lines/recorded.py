"""What comes out of the log: recorded events, and the receipts of those just recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from events.vocabulary.catalogue import Catalogue, JsonObject
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, EventsError
from events.vocabulary.terms import Visibility
from events.vocabulary.times import moment


class UnknownType(EventsError):
    """The log holds an event of a type this release does not know."""

    def __init__(self, name: str, position: int) -> None:
        self.name = name
        self.position = position
        super().__init__(
            f"the event at position {position} is of the type {name}, which this release does not know"
        )


@dataclass(frozen=True)
class Recorded:
    """An event as the log keeps it: its exact text, its place, and its version in each of its streams."""

    position: int
    line: bytes
    streams: Mapping[str, int]

    @cached_property
    def content(self) -> JsonObject:
        """The text's JSON object."""
        content: JsonObject = orjson.loads(self.line)
        return content

    def event(self, catalogue: Catalogue) -> Event:
        """Return the event as code reads it, its data in the present version of its type.

        Raises UnknownType.
        """
        return read_event(self.content, catalogue, tuple(self.streams))


def read_event(
    content: Mapping[str, Any], catalogue: Catalogue, streams: tuple[str, ...] = ()
) -> Event:
    """Return the event that a line's JSON object tells. Raises UnknownType, and ValueError for what no log writes."""
    found = catalogue.find(content["type"])
    if found is None:
        raise UnknownType(content["type"], content["position"])
    kind, version = found
    data = kind.read(content, version)
    return Event(
        kind=kind,
        source=content["source"],
        id=content["id"],
        time_us=moment(content["time"]),
        time_text=content["time"],
        actor=content["actor"],
        data=data,
        visibility=Visibility(content["visibility"]) if "visibility" in content else None,
        default_level=kind.model.default_level(data, version),
        position=content["position"],
        mentions=kind.mentions(data),
        streams=streams,
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The log's word that an event is on disk.

    `streams` gives the event's version in each of its streams that the sender may see; `repeated` says that it had been
    recorded before, and that this is its first receipt again.
    """

    source: str
    id: str
    position: int
    streams: Mapping[str, int]
    hash: str
    repeated: bool = False
    warnings: tuple[Advice, ...] = ()
