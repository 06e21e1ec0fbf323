"""The JSON Schema (2020-12) of an event's envelope: the attributes of CloudEvents and the vocabulary's own.

`/event-envelope` publishes it. The OpenAPI description and the reference's page of the envelope are made from it. It
accepts what the service accepts. Where the service asks for more, `x-beyond-schema` says what.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from events.lines.candidate import SERVER_SET
from events.recording.envelope import (
    EXTENSION_BYTES_MAX,
    EXTENSIONS_MAX,
    NAMED_EXTENSIONS,
    TIME_CHARACTERS_MAX,
)
from events.vocabulary.catalogue import VOCABULARY, JsonObject
from events.vocabulary.json_schemas import DRAFT, closed_list
from events.vocabulary.stream import KEY_PATTERN
from events.vocabulary.values.identity import ID_BYTES_MAX, SOURCE_BYTES_MAX
from events.vocabulary.words import LISTS
from events.vocabulary.words.envelope import ATTRIBUTES, EXAMPLE, OTHERS

ID: Final = "urn:howcanwe:event-envelope"

REQUIRED: Final = ("specversion", "id", "source", "type", "time", "data")

_NULL: Final = {"type": "null"}
_EXTENSION: Final[JsonObject] = {
    "anyOf": [
        {"type": "string", "maxLength": EXTENSION_BYTES_MAX},
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        {"type": "boolean"},
        _NULL,
    ],
    "x-beyond-schema": f"A text of at most {EXTENSION_BYTES_MAX} bytes in UTF-8, without control characters, an"
    " integer or a boolean.",
}

_VALUES: Final[Mapping[str, JsonObject]] = {
    "specversion": {"const": "1.0"},
    "id": {
        "type": "string",
        "minLength": 1,
        "maxLength": ID_BYTES_MAX,
        "x-beyond-schema": f"At most {ID_BYTES_MAX} bytes in UTF-8, without control characters.",
    },
    "source": {
        "type": "string",
        "format": "uri-reference",
        "minLength": 1,
        "maxLength": SOURCE_BYTES_MAX,
        "x-beyond-schema": f"At most {SOURCE_BYTES_MAX:,} bytes in UTF-8, without control characters. A key can be"
        " bound to prefixes of sources, which nobody else may use.",
    },
    "type": {
        "type": "string",
        "enum": [name for kind in VOCABULARY.kinds for name in kind.wire_names],
    },
    "time": {
        "type": "string",
        "format": "date-time",
        "maxLength": TIME_CHARACTERS_MAX,
        "x-beyond-schema": "RFC 3339 with an offset, from 0001-01-02 to 9999-12-30 in UTC, at most 5 minutes ahead.",
    },
    "timeprecision": {"anyOf": [{"$ref": "#/$defs/TimePrecision"}, _NULL]},
    "visibility": {"anyOf": [{"$ref": "#/$defs/Visibility"}, _NULL]},
    "actor": {"anyOf": [{"type": "string", "pattern": f"^(person|service)/{KEY_PATTERN}$"}, _NULL]},
    "subject": {
        "anyOf": [{"type": "string"}, _NULL],
        "x-beyond-schema": "The stream of the first subject that the data names.",
    },
    **{name: _EXTENSION for name in NAMED_EXTENSIONS if name != "timeprecision"},
    "datacontenttype": {
        "anyOf": [{"type": "string"}, _NULL],
        "x-beyond-schema": "A media type of JSON.",
    },
    "data": {
        "type": "object",
        "x-beyond-schema": "Valid by the schema of the event's type (see /event-types).",
    },
    **{name: {"readOnly": True} for name in SERVER_SET},
}


@cache
def envelope_schema() -> JsonObject:
    """Return the JSON Schema of an event as it is sent.

    What the log sets is `readOnly`: a sender's value is replaced.
    """
    return {
        "$schema": DRAFT,
        "$id": ID,
        "title": "CloudEvent",
        "description": "A CloudEvent 1.0. Its data is valid by the schema of its type (see /event-types).",
        "type": "object",
        "properties": {
            **{name: _VALUES[name] | _about(name) for name in ATTRIBUTES},
            "data_base64": {"type": "null", "description": "Binary data is not accepted."},
        },
        "required": list(REQUIRED),
        "additionalProperties": {
            **_EXTENSION,
            "description": f"An extension: a sender may give up to {EXTENSIONS_MAX} attributes of its own.",
            "x-beyond-schema": "Its name has 1 to 64 lower-case letters and digits, its value at most"
            f" {EXTENSION_BYTES_MAX} bytes in UTF-8.",
        },
        "x-beyond-schema": f"At most {EXTENSIONS_MAX} extensions.",
        "examples": [dict(EXAMPLE)],
        "$defs": {name: closed_list(LISTS[name]) for name in ("TimePrecision", "Visibility")},
    }


def _about(name: str) -> JsonObject:
    words = ATTRIBUTES[name]
    return {
        "title": words.title,
        "description": words.question,
        **({"x-hint": words.hint} if words.hint else {}),
        "examples": [EXAMPLE[name] if name in EXAMPLE else OTHERS[name]],
    }
