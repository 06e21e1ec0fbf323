"""OCEL 2.0 JSON, the standard for object-centric event logs (ocel-standard.org), for process mining.

Subjects become objects and events stay events; the name of the referring field qualifies a relation. An object's
attributes are the fields of the events that created or moved it, each from the event's time on. Events are written
first, in order and as they were recorded; objects are collected in a temporary file by reading the log a second time.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue, EventKind, JsonObject
from events.vocabulary.stream import KINDS, Kind, event_reference, kind_of, stream_of
from events.vocabulary.types import Mark
from events.vocabulary.values.times import as_text, moment
from service.replay.amendments import Amendments
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.columns import data_columns
from service.replay.source import Source

_TYPES: Final = {"integer": "integer", "number": "float", "boolean": "boolean"}
_OWN: Final = {
    "position": "integer",
    "recordedtime": "time",
    "source": "string",
    "source_id": "string",
    "actor": "string",
    "visibility": "string",
    "timeprecision": "string",
    "voided_by": "integer",
    "corrected_by": "integer",
}
_SCHEMA: Final = """
create table objects (stream text primary key, first integer not null);
create table attributes (stream text, number integer, name text, value text, time text);
create table relations (stream text, number integer, object text, qualifier text);
create index attributes_of on attributes (stream, number);
create index relations_of on relations (stream, number);
"""


class Ocel:
    """Writes one JSON object with the types, the events and the objects."""

    def __init__(
        self,
        catalogue: Catalogue,
        source: Source,
        selection: Selection,
        amendments: Amendments,
        begun: bool,
    ) -> None:
        self._catalogue = catalogue
        self._amendments = amendments
        self._source = source
        self._selection = selection
        self._begun = begun
        self._columns = data_columns(catalogue)

    def head(self) -> bytes:
        """Return the types of events and objects, from the vocabulary, and the beginning of the events."""
        kinds = self._catalogue.kinds
        columns = data_columns(self._catalogue)
        events = [
            {
                "name": kind.name,
                "attributes": [*_declared(_OWN), *_declared(self._attributes_of(kind, columns))],
            }
            for kind in kinds
        ]
        objects = []
        for subject in KINDS:
            attributes: dict[str, str] = {}
            for kind in kinds:
                if kind.mark in (Mark.CREATES, Mark.MOVES) and subject in _subject_kinds(kind):
                    attributes |= self._attributes_of(kind, columns)
            objects.append({"name": subject, "attributes": _declared(attributes)})
        text = orjson.dumps({"eventTypes": events, "objectTypes": objects})
        return text[:-1] + b',"events":['

    def page(self, lines: bytes) -> bytes:
        """Return the events, separated by commas."""
        events = b",\n".join(
            orjson.dumps(self._event(event)) for event in decoded(lines, self._catalogue)
        )
        begun, self._begun = self._begun, True
        return (b",\n" if begun else b"\n") + events

    def tail(self) -> Iterable[bytes]:
        """Yield the objects: every subject that the events refer to."""
        yield b'\n],"objects":['
        comma = b"\n"
        for found in self._objects():
            yield comma + orjson.dumps(found)
            comma = b",\n"
        yield b"\n]}\n"

    def _event(self, event: ReplayedEvent) -> JsonObject:
        content = event.content
        own = {
            "position": content["position"],
            "recordedtime": content["recordedtime"],
            "source": content["source"],
            "source_id": content["id"],
            "actor": content["actor"],
            "visibility": content.get("visibility"),
            "timeprecision": event.time_precision,
            "voided_by": self._amendments.voided_by([event.position])[0],
            "corrected_by": self._amendments.corrected_by([event.position])[0],
        }
        attributes = [*own.items(), *self._attributes_in(event)]
        return {
            "id": event_reference(event.position),
            "type": event.type,
            "time": as_text(moment(content["time"])),
            "attributes": [
                {"name": name, "value": _value(value)}
                for name, value in attributes
                if value is not None
            ],
            "relationships": [
                {"objectId": stream, "qualifier": qualifier}
                for stream, qualifier in _relations(event)
            ],
        }

    def _attributes_in(self, event: ReplayedEvent) -> Iterator[tuple[str, Any]]:
        """Yield the event's fields except references and personal data, which is encrypted."""
        kind = event.kind
        for name, value in event.data.items():
            if name not in kind.takes and name not in kind.personal:
                if isinstance(value, dict) and self._columns[name] == "money":
                    yield from ((f"{name}_{part}", inner) for part, inner in value.items())
                else:
                    yield name, value

    def _attributes_of(self, kind: Any, columns: dict[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, field in kind.model.model_fields.items():
            column = field.alias or name
            if column in kind.takes or column in kind.personal:
                continue
            if columns[column] == "money":
                found |= {f"{column}_amount": "float", f"{column}_currency": "string"}
            else:
                found[column] = _TYPES.get(columns[column], "string")
        return found

    def _objects(self) -> Iterator[JsonObject]:
        disk = sqlite3.connect("", isolation_level=None)
        disk.executescript(_SCHEMA)
        disk.execute("begin")
        for chunk in self._source.chunks(self._selection):
            for event in decoded(chunk, self._catalogue):
                self._learn(disk, event)
        for stream, _ in disk.execute("select stream, first from objects order by first, rowid"):
            yield {
                "id": stream,
                "type": kind_of(stream),
                "attributes": [
                    {"name": name, "value": value, "time": time}
                    for name, value, time in disk.execute(
                        "select name, value, time from attributes where stream = ? order by number, rowid",
                        (stream,),
                    )
                ],
                "relationships": [
                    {"objectId": other, "qualifier": qualifier}
                    for other, qualifier in disk.execute(
                        "select object, qualifier from relations where stream = ? order by number, rowid",
                        (stream,),
                    )
                ],
            }
        disk.close()

    def _learn(self, disk: sqlite3.Connection, event: ReplayedEvent) -> None:
        position = event.position
        relations = list(_relations(event))
        for stream, _ in relations:
            disk.execute("insert or ignore into objects values (?, ?)", (stream, position))
        if event.kind.mark not in (Mark.CREATES, Mark.MOVES):
            return
        time = as_text(moment(event.content["time"]))
        of = [
            stream_of(kind, event.data[kind])
            for kind in _subject_kinds(event.kind)
            if kind in event.data
        ]
        for stream in of:
            disk.executemany(
                "insert into attributes values (?, ?, ?, ?, ?)",
                [
                    (stream, position, name, _value(value), time)
                    for name, value in self._attributes_in(event)
                ],
            )
            if event.kind.mark is Mark.CREATES:
                disk.executemany(
                    "insert into relations values (?, ?, ?, ?)",
                    [
                        (stream, position, other, qualifier)
                        for other, qualifier in relations
                        if other not in of
                    ],
                )


def _subject_kinds(kind: EventKind) -> tuple[Kind, ...]:
    """Return the kinds of the subjects that the fields of an event of this type describe."""
    if kind.creates:
        return tuple(kind.creates)
    first = next(iter(kind.references), None)
    return first.kinds if first is not None and len(first.kinds) == 1 else ()


def _relations(event: ReplayedEvent) -> Iterator[tuple[str, str]]:
    """Yield the subjects that the event refers to, with the field; an event about another event has its subject."""
    seen = set()
    for mention in event.kind.mentions(event.data):
        if (mention.stream, mention.field) not in seen:
            seen.add((mention.stream, mention.field))
            yield mention.stream, mention.field
    if not seen and event.subject is not None:
        yield event.subject, "about"


def _declared(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": type_} for name, type_ in attributes.items()]


def _value(value: Any) -> str:
    """Return the value as text, which OCEL's JSON Schema requires for every declared type (specification 2.0, 8.2)."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
