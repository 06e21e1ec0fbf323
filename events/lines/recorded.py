"""What comes out of the log: recorded events, and the receipts of those just recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from events.vocabulary.catalogue import Catalogue, JsonObject
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, EventsError
from events.vocabulary.stream import Stream, recorded_streams


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
        return read_event(self.content, catalogue, recorded_streams(self.streams))


def read_event(
    content: Mapping[str, Any], catalogue: Catalogue, streams: tuple[Stream, ...] = ()
) -> Event:
    """Return the event of a line's JSON object, in these streams. Raises UnknownType."""
    found = catalogue.find(content["type"])
    if found is None:
        raise UnknownType(content["type"], content["position"])
    kind, version = found
    return Event(kind, version, content, position=content["position"], streams=streams)


def read_unverified(content: Mapping[str, Any], catalogue: Catalogue) -> Event:
    """Return the event of the JSON object of a line that may be from anywhere.

    Raises UnknownType, and AttributeError, KeyError, TypeError or ValueError for what no log has.
    """
    event = read_event(content, catalogue)
    # What else an event reads from its line, it reads from these.
    for read in ("source", "id", "actor", "time_us", "visibility", "default_level", "mentions"):
        getattr(event, read)
    return event


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
