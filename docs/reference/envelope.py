"""The attributes of an event, from the JSON Schema of the envelope."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from docs.reference.markdown import cell, code, page, table
from events.vocabulary.json_schemas import alternatives, definition_name
from service.http.envelope_schema import ID, envelope_schema

INTRODUCTION: Final = f"""An event is a [CloudEvent 1.0](https://cloudevents.io): attributes, and `data`,
whose fields are those of its [type](vocabulary.md). `GET /event-envelope` returns the JSON Schema of the
attributes (`{ID}`). Where a person fills in an attribute (`time`, `timeprecision` and `visibility`), it
has the words for a form, as fields of events have."""

AFTER: Final = """An attribute that is not required may be left out or null. What the log sets is in every
line of the log, and `about` in lines about another event; if a sender gives it, it is replaced.
`visibility`, `timeprecision`, `correlationid`, `causationid` and extensions are in a line only if the
sender gave them."""

_FORMATS: Final = {"uri-reference": "URI reference", "date-time": "date-time with an offset"}


def _values(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words which values an attribute takes."""
    for one in alternatives(schema):
        name = definition_name(one)
        if name is not None:
            yield f"[{name}](vocabulary.md#{name.lower()})"
        elif "const" in one:
            yield code(orjson.dumps(one["const"]).decode())
        elif "enum" in one:
            yield "full name of a type"
        elif "pattern" in one:
            yield "`person/<key>` or `service/<key>`"
        elif "type" in one:
            yield _FORMATS.get(one.get("format", ""), one["type"].replace("string", "text"))


def _row(name: str, schema: Mapping[str, Any], is_required: bool) -> tuple[str, ...]:
    set_by = "required" if is_required else "set by the log" if schema.get("readOnly") else ""
    words = f"**{schema['title']}** {schema['description']} {schema.get('x-hint', '')}"
    example = orjson.dumps(schema["examples"][0]).decode()
    return (
        f"`{name}`",
        set_by,
        " or ".join(_values(schema)),
        cell(words),
        cell(schema.get("x-beyond-schema", "")),
        cell(code(example)),
    )


def written() -> str:
    """Return the page of the envelope."""
    schema = envelope_schema()
    rows = [
        _row(name, one, name in schema["required"])
        for name, one in schema["properties"].items()
        if "title" in one
    ]
    extensions = schema["additionalProperties"]
    rows.append(
        (
            "any other",
            "",
            " or ".join(_values(extensions)),
            cell(extensions["description"]),
            cell(extensions["x-beyond-schema"]),
            "",
        )
    )
    head = ("attribute", "", "value", "what it says", "limit", "example")
    return page("Envelope", INTRODUCTION, table(head, rows), AFTER)
