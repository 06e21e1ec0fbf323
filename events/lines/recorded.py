"""What the log returns: recorded events, and the receipts of new ones."""

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
    """The log has an event of a type that this release does not know."""

    def __init__(self, name: str, position: int) -> None:
        self.name = name
        self.position = position
        super().__init__(
            f"the event at position {position} is of the type {name}, which this release does not know"
        )


@dataclass(frozen=True)
class Recorded:
    """An event as the log stores it: its exact text, its position, and its version in each of its streams."""

    position: int
    line: bytes
    streams: Mapping[str, int]

    @cached_property
    def content(self) -> JsonObject:
        """The text's JSON object."""
        content: JsonObject = orjson.loads(self.line)
        return content

    def event(self, catalogue: Catalogue) -> Event:
        """Return the typed event, with its data in the present version of its type.

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
    """Return the event of a line's JSON object, which may come from any source.

    Raises UnknownType, and AttributeError, KeyError, TypeError or ValueError for an object that no log wrote.
    """
    event = read_event(content, catalogue)
    # Everything else that an event reads from its line depends on these.
    for read in ("source", "id", "actor", "time_us", "visibility", "default_level", "mentions"):
        getattr(event, read)
    return event


@dataclass(frozen=True, slots=True)
class Receipt:
    """The confirmation that an event is on disk.

    `streams` gives the event's version in each of its streams that the sender may see. `repeated` means that it was
    recorded before, and that this is its first receipt again.
    """

    source: str
    id: str
    position: int
    streams: Mapping[str, int]
    hash: str
    repeated: bool = False
    warnings: tuple[Advice, ...] = ()
