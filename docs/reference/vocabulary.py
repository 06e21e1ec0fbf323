"""The event types with every field, and the closed lists of terms, from their classes."""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema

from docs.reference.markdown import cell, page, table
from events import terms
from events.catalogue import VOCABULARY, EventKind
from service.graphql.schema import Schema

INTRODUCTION: Final = """Every event type and its data. `GET /event-types` returns the same for
programs, and `GET /event-types/{type}` the JSON Schema of a type's data. A field without "required"
may be left out or null."""

TERMS: Final = """## Terms

Some fields take one value of a closed list. These are the lists, with their sources."""

_OF_ANSWERS: Final = re.compile(r"(Null if|Those that you|Left out if)[^.]*\.")
"""Sentences about what an answer leaves out, which say nothing about what is sent."""

_BOUNDS: Final = {
    "maxLength": "at most {} characters",
    "maxItems": "at most {}",
    "minItems": "at least {}",
    "minimum": "{} or more",
    "maximum": "at most {}",
}


def vocabulary() -> str:
    """Return the table of event types."""
    rows = (
        (
            f"`{kind.name}`",
            " ".join((kind.model.__doc__ or "").split()),
            kind.model.recorded_by.value,
        )
        for kind in VOCABULARY.kinds
    )
    later = [kind for kind in VOCABULARY.kinds if kind.model.version > 1]
    names = " and ".join(
        f"of `{kind.name}` `.v{kind.model.version}` (earlier versions are still taken)"
        for kind in later
    )
    intro = f"The names on the wire are `org.howcanwe.<name>.v1`, {names}.\n\n"
    return intro + table(("name", "what it says", "recorded by"), rows)


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in schema.get("anyOf", [schema]):
        if one.get("type") != "null":
            yield one


def _resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema with what it refers to, in the document that it is part of."""
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}


def _form(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Return in words which values a field takes."""
    return " or ".join(
        dict.fromkeys(_one_form(_resolved(one, whole), whole) for one in _alternatives(schema))
    )


def _one_form(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    bounds = [text.format(schema[name]) for name, text in _BOUNDS.items() if name in schema]
    kinds = schema.get("x-names", ())
    if "x-creates" in schema:
        form = f"key of a new {schema['x-creates']}"
        bounds = []
    elif kinds:
        form = (
            f"key of an existing {kinds[0]}"
            if len(kinds) == 1
            else f"stream of an existing {', '.join(kinds)}"
        )
        bounds = []
    elif "enum" in schema:
        title = schema.get("title", "")
        known = isinstance(getattr(terms, title, None), type)
        values = ", ".join(f"`{value}`" for value in schema["enum"])
        form = f"[{title}](#{title.lower()})" if known else f"one of {values}"
    elif schema.get("type") == "array":
        form = f"list of: {_form(schema.get('items', {}), whole)}"
    elif schema.get("type") == "object":
        inner = schema.get("properties", {})
        form = "object: " + ", ".join(f"`{name}`" for name in inner) if inner else "object"
    else:
        form = schema.get("format") or schema.get("type") or "any value"
        form = {"string": "text", "uri": "URL"}.get(form, form)
    return ", ".join([form, *bounds])


def _meanings(kind: EventKind, graph: GraphQLSchema) -> dict[str, str]:
    """Return what the fields of a type say, by name, as the graph describes them in a timeline's entry."""
    entry = graph.type_map[kind.model.__name__]
    assert isinstance(entry, GraphQLObjectType)
    return {
        _snake(name): _OF_ANSWERS.sub("", field.description or "").strip()
        for name, field in entry.fields.items()
    }


def _snake(name: str) -> str:
    """Return a name of the graph as an event has it: `participationLevel` is `participation_level`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _fields(kind: EventKind, graph: GraphQLSchema) -> str:
    schema, meanings = kind.json_schema, _meanings(kind, graph)
    rows = []
    for name, field in schema.get("properties", {}).items():
        required = "required" if name in schema.get("required", ()) else ""
        description = meanings.get(name) or field.get("description", "")
        rows.append((f"`{name}`", _form(field, schema), required, cell(description)))
    return table(("field", "value", "", "meaning"), rows)


def _kind(kind: EventKind, graph: GraphQLSchema) -> str:
    model = kind.model
    facts = [
        f"Full name: `{kind.wire_name}`.",
        f"Recorded by: {model.recorded_by.value}.",
        f"Creates: {', '.join(kind.creates)}." if kind.creates else "",
        "It is accepted after the cohort's close." if model.after_close else "",
    ]
    text = " ".join((model.__doc__ or "").split())
    return "\n\n".join(
        [f"### {kind.name}", text, " ".join(filter(None, facts)), _fields(kind, graph)]
    )


def _lists() -> Iterator[str]:
    for name, found in inspect.getmembers(terms, inspect.isclass):
        if issubclass(found, StrEnum) and found.__module__ == terms.__name__:
            values = ", ".join(f"`{value.value}`" for value in found)
            yield f"### {name}\n\n{' '.join((found.__doc__ or '').split())}\n\n{values}"


def written() -> str:
    """Return the page of the vocabulary."""
    graph = Schema().graph
    kinds = [_kind(kind, graph) for kind in VOCABULARY.kinds]
    return page(
        "Vocabulary", INTRODUCTION, vocabulary(), "## Event types", *kinds, TERMS, *_lists()
    )
