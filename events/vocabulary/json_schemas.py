"""The JSON Schemas (2020-12) of events' data, with the words of types, fields and terms. The service publishes them.

A schema refuses what the service refuses, and takes what it takes, as far as a schema can say it. Where the service
asks for more, `x-beyond-schema` says what.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject, dataschema
from events.vocabulary.fields.definitions import DEFINITION, definitions
from events.vocabulary.words import LISTS, ClosedList, field_words, types_before, words_of

KEYWORDS: Final[Mapping[str, str]] = {
    "x-use-when": "When to record an event of this type.",
    "x-before": "The types that usually come before an event of this type. None: it may come at any time.",
    "x-after": "The types that usually come after an event of this type. None: nothing in particular follows.",
    "x-creates": "The kind of subject that the event creates. The value is the key of a new one.",
    "x-names": "The kinds of subjects that the value may name: by key if it is one kind, otherwise by kind/key.",
    "x-correctable": "Whether the field may be corrected later, by an event that does so.",
    "x-hint": "What to do in a form that asks for the value.",
    "x-max-length": "The most characters that a text may have. Blanks and invisible marks at both ends do not count.",
    "x-lines": "Whether a text, or each text of a list, usually takes `one` line or `many`.",
    "x-rules": "The rules that can refuse an event of this type.",
    "x-advice": "The advice that can be given on an event of this type.",
    "x-beyond-schema": "What else the service asks for, which a schema cannot say.",
}
"""The keywords of the schemas that JSON Schema does not have. They are annotations: a validator may ignore them."""

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS: Final = "#/$defs/"
_NULL: Final = {"type": "null"}


_ABOUT: Final = frozenset({"default", "title", "description"})


@cache
def json_schema(kind: EventKind) -> JsonObject:
    """Return the JSON Schema of the data of a type's events; its `$id` is the events' `dataschema`."""
    made = kind.model.model_json_schema(by_alias=True)
    inner = made.get("$defs", {})
    properties = {
        name: _property(kind, name, one) for name, one in made.get("properties", {}).items()
    }
    objects = {
        name: _object(kind, name, one, properties)
        for name, one in inner.items()
        if name not in LISTS
    }
    lists = {name: closed_list(one) for name, one in LISTS.items()}
    schema = {
        "$schema": DRAFT,
        "$id": kind.dataschema,
        "title": kind.wire_name,
        "description": " ".join(kind.model.meaning.split()),
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name in kind.required],
        "additionalProperties": False,
        **_at_least_one(kind, properties),
        **_use(kind),
    }
    return {
        **schema,
        "$defs": dict(sorted(_used(schema, {**definitions(), **lists, **objects}).items())),
    }


def schema_of(kind: EventKind, version: int) -> JsonObject | None:
    """Return the JSON Schema of a version, None if its fields differ from those of the present one."""
    if not kind.model.since <= version <= kind.model.version:
        return None
    name = kind.model.wire_name(version)
    return {**json_schema(kind), "$id": dataschema(name), "title": name}


def alternatives(schema: Mapping[str, Any]) -> list[JsonObject]:
    """Return the schemas of the values that a field takes: all but null and what stands only in lines."""
    left_out = (_NULL, _reference("Sealed"))
    options: list[JsonObject] = schema.get("anyOf", [dict(schema)])
    return [one for one in options if one not in left_out]


def definition_name(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the definition that a schema refers to, None if it refers to none."""
    reference: str | None = schema.get("$ref")
    return reference and reference.removeprefix(_DEFINITIONS)


def _reference(name: str) -> JsonObject:
    return {"$ref": f"{_DEFINITIONS}{name}"}


def _property(kind: EventKind, name: str, schema: JsonObject) -> JsonObject:
    """Return the schema of a field: the values that it takes, null if it may be left out, and its words."""
    value = _referring({key: part for key, part in schema.items() if key not in _ABOUT})
    if value.get("type") == "object":
        value["propertyNames"] = {"enum": _correctable()}
    options = value["anyOf"] if value.keys() == {"anyOf"} else [value]
    if name in kind.personal:
        options = [*options, _reference("Sealed")]
    if name not in kind.required and _NULL not in options:
        options = [*options, _NULL]
    found = {"anyOf": options} if len(options) > 1 else dict(options[0])
    if "default" in schema:
        found["default"] = schema["default"]
    if name in kind.correctable:
        found["x-correctable"] = True
    if name == kind.model.required_of_organisation:
        found["x-beyond-schema"] = "Required of an organisation's own key."
    return found | _about(kind, name)


def _correctable() -> list[str]:
    """Return the names of all fields that may be corrected, in any type."""
    return sorted({name for kind in VOCABULARY.kinds for name in kind.correctable})


def _referring(schema: Any) -> Any:
    """Return the schema with a reference in the place of every definition, and without titles."""
    if isinstance(schema, list):
        return [_referring(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _referring(part) for key, part in schema.items()}
    name = found.pop(DEFINITION, None)
    return found if name is None else {**_reference(name), **found}


def _about(kind: EventKind, name: str) -> JsonObject:
    """Return the words of a field, or of a field of an object such as `cost.amount`."""
    own, words = words_of(kind), field_words(kind, name)
    if own is None or words is None:
        return {}
    return {
        "title": words.title,
        "description": words.question,
        **({"x-hint": words.hint} if words.hint else {}),
        "examples": [own.example_of(name)],
        "x-lines": "many" if words.many_lines else "one",
    }


def closed_list(found: ClosedList) -> JsonObject:
    """Return the definition of a closed list."""
    return {
        "title": found.name,
        "description": found.description,
        "type": "integer" if found.is_of_numbers else "string",
        "oneOf": [
            {"const": one.value, "title": one.title, "description": one.meaning}
            for one in found.terms
        ],
    }


def _object(
    kind: EventKind, name: str, schema: JsonObject, outer: Mapping[str, JsonObject]
) -> JsonObject:
    """Return the definition of an object in one of the fields of an event."""
    within = next(name_ for name_, one in outer.items() if _reference(name) in _parts(one))
    properties = {
        field: {key: part for key, part in _referring(one).items() if key not in _ABOUT}
        | _about(kind, f"{within}.{field}")
        for field, one in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _at_least_one(kind: EventKind, properties: Mapping[str, JsonObject]) -> JsonObject:
    """Return the part of a schema that asks for one of the fields of which a type needs at least one."""
    ways = []
    for name in kind.model.at_least_one_of:
        [value] = alternatives(properties[name])
        if definition_name(value) == "OptionalText":
            value = _reference("Text")
        value = {key: part for key, part in value.items() if not key.startswith("x-")}
        ways.append({"required": [name], "properties": {name: value}})
    return {"anyOf": ways} if ways else {}


def _use(kind: EventKind) -> JsonObject:
    words = words_of(kind)
    if words is None:
        return {}
    return {
        "x-use-when": words.use_when,
        "x-before": [one.wire_name() for one in types_before(kind)],
        "x-after": [one.wire_name() for one in words.then],
        "examples": [dict(words.example)],
    }


def _used(schema: JsonObject, definitions: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    """Return the definitions that a schema refers to, directly or through others."""
    found: dict[str, JsonObject] = {}
    waiting = [schema]
    while waiting:
        for part in _parts(waiting.pop()):
            name = definition_name(part) if isinstance(part, dict) else None
            if name is not None and name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return found


def _parts(schema: Any) -> Iterator[Any]:
    """Yield a schema and everything in it; a part that is a reference also as the reference alone."""
    yield schema
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield {"$ref": schema["$ref"]}
        for part in schema.values():
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)
