"""The event types with every field, and the closed lists of terms, from their classes."""

import inspect
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from docs.reference.markdown import cell, page, table
from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.fields import INTEGER_MAX
from service.graphql.types.entries.words import WORDS

INTRODUCTION: Final = """Every event type and its data. `GET /event-types` returns the same for
programs, and `GET /event-types/{type}` the JSON Schema of a type's data. A field without "required"
may be left out or null."""

TERMS: Final = """## Terms

Some fields take one value of a closed list. These are the lists, with their sources."""

_COMMON: Final = {
    "organisation": "The organisation that acts.",
    "cohort": "The cohort that the event belongs to.",
    "by": "The organisation that shares it. Without it, the facilitator shares it.",
}
_PERSONAL: Final = {"name": "name", "email": "e-mail address"}

_BOUNDS: Final = {
    "maxLength": "at most {} characters",
    "maxItems": "at most {} items",
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
    for one in schema.get("anyOf", schema.get("oneOf", [schema])):
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
    bounds = [
        text.format(schema[name])
        for name, text in _BOUNDS.items()
        if schema.get(name, INTEGER_MAX) != INTEGER_MAX
    ]
    kinds = schema.get("x-names", ())
    if "x-creates" in schema:
        form = f"key of a new {schema['x-creates']}"
        bounds = []
    elif kinds:
        form = (
            f"key of an existing {kinds[0]}"
            if len(kinds) == 1
            else f"stream of an existing {', '.join(kinds[:-1])} or {kinds[-1]}"
        )
        bounds = []
    elif "enum" in schema:
        title = schema.get("title", "")
        known = isinstance(getattr(terms, title, None), type)
        values = ", ".join(f"`{value}`" for value in schema["enum"])
        form = f"[{title}](#{title.lower()})" if known else f"one of {values}"
    elif schema.get("type") == "array":
        form = f"list; each item: {_form(schema.get('items', {}), whole)}"
    elif schema.get("type") == "object":
        inner = schema.get("properties", {})
        form = "object: " + ", ".join(f"`{name}`" for name in inner) if inner else "object"
    else:
        form = schema.get("format") or schema.get("type") or "any value"
        form = {"string": "text", "uri": "URL"}.get(form, form)
    return ("; " if "; " in form else ", ").join([form, *bounds])


def _meaning(kind: EventKind, name: str, schema: Mapping[str, Any]) -> str:
    """Return what a field of an event's data says."""
    if name in kind.personal:
        return f"The person's {_PERSONAL[name]}. It is stored encrypted."
    text: str = schema.get("description") or WORDS.get(name) or _COMMON[name]
    return text


def _fields(kind: EventKind) -> str:
    schema = kind.json_schema
    rows = []
    for name, field in schema.get("properties", {}).items():
        required = "required" if name in schema.get("required", ()) else ""
        rows.append(
            (f"`{name}`", _form(field, schema), required, cell(_meaning(kind, name, field)))
        )
    return table(("field", "value", "", "meaning"), rows)


def _kind(kind: EventKind) -> str:
    model = kind.model
    facts = [
        f"Full name: `{kind.wire_name}`.",
        f"Recorded by: {model.recorded_by.value}.",
        f"Creates: {', '.join(kind.creates)}." if kind.creates else "",
        "It is accepted after the cohort's close." if model.after_close else "",
    ]
    text = " ".join((model.__doc__ or "").split())
    correctable = ", ".join(f"`{name}`" for name in kind.correctable)
    parts = [f"### {kind.name}", text, " ".join(filter(None, facts)), _fields(kind)]
    if correctable:
        parts.append(f"Can be corrected: {correctable}.")
    return "\n\n".join(parts)


def _lists() -> Iterator[str]:
    for name, found in inspect.getmembers(terms, inspect.isclass):
        if issubclass(found, StrEnum) and found.__module__ == terms.__name__:
            values = ", ".join(f"`{value.value}`" for value in found)
            yield f"### {name}\n\n{' '.join((found.__doc__ or '').split())}\n\n{values}"


def written() -> str:
    """Return the page of the vocabulary."""
    kinds = [_kind(kind) for kind in VOCABULARY.kinds]
    return page(
        "Vocabulary", INTRODUCTION, vocabulary(), "## Event types", *kinds, TERMS, *_lists()
    )
