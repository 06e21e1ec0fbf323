"""The event types with every field, and the closed lists of terms, from their classes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from docs.reference.markdown import cell, code, page, table
from events.rules import advice_for, rules_for
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.json_schemas import KEYWORDS, alternatives, definition_name, json_schema
from events.vocabulary.types import EventType
from events.vocabulary.words import LISTS, types_before, words_of

INTRODUCTION: Final = """Every event type and its data. `GET /event-types` returns the same for
programs, and `GET /event-types/{type}` the JSON Schema of a type's data. A field without "required"
may be left out or null. The examples of a type are from one event of the demo, and for fields that it
lacks from others: together they make an event that is accepted."""

SCHEMAS: Final = """## JSON Schemas

A schema refuses what the service refuses as far as a schema can say it, and takes everything that the
service takes. It also takes personal fields as they stand in the log, where they are encrypted: each
line's `data` is valid by the schema that its `dataschema` names.

Forms can be made from it: every field has a `title`, a `description` (a question) and `examples`, and
perhaps an `x-hint` (what to do in a form); terms are a `oneOf` of `const`, `title` and `description`. The
schema's own `examples` have the whole data of one event. These keywords are ours. They are annotations: a
validator may ignore them. A strict one needs their names, for example Ajv: pass
`Object.keys(keywords)` to `ajv.addVocabulary`, where `keywords` is a member of the answer of
`GET /event-types`."""

TERMS: Final = """## Terms

Some fields take one value of a closed list. These are the lists, with their sources."""

_DEFINED: Final = {
    "Text": "text",
    "OptionalText": "text",
    "Question": "a question",
    "Theme": "text, in lower case, at most 60 characters",
    "Day": "date",
    "Address": "URL",
    "Email": "e-mail address",
}

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
            " ".join(kind.model.meaning.split()),
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


def _values(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Return in words which values a field takes."""
    found = (_one_value(one, whole) for one in alternatives(schema))
    return " or ".join(dict.fromkeys(found))


def _one_value(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    definition = definition_name(schema)
    if definition is not None and definition in LISTS:
        return f"[{definition}](#{definition.lower()})"
    if definition in _DEFINED:
        return _DEFINED[definition]
    if definition is not None:
        schema = whole["$defs"][definition]
    bounds = [
        text.format(schema[name])
        for name, text in _BOUNDS.items()
        if abs(schema.get(name, INTEGER_MAX)) < INTEGER_MAX
    ]
    kinds = schema.get("x-names", ())
    if "oneOf" in schema:
        return " or ".join(_values(one, whole) for one in schema["oneOf"])
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
    elif schema["type"] == "array":
        form = f"list; each item: {_values(schema['items'], whole)}"
    elif schema["type"] == "object":
        inner = ", ".join(f"`{name}`" for name in schema.get("properties", ()))
        form = f"object: {inner}" if inner else "object"
    else:
        form = {"string": "text"}.get(schema["type"], schema["type"])
    return ("; " if "; " in form else ", ").join([form, *bounds])


def _fields(kind: EventKind) -> str:
    schema = json_schema(kind)
    rows = []
    for name, field in schema["properties"].items():
        required = "required" if name in schema["required"] else ""
        example = orjson.dumps(field["examples"][0]).decode()
        rows.append(
            (
                f"`{name}`",
                _values(field, schema),
                required,
                cell(f"**{field['title']}** {field['description']} {field.get('x-hint', '')}"),
                cell(code(example)),
            )
        )
    return table(("field", "value", "", "what it asks", "example"), rows)


def _names(types: Iterable[type[EventType]]) -> str:
    return ", ".join(f"[{one.name}](#{one.name.replace('.', '')})" for one in types)


def _kind(kind: EventKind) -> str:
    model, words = kind.model, words_of(kind)
    assert words is not None
    facts = [
        f"Full name: `{kind.wire_name}`.",
        f"Recorded by: {model.recorded_by.value}.",
        f"Creates: {', '.join(kind.creates)}." if kind.creates else "",
        "It is accepted after the cohort's close." if model.after_close else "",
    ]
    refused = ", ".join(f"[`{rule}`](rules.md)" for rule in rules_for(kind))
    advised = ", ".join(f"[`{advice}`](rules.md#advice)" for advice in advice_for(kind))
    before, then = _names(types_before(kind)), _names(words.then)
    order = [
        f"Usually after {before}." if before else "",
        f"Usually before {then}." if then else "",
    ]
    text = " ".join(model.meaning.split())
    correctable = ", ".join(f"`{name}`" for name in kind.correctable)
    return "\n\n".join(
        filter(
            None,
            [
                f"### {kind.name}",
                f"{text} {words.use_when}",
                " ".join(filter(None, order)),
                " ".join(filter(None, facts)),
                _fields(kind),
                f"Can be corrected: {correctable}." if correctable else "",
                f"Rules: {refused}.",
                f"Advice: {advised}." if advised else "",
            ],
        )
    )


def _lists() -> Iterator[str]:
    for name, found in sorted(LISTS.items()):
        rows = ((f"`{one.value}`", one.title, one.meaning) for one in found.terms)
        listed = table(("value", "title", "meaning"), rows)
        yield f"### {name}\n\n{found.description}\n\n{listed}"


def written() -> str:
    """Return the page of the vocabulary."""
    kinds = [_kind(kind) for kind in VOCABULARY.kinds]
    return page(
        "Vocabulary",
        INTRODUCTION,
        vocabulary(),
        "## Event types",
        *kinds,
        TERMS,
        *_lists(),
        SCHEMAS,
        table(("keyword", "meaning"), ((code(name), text) for name, text in KEYWORDS.items())),
    )
