"""The types of entries, one for each type of event. Their fields are made from the event's data in the vocabulary.

`events.vocabulary.words` has the descriptions of the fields, and `events.vocabulary.types` the subjects that they name
or create.
"""

from collections.abc import Mapping
from datetime import date
from types import new_class
from typing import Any, Final

import strawberry
from sqlalchemy import JSON, func

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.fields.references import Reference
from events.vocabulary.json_schemas import alternatives, definition_name, json_schema
from events.vocabulary.types import EventType
from events.vocabulary.types.cohorts import CohortClosed, OrganisationLeft, PairingMet
from events.vocabulary.types.exchange import InspirationShared
from events.vocabulary.types.iterations import IterationConcluded
from events.vocabulary.types.learnings import LearningCaptured
from events.vocabulary.types.questions import QuestionClosed
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged
from events.vocabulary.types.results import PublicationReleased
from events.vocabulary.types.sessions import CommitmentSettled, SessionHeld
from events.vocabulary.words import LISTS, field_words
from service.graphql.fields.columns import FromColumn
from service.graphql.fields.field import Field, FieldSource, Misdeclared, Row
from service.graphql.fields.references import HIDDEN, LEFT_OUT, ToOne, ToSome, ToStream
from service.graphql.fields.row_parts import Columns, Parts, SqlParts
from service.graphql.fields.shapes import type_name
from service.graphql.types.bases import Subject
from service.graphql.types.entries.entry import TimelineEntry
from service.graphql.types.iterations import IterationCost
from service.graphql.types.listed import KINDS
from service.graphql.values.scalars import URL, Count, Position
from service.graphql.values.terms import TERMS, numbers

_NAMES: Final[Mapping[str, Mapping[type[EventType], str]]] = {
    "kind": {
        InspirationShared: "inspiration_kind",
        PublicationReleased: "publication_kind",
        SessionHeld: "session_kind",
    },
    "outcome": {CommitmentSettled: "commitment_outcome"},
    "reason": {OrganisationLeft: "leave_reason"},
    "visibility": {VisibilityChanged: "new_visibility"},
    "event": {EventVoided: "voided_position", EventCorrected: "corrected_position"},
    "from": {LearningCaptured: "sources"},
    "of": {VisibilityChanged: "changed_subject"},
    "summary": dict.fromkeys(
        (
            *(CohortClosed, InspirationShared, IterationConcluded, PairingMet, QuestionClosed),
            SessionHeld,
        ),
        "recorded_summary",
    ),
}
"""Fields of events that have another name in the graph, because their own would conflict with fields of entries."""

_DEFINED: Final[Mapping[str, Any]] = {"Day": date, "Address": URL, "EvidenceLevel": int}
"""The types of those definitions that are no texts."""

_COMMON: Final = frozenset(
    {"organisation", "by", "cohort", VOCABULARY.of(EventCorrected).checked("fields")}
)
"""Fields of events that all entries have in common. `corrections` has the corrected fields."""


def _entry(kind: EventKind) -> type:
    """Return the type of entries for a type of event."""
    fields = {
        _NAMES.get(name, {}).get(kind.model, name): _field(kind, name, schema)
        for name, schema in json_schema(kind)["properties"].items()
        if name not in _COMMON and name not in kind.personal
    }
    for name, field in fields.items():
        if name in vars(TimelineEntry)["__annotations__"]:
            raise Misdeclared(
                kind.model,
                name,
                "every entry has a field with this name, so it needs another one in `_NAMES`",
            )
        field.python_name = name
    body = {**fields, "__annotations__": {name: field.type for name, field in fields.items()}}
    # Strawberry's create_type cannot make a type with an interface.
    made = new_class(kind.model.__name__, (TimelineEntry,), {}, lambda found: found.update(body))
    return strawberry.type(made, description=kind.model.meaning)


def _field(kind: EventKind, name: str, schema: Mapping[str, Any]) -> Field:
    """Return the field of an entry for a field of the event's data. Raises Misdeclared."""
    column = f"data.{name}"
    words = field_words(kind, name)
    if words is None:
        raise Misdeclared(kind.model, name, "`events.vocabulary.words` has no words for it")
    description = words.question
    reference = next((found for found in kind.references if found.field == name), None)
    if reference is not None:
        if reference.creates:
            description = f"The {reference.creates} that it creates."
        return _referring(reference, column, description)
    if name == kind.about_field:
        return _made(description, Position, FromColumn(column))
    if name == "cost":
        cost = Parts(type_name(IterationCost), (column,), _cost, False, _cost_sql)
        return _made(_or_null(description), IterationCost | None, cost)
    type_, is_list = _type(schema)
    if is_list:
        return _made(description, list[type_], FromColumn(column, ()))  # type: ignore[valid-type]  # computed
    default = schema.get("default")
    [option] = alternatives(schema)
    values = definition_name(option) or ""
    if values in LISTS and values not in TERMS:
        description = f"{description} {numbers(values)}"
    source = FromColumn(column, default)
    if name in kind.required or default is not None:
        return _made(description, type_, source)
    return _made(_or_null(description), type_ | None, source)


def _referring(reference: Reference, column: str, description: str) -> Field:
    """Return the field that leads to the subjects that an event creates or names."""
    kind = reference.creates or (reference.kinds[0] if len(reference.kinds) == 1 else None)
    type_: Any = KINDS[kind] if kind else Subject
    if reference.many:
        return _made(f"{description} {LEFT_OUT}", list[type_], ToSome(column, kind))
    source = ToOne(kind, column) if kind else ToStream(column)
    return _made(f"{description} {HIDDEN}", type_ | None, source)


def _made(description: str, type_: Any, source: FieldSource) -> Field:
    return Field(description, lambda place: source, type=type_)


def _or_null(description: str) -> str:
    return f"{description} Null if not provided."


def _cost(row: Row) -> list[Row]:
    return [dict(row["data.cost"])] if row["data.cost"] else []


def _cost_sql(row: Columns) -> SqlParts:
    cost = row["data.cost"]
    columns = {name: cost.op("->", return_type=JSON())(name) for name in ("amount", "currency")}
    return SqlParts(columns, where=func.json_typeof(cost) == "object")


def _type(schema: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return the type of a field with this JSON Schema, without null, and whether the field is a list of it."""
    [option] = alternatives(schema)
    if option.get("type") == "array":
        return _type(option["items"])[0], True
    definition = definition_name(option)
    if definition is not None:
        return TERMS.get(definition) or _DEFINED.get(definition, str), False
    match option["type"]:
        case "integer":
            return Count if option.get("maximum", 2**53) > 2**31 else int, False
        case "number":
            return float, False
        case "boolean":
            return bool, False
        case _:
            return str, False


ENTRIES: Final = tuple(_entry(kind) for kind in VOCABULARY.kinds)
"""The types of entries, one for each type of event."""
