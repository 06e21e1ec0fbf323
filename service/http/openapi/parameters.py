"""The parameters of the calls, each described once. Resources name those that they take."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import KEY_PATTERN, KINDS
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.words.envelope import ATTRIBUTES, EXAMPLE, OTHERS
from projections.tables.tables import TABLES
from service.http.openapi.component import PARAMETERS, Component

POSITION_DIGITS_MAX: Final = 15
"""The number of digits that a number in a path or a query may have."""

_KEY: Final = {"type": "string", "pattern": f"^{KEY_PATTERN}$"}
_KIND: Final = {"type": "string", "enum": list(KINDS)}
_STREAM: Final = {"type": "string", "pattern": f"^(?:{'|'.join(KINDS)})/{KEY_PATTERN}$"}
_TYPE_NAME: Final = {
    "type": "string",
    "enum": sorted(name for kind in VOCABULARY.kinds for name in (kind.name, *kind.wire_names)),
}
_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**POSITION_DIGITS_MAX - 1}
_TIME: Final = {
    "type": "string",
    "format": "date-time",
    "x-beyond-schema": "RFC 3339 with an offset, in the years 1 to 9999. In an address, + is written as %2B.",
}


def parameter(
    where: str, name: str, about: str, schema: Mapping[str, Any], **more: Any
) -> Component:
    """Return a parameter. `component` is its name among the components, if not that of the parameter."""
    component = more.pop("component", None) or "".join(
        part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-")
    )
    content = {"name": name, "in": where, "description": about, "schema": schema, **more}
    if where == "path":
        content["required"] = True
    return Component(PARAMETERS, component, content)


def _many(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def names(parameters: Iterable[Component]) -> frozenset[str]:
    """Return the names of parameters."""
    return frozenset(one["name"] for one in parameters)


POSITION: Final = parameter(
    "path", "position", "A position in the log, counted from 1.", _NUMBER, example=40
)
KIND: Final = parameter("path", "kind", "The kind of a subject.", _KIND, example="iteration")
KEY: Final = parameter("path", "key", "The key of a subject.", _KEY, example="label-wall-2")
EVENT_TYPE: Final = parameter(
    "path",
    "type",
    "The short name of an event type (its present version) or full name.",
    _TYPE_NAME,
    component="EventType",
    example=VOCABULARY.of(NoteAdded).wire_name,
)
CONSUMER: Final = parameter(
    "path", "name", "A consumer's name.", _KEY, component="ConsumerName", example="warehouse"
)
ENTRY: Final = parameter(
    "path",
    "id",
    "The id of an event in quarantine.",
    {"type": "string", "format": "uuid"},
    component="QuarantineId",
)
KEY_ID: Final = parameter(
    "path",
    "id",
    "The id of an access key: the part between the underscores.",
    _KEY,
    component="KeyId",
)

AFTER: Final = parameter("query", "after", "Only events after this position.", _NUMBER, example=38)
THROUGH: Final = parameter(
    "query",
    "through",
    "Only events up to this position. Default: the log's last one.",
    _NUMBER,
    example=40,
)
LIMIT: Final = parameter(
    "query",
    "limit",
    "The largest number of events; with 0, none. Default: 100 for pages, else all.",
    _NUMBER,
    example=2,
)
TABLE: Final = parameter(
    "path",
    "table",
    "The name of a table.",
    {"type": "string", "enum": [*TABLES]},
    example="failures",
)
AFTER_ROW: Final = parameter(
    "query",
    "after",
    "Only rows after this place, which the address of the next page has.",
    _NUMBER,
    component="AfterRow",
)
ROWS: Final = parameter(
    "query",
    "limit",
    "The largest number of rows; with 0, none. Default: 100.",
    _NUMBER,
    component="RowLimit",
    example=2,
)
STREAMS: Final = parameter(
    "query", "stream", "Only events of this stream. Can be repeated.", _many(_STREAM)
)
TYPES: Final = parameter(
    "query",
    "type",
    "Only events of this type, by its short name (every version) or full name. Can be repeated.",
    _many(_TYPE_NAME),
)
SOURCE: Final = parameter(
    "query",
    "source",
    "With `id`: only the event that this source sent with that id.",
    {"type": "string", "minLength": 1, "x-beyond-schema": "Both source and id, or neither."},
)
ID: Final = parameter(
    "query",
    "id",
    "With `source`: the id that the source gave the event.",
    {"type": "string", "minLength": 1, "x-beyond-schema": "Both source and id, or neither."},
)
FROM: Final = parameter("query", "from", "Only events at or after this time.", _TIME)
TO: Final = parameter("query", "to", "Only events before this time.", _TIME)
MIN_POSITION: Final = parameter(
    "query",
    "min_position",
    "The position of a receipt: wait until the log that is read has it; 503 if that takes too long.",
    _NUMBER,
)
OF_EVENTS: Final = (AFTER, LIMIT, STREAMS, TYPES, SOURCE, ID, FROM, TO, MIN_POSITION)
"""What selects events."""
OF_POSITIONS: Final = (AFTER, THROUGH, STREAMS, TYPES, FROM, TO, MIN_POSITION)
"""What selects positions of events that may be read."""
OF_ROWS: Final = (AFTER_ROW, ROWS, MIN_POSITION)
"""What selects rows of a table."""
LAST_EVENT_ID: Final = parameter(
    "header",
    "Last-Event-ID",
    "In a live stream: the position of the last event that was read. It replaces `after`.",
    {"type": "string", "x-beyond-schema": "In a live stream: a position."},
)
MIN_POSITION_HEADER: Final = parameter(
    "header",
    "Min-Position",
    "The position of a receipt: wait until the read models have it; 503 if that takes too long.",
    {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX},
    component="MinPositionHeader",
)
IF_MATCH: Final = parameter(
    "header",
    "If-Match",
    "The versions that streams must have. Version 0 means that a stream does not exist yet.",
    {
        "type": "string",
        "x-beyond-schema": 'A list of `"<kind>/<key>:<version>"` in quotes, separated by commas.',
    },
    example='"organisation/open-doors:0"',
)
PREFER: Final = parameter(
    "header",
    "Prefer",
    "`handling=lenient` records the valid events and puts the others into quarantine.",
    {"type": "string"},
    example="handling=lenient",
)

_IN_HEADERS: Final = (
    *("specversion", "id", "source", "type", "time", "timeprecision", "visibility", "actor"),
    *("subject", "correlationid", "causationid"),
)
BINARY: Final = [
    parameter(
        "header",
        f"ce-{name}",
        f"In binary mode: {ATTRIBUTES[name].question} Percent-encoded where it is not ASCII.",
        {
            "type": "string",
            "x-beyond-schema": f"A value of the attribute `{name}` (see /event-envelope).",
        },
        example=EXAMPLE[name] if name in EXAMPLE else OTHERS[name],
    )
    for name in _IN_HEADERS
]
"""The attributes of an event in binary mode, in which the body is its data."""

_JSON: Final = {"type": "string", "x-beyond-schema": "A JSON object, as text."}
GRAPHQL: Final = [
    parameter(
        "query",
        "query",
        "The GraphQL document.",
        {
            "type": "string",
            "x-beyond-schema": "It is left out only if `extensions` has the hash of a persisted query. A query, not a"
            " subscription, that is valid by the schema of the graph, and within its limits.",
        },
        example="{ viewer { role } }",
    ),
    parameter(
        "query",
        "operationName",
        "The operation to execute, if there are several.",
        {"type": "string", "x-beyond-schema": "The document has it."},
    ),
    parameter("query", "variables", "The variables.", _JSON),
    parameter("query", "extensions", "The extensions.", _JSON),
]
"""The parameters of GraphQL by GET."""
