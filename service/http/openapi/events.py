"""The schemas of events: one for each type, from the vocabulary, and the union of all, which `type` distinguishes."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from events.lines.candidate import SERVER_SET
from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject
from events.vocabulary.json_schemas import definition_name, json_schema
from events.vocabulary.words.envelope import ATTRIBUTES
from service.http.envelope_schema import REQUIRED, envelope_schema
from service.http.openapi.component import Component, schema

_OWN: Final = ("type", "data")
"""The attributes that each type has for itself."""

_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SET_BY_LOG: Final[Mapping[str, JsonObject]] = {
    "dataschema": {"type": "string", "format": "uri"},
    "position": {"type": "integer", "minimum": 1},
    "about": {"type": "integer", "minimum": 1},
    "recordedtime": {"type": "string", "format": "date-time"},
    "previoushash": _HASH,
    "salt": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_NOT_ALWAYS: Final = ("about",)

_LEFT_OUT: Final = ("$schema", "$id", "$defs", "anyOf", "x-before", "x-after")


def name_of(kind: EventKind) -> str:
    """Return the name of the schema of a type's events."""
    return kind.model.__name__


@cache
def event() -> Component:
    """Return the schema of an event of any type, as it is sent."""
    envelope = envelope_schema()
    extension = envelope["additionalProperties"]
    beyond = " ".join(
        (extension["description"], *(one["x-beyond-schema"] for one in (extension, envelope)))
    )
    about = "A CloudEvent 1.0. Its `type` decides which `data` it has."
    return _union("Event", about, _event_of, **{"x-beyond-schema": beyond})


@cache
def recorded_event() -> Component:
    """Return the schema of an event of any type, as it is recorded."""
    about = "An event as it is recorded, with the attributes that the log sets."
    return _union("RecordedEvent", about, _recorded)


@cache
def batch() -> Component:
    """Return the schema of an array of events.

    It is within `allOf` because openapi-python-client distinguishes the bodies of a request by their classes, and a
    list of these events has none.
    """
    return schema("EventBatch", {"allOf": [{"type": "array", "items": event()}]})


@cache
def data() -> Component:
    """Return the schema of the data of an event of any type, which is the body in binary mode."""
    about = "The data of an event of any type."
    return schema(
        "EventData",
        {"description": about, "anyOf": [_data_of(kind) for kind in VOCABULARY.kinds]},
    )


def _union(
    name: str, about: str, member: Callable[[EventKind], Component], **more: Any
) -> Component:
    """Return the schema of the events of all types, which `type` distinguishes."""
    members = {kind: member(kind) for kind in VOCABULARY.kinds}
    mapping = {wire: one.address for kind, one in members.items() for wire in kind.wire_names}
    return schema(
        name,
        {
            "description": about,
            "oneOf": list(members.values()),
            "discriminator": {"propertyName": "type", "mapping": mapping},
            **more,
        },
    )


def _event_of(kind: EventKind) -> Component:
    names = kind.wire_names
    own = {
        "type": "object",
        "properties": {
            "type": {"const": names[0]} if len(names) == 1 else {"enum": list(names)},
            "data": _data_of(kind),
        },
        "required": list(_OWN),
    }
    described = json_schema(kind)["description"]
    return schema(name_of(kind), {"description": described, "allOf": [_attributes(), own]})


@cache
def _attributes() -> Component:
    """Return the schema of the attributes that events of all types have."""
    envelope = envelope_schema()
    definitions = {name: _definition(name, one) for name, one in envelope["$defs"].items()}
    properties = {
        name: _embedded(one, definitions)
        for name, one in envelope["properties"].items()
        if name in ATTRIBUTES and name not in (*_OWN, *SERVER_SET)
    }
    return schema(
        "EventAttributes",
        {
            "description": "The attributes of every event.",
            "type": "object",
            "properties": properties,
            "required": [name for name in REQUIRED if name not in _OWN],
        },
    )


def _recorded(kind: EventKind) -> Component:
    parts = [_event_of(kind), _set_by_log()]
    return schema(f"Recorded{name_of(kind)}", {"allOf": parts})


@cache
def _set_by_log() -> Component:
    """Return the schema of the attributes that the log sets."""
    words = envelope_schema()["properties"]
    return schema(
        "LogAttributes",
        {
            "description": "The attributes that the log sets.",
            "type": "object",
            "properties": {name: {**words[name], **_SET_BY_LOG[name]} for name in SERVER_SET},
            "required": [name for name in SERVER_SET if name not in _NOT_ALWAYS],
        },
    )


@cache
def _data_of(kind: EventKind) -> Component:
    found = json_schema(kind)
    name = f"{name_of(kind)}Data"
    definitions = dict(_definitions(kind, found["$defs"]))
    kept = {key: part for key, part in found.items() if key not in _LEFT_OUT}
    return schema(name, {**_embedded(kept, definitions), **_at_least_one(kind)})


def _at_least_one(kind: EventKind) -> JsonObject:
    """Return the part that asks for one of several fields. Of `anyOf`, generators make a type for each way."""
    names = kind.model.at_least_one_of
    if not names:
        return {}
    return {
        "not": {"properties": {name: {"type": "null"} for name in names}},
        "x-beyond-schema": f"At least one of these is neither null nor blank: {', '.join(names)}.",
    }


def _definitions(
    kind: EventKind, found: Mapping[str, JsonObject]
) -> Iterator[tuple[str, Component]]:
    """Yield the definitions of a type; one that other types have with other words gets the type's name."""
    for name, one in found.items():
        called = name if _is_shared(name) else f"{name_of(kind)}{name}"
        yield name, _definition(called, one)


def _definition(name: str, found: JsonObject) -> Component:
    """Return a definition as a component. A closed list becomes an `enum`, which generators know."""
    terms = found.get("oneOf")
    if terms is None:
        return schema(name, _embedded(found, {}))
    meanings = [f"- `{one['const']}`: {one['description']}" for one in terms]
    about = "\n".join((found["description"], "", *meanings))
    values = [one["const"] for one in terms]
    return schema(name, {"description": about, "type": found["type"], "enum": values})


@cache
def _is_shared(name: str) -> bool:
    """Return whether the definition is the same in all types."""
    alike = [
        found
        for kind in VOCABULARY.kinds
        if (found := json_schema(kind)["$defs"].get(name)) is not None
    ]
    return all(one == alike[0] for one in alike)


def _embedded(part: Any, definitions: Mapping[str, Component]) -> Any:
    """Return a part of a schema that refers to components instead of definitions of its own.

    Without defaults: generated clients would ask for every field that has one.
    """
    if isinstance(part, list):
        return [_embedded(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _embedded(one, definitions) for name, one in part.items() if name != "default"}
    named = definition_name(found) if isinstance(found.get("$ref"), str) else None
    if named is None:
        return found
    return {**found, "$ref": definitions[named]} if len(found) > 1 else definitions[named]
