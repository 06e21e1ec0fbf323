"""A replayed event: the event, with its exact line."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from events.lines.chain import line_hash
from events.lines.recorded import UnknownType
from events.vocabulary.catalogue import VOCABULARY, Catalogue, EventKind, JsonObject
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream
from events.vocabulary.types.event_type import Type_co


class ReplayedEvent(Event[Type_co]):
    """One event of a replay. `line` is its exact text, `content` the JSON object, `kind` its type in the catalogue.

    Everything else is computed when it is read, so that a million events cost little more than decoding them. A replay
    does not know the streams of an event, and so neither its cohort nor its owner; `fold` computes them.
    """

    line: bytes

    def __init__(
        self, line: bytes, content: JsonObject, kind: EventKind[Type_co], version: int
    ) -> None:
        super().__init__(kind, version, content, position=content["position"])
        self.__dict__["line"] = line

    @property
    def type(self) -> str:
        """The short name of the event's type, such as `iteration.planned`, without a version."""
        return self.kind.name

    @property
    def subject(self) -> Stream | None:
        """The stream of the event's first subject, such as `iteration/label-wall-2`.

        An event about another event has that event's.
        """
        return self.content.get("subject")

    @property
    def hash(self) -> str:
        """The SHA-256 of the line, in lower-case hex."""
        return line_hash(self.line)


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
