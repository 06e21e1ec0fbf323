"""A replayed event: its line, decoded once, with its attributes as properties."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import orjson

from events.lines.chain import line_hash
from events.lines.recorded import UnknownType
from events.vocabulary.catalogue import VOCABULARY, Catalogue, EventKind, JsonObject
from events.vocabulary.times import instant


class ReplayedEvent:
    """One event of a replay. `line` is its exact text, `content` the JSON object, `kind` its type in the catalogue.

    Everything else is computed when it is read, so that a million events cost little more than decoding them.
    """

    __slots__ = ("_version", "content", "kind", "line")

    def __init__(self, line: bytes, content: JsonObject, kind: EventKind, version: int) -> None:
        self.line = line
        self.content = content
        self.kind = kind
        self._version = version

    def __repr__(self) -> str:
        return f"<{self.position} {self.type} {self.subject}>"

    @property
    def position(self) -> int:
        """The event's position in the log."""
        position: int = self.content["position"]
        return position

    @property
    def type(self) -> str:
        """The short name of the event's type, such as `iteration.planned`, without a version."""
        return self.kind.name

    @property
    def data(self) -> JsonObject:
        """The event's data, in the current version of its type."""
        return self.kind.read(self.content, self._version)

    @property
    def time(self) -> datetime:
        """When the event happened, as its sender stated; in UTC."""
        return instant(self.content["time"])

    @property
    def recorded_time(self) -> datetime:
        """When the event was recorded; in UTC."""
        return instant(self.content["recordedtime"])

    @property
    def subject(self) -> str | None:
        """The stream of the event's first subject, such as `iteration/label-wall-2`."""
        subject: str | None = self.content.get("subject")
        return subject

    @property
    def source(self) -> str:
        """The system that sent the event."""
        source: str = self.content["source"]
        return source

    @property
    def id(self) -> str:
        """The id that the source gave the event."""
        id_: str = self.content["id"]
        return id_

    @property
    def actor(self) -> str:
        """Who did it: `person/…` or `service/…`."""
        actor: str = self.content["actor"]
        return actor

    @property
    def hash(self) -> str:
        """The SHA-256 of the line, in lower-case hex."""
        return line_hash(self.line)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The streams of all subjects that the event creates or refers to, in the order of its fields."""
        return tuple(dict.fromkeys(mention.stream for mention in self.kind.mentions(self.data)))


_UNKNOWN: Final[tuple[None, int]] = (None, 0)


def decoded(chunk: bytes, catalogue: Catalogue = VOCABULARY) -> Iterator[ReplayedEvent]:
    """Yield the events of lines that each end in a newline. Raises UnknownType."""
    loads, find, make = orjson.loads, catalogue.find, ReplayedEvent
    for line in chunk.rstrip(b"\n").split(b"\n") if chunk else ():
        content: Any = loads(line)
        kind, version = find(content["type"]) or _UNKNOWN
        if kind is None:
            raise UnknownType(content["type"], content["position"])
        yield make(line, content, kind, version)
