"""An event as an analyst gets it: with its exact line."""

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
    """One event of a replay. `line` is its exact text, `content` that text's JSON object, `kind` its type.

    All else is worked out when it is asked for, so that a million events cost little more than their decoding. In which
    streams it is recorded, a replay does not know, and so neither its cohort nor whose it is: `fold` finds that out.
    """

    line: bytes

    def __init__(
        self, line: bytes, content: JsonObject, kind: EventKind[Type_co], version: int
    ) -> None:
        super().__init__(kind, version, content, position=content["position"])
        self.__dict__["line"] = line

    @property
    def type(self) -> str:
        """The event's type, such as `iteration.planned`, whatever version it was recorded in."""
        return self.kind.name

    @property
    def subject(self) -> Stream | None:
        """The stream of the first subject it names, such as `iteration/label-wall-2`.

        Of an event about another event, it is that one's.
        """
        return self.content.get("subject")

    @property
    def hash(self) -> str:
        """The lower-case hex SHA-256 of its line."""
        return line_hash(self.line)


_UNKNOWN: Final[tuple[None, int]] = (None, 0)


def decoded(chunk: bytes, catalogue: Catalogue = VOCABULARY) -> Iterator[ReplayedEvent]:
    """Yield the events of lines, each of which ends in a newline. Raises UnknownType."""
    loads, find, make = orjson.loads, catalogue.find, ReplayedEvent
    for line in chunk.rstrip(b"\n").split(b"\n") if chunk else ():
        content: Any = loads(line)
        kind, version = find(content["type"]) or _UNKNOWN
        if kind is None:
            raise UnknownType(content["type"], content["position"])
        yield make(line, content, kind, version)
