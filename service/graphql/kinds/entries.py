"""Entries of timelines: a type for each type of event, made from the vocabulary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Final

import orjson
from graphql import GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLList, GraphQLString

from events.catalogue import VOCABULARY, Catalogue, EventKind
from events.recorded import Recorded
from events.terms import Visibility
from projections import entries
from projections.step import Step
from service.graphql.arguments import node_id
from service.graphql.kinds.iterations import COST
from service.graphql.loading import Loading
from service.graphql.references import HIDDEN, ToOne, ToSome, ToStream, parts
from service.graphql.scalars import COUNT, DATE, DATE_TIME, JSON, POSITION, URL
from service.graphql.selection import Selected
from service.graphql.shape import Field, FromColumn, Row, camel, required, worked_out
from service.graphql.terms import BY_NAME, ENTRY_TYPE, TERMS
from service.graphql.words import WORDS

INTERFACE: Final = "TimelineEntry"
UNION: Final = "TimelineItem"

_NAMES: Final = {
    "kind": {"inspiration.shared": "inspirationKind", "publication.released": "publicationKind"},
    "reason": {"organisation.left": "leaveReason"},
    "visibility": {"visibility.changed": "newVisibility"},
    "event": {"event.voided": "voidedPosition"},
    "from": {"learning.captured": "sources"},
    "of": {"visibility.changed": "changedSubject"},
}
"""Where an event's field would not go with the others of an entry, it has another name in the graph."""

_COMMON: Final = frozenset({"organisation", "by", "cohort"})
"""Fields of events that every entry has."""


@dataclass(frozen=True)
class EntryEvent:
    """Leads to the event itself, whose exact text is given only to those who may see all that it names."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Find which of the events may be given."""
        positions = sorted({row["position"] for row in rows})
        given = await loading.rows(lambda: entries.given(positions))
        seen = {row["position"] for row in given}
        for row in rows:
            row[selected.slot] = event_row(row) if row["position"] in seen else None

    def read(self, row: Row, slot: str) -> Any:
        """Return the event, None where it may not be given."""
        return row[slot]


def event_row(row: Row) -> Row:
    """Return an entry's event as the executor reads it."""
    content = row["content"]
    return {
        "position": row["position"],
        "id": content["id"],
        "source": content["source"],
        "type": content["type"],
        "subject": content.get("subject"),
        "time": content["time"],
        "recordedTime": content["recordedtime"],
        "actor": content["actor"],
        "visibility": content.get("visibility"),
        "organisation": row["organisation"],
        "data": content["data"],
        "line": row["line"],
        "voidedBy": row["voided_by"],
    }


def entry_row(found: Mapping[str, Any], catalogue: Catalogue) -> Row:
    """Return an entry as the executor reads it, from a row of `projections.entries`. Raises UnknownType."""
    line: str = found["line"]
    streams = orjson.loads(found["streams"])
    content = orjson.loads(line)
    step = Step(content, streams, catalogue)
    data = {f"data.{name}": step.data.get(name) for name in FIELDS[step.type]}
    return {
        "@type": catalogue.named(step.type).model.__name__,
        **data,
        "position": found["position"],
        "occurred_at": found["occurred_at"],
        "time": content["time"],
        "recorded_time": content["recordedtime"],
        "type": step.type,
        "actor": content["actor"],
        "given": content.get("visibility"),
        "organisation": step.organisation,
        "cohort": step.cohort,
        "subject": content.get("subject"),
        "voided_by": found["voided_by"],
        "recorded": Recorded(found["position"], line.encode(), streams),
        "line": line,
        "content": content,
        "data.amount": None,
    }


def _shared() -> tuple[Field, ...]:
    """Return the fields of every entry."""
    return (
        worked_out(
            "id",
            required(GraphQLID),
            "Its opaque id, for `node`.",
            ("position",),
            lambda row: node_id(f"event/{row['position']}"),
        ),
        Field("position", required(POSITION), "Its place in the log.", FromColumn("position")),
        Field("type", required(ENTRY_TYPE), "What kind of event it is.", FromColumn("type")),
        Field(
            "time",
            required(DATE_TIME),
            "When it happened, exactly as it was told.",
            FromColumn("time"),
        ),
        Field(
            "recordedTime",
            required(DATE_TIME),
            "When the log took it in.",
            FromColumn("recorded_time"),
        ),
        Field(
            "actor",
            required(GraphQLString),
            "Who did it: `person/<key>` or `service/<key>`.",
            FromColumn("actor"),
        ),
        Field(
            "visibility",
            TERMS[Visibility],
            "The level its sender gave; null where none was given. Who sees it is judged by the level now.",
            FromColumn("given"),
        ),
        Field(
            "organisation",
            "Organisation",
            f"The organisation that acts; {HIDDEN}",
            ToOne("organisation", "organisation"),
        ),
        Field(
            "cohort",
            "Cohort",
            f"The cohort in which it happened; {HIDDEN}",
            ToOne("cohort", "cohort"),
        ),
        Field("subject", "Subject", f"The first subject it names; {HIDDEN}", ToStream("subject")),
        Field(
            "voidedBy",
            POSITION,
            "The position of the event that took it back; null while it stands.",
            FromColumn("voided_by"),
        ),
        Field(
            "event",
            "Event",
            "The event as recorded; null where you may not see all that it names.",
            EntryEvent(),
        ),
    )


SHARED: Final = _shared()


def _field(kind: EventKind, name: str, schema: Mapping[str, Any], is_required: bool) -> Field:
    """Return the field of an entry for a field of its event's data."""
    shown = _NAMES.get(name, {}).get(kind.name, camel(name))
    column = f"data.{name}"
    said = WORDS[name]
    reference = next((found for found in kind.references if found.field == name), None)
    if reference is not None:
        one_kind = reference.creates or (reference.kinds[0] if len(reference.kinds) == 1 else None)
        if reference.many:
            type_ = f"[{one_kind.capitalize() if one_kind else 'Subject'}]"
            text = f"{said.removesuffix('.')}; those that you may see."
            return Field(shown, type_, text, ToSome(column, one_kind))
        text = f"{said.removesuffix('.')}; {HIDDEN}"
        if one_kind:
            return Field(shown, one_kind.capitalize(), text, ToOne(one_kind, column))
        return Field(shown, "Subject", text, ToStream(column))
    if name == kind.about_field:
        return Field(shown, required(POSITION), said, FromColumn(column))
    if name == "cost":
        return parts(
            shown,
            COST[0],
            f"{said.removesuffix('.')}; null where it was not told.",
            (column,),
            lambda row: [dict(row[column])] if row[column] else [],
            is_list=False,
        )
    found, is_list = _type(schema, name)
    never_null = is_required or is_list or ("default" in schema and schema["default"] is not None)
    shown_type: Any = GraphQLList(required(found)) if is_list else found
    text = said if never_null else f"{said.removesuffix('.')}; null where it was not told."
    default = [] if is_list else schema.get("default")
    source = FromColumn(column, lambda value: default if value is None else value)
    return Field(shown, required(shown_type) if never_null else shown_type, text, source)


def _type(schema: Mapping[str, Any], name: str) -> tuple[Any, bool]:
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    [option] = options
    if option.get("type") == "array":
        return _type(option["items"], name)[0], True
    if "$ref" in option:
        return BY_NAME[option["$ref"].rpartition("/")[2]], False
    match option["type"]:
        case "integer" if option.get("maximum", 2**53) > 2**31:
            return COUNT, False
        case "integer":
            return GraphQLInt, False
        case "number":
            return GraphQLFloat, False
        case "boolean":
            return GraphQLBoolean, False
        case _:
            return {"date": DATE, "uri": URL}.get(option.get("format", ""), GraphQLString), False


def _fields(kind: EventKind) -> tuple[Field, ...]:
    properties = kind.json_schema["properties"]
    return tuple(
        _field(kind, name, schema, name in kind.required)
        for name, schema in properties.items()
        if name not in _COMMON and name not in kind.personal
    )


FIELDS: Final = {kind.name: tuple(kind.json_schema["properties"]) for kind in VOCABULARY.kinds}
"""The fields of each event's data."""

ENTRIES: Final = tuple(
    (kind.model.__name__, cleandoc(kind.model.__doc__ or ""), _fields(kind))
    for kind in VOCABULARY.kinds
)
"""A type for each type of event: its name, its description, its fields beside those that all share."""

EVENT: Final = (
    "Event",
    "Something that happened, as the log keeps it.",
    (
        ("position", required(POSITION), "Its place in the log."),
        ("id", required(GraphQLString), "The id its source gave it; unique within the source."),
        ("source", required(GraphQLString), "Who sent it: a URI reference."),
        (
            "type",
            required(GraphQLString),
            "Its type's full name, such as `org.howcanwe.cohort.formed.v1`.",
        ),
        (
            "subject",
            GraphQLString,
            "The stream of the first subject it names, as `<kind>/<key>`; null where it is about an event.",
        ),
        ("time", required(DATE_TIME), "When it happened, exactly as it was told."),
        ("recordedTime", required(DATE_TIME), "When the log took it in."),
        ("actor", required(GraphQLString), "Who did it: `person/<key>` or `service/<key>`."),
        (
            "visibility",
            TERMS[Visibility],
            "The level its sender gave; null where none was given. Who sees it is judged by the level now.",
        ),
        (
            "organisation",
            GraphQLString,
            "The key of the organisation that acts; null where the event names none.",
        ),
        ("data", required(JSON), "What its type says of it, as it was sent."),
        (
            "line",
            required(GraphQLString),
            "The event's exact text: its bytes in UTF-8 are what the hash chain is made of.",
        ),
        (
            "voidedBy",
            POSITION,
            "The position of the event that took it back; null while it stands.",
        ),
    ),
)
