"""The insights, added to a schema: their types as declared, their definitions as descriptions, their resolvers."""

import asyncio
from importlib.resources import files
from time import monotonic
from typing import Any, Final

from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    extend_schema,
    is_object_type,
    parse,
)

from events.log import now_us
from events.moments import moment
from events.terms import Mode, ParticipationLevel
from projections.insights.asking import definitions
from projections.insights.definition import FIGURES
from projections.insights.ledger import COMPARE
from projections.insights.partiality import is_partial
from projections.insights.scope import Scope
from projections.insights.view import View
from projections.insights.viewer import Viewer
from service.graphql.context import Context
from service.graphql.errors import argument_refusal
from service.graphql.insights.glossary import GLOSSARY
from service.graphql.insights.plain import PLAIN

Asking = GraphQLResolveInfo[Context]

_TYPE: Final = "Insights"
_SLICE_SECONDS: Final = 0.02
_TERMS: Final = {"mode": Mode, "level": ParticipationLevel}


def extended(schema: GraphQLSchema) -> GraphQLSchema:
    """Return the schema with `Query.insights`. It needs the scalars Position and DateTime."""
    known = set(schema.type_map)
    told = (files(__package__) / "insights.graphql").read_text(encoding="utf-8")
    found = extend_schema(schema, parse(told))
    for name, type_ in found.type_map.items():
        if name not in known and is_object_type(type_) and name != _TYPE:
            type_.extensions[PLAIN] = True
            for field_name, field in type_.fields.items():
                field.description = field.description or GLOSSARY[field_name]
    query, insights = found.query_type, found.type_map[_TYPE]
    assert query is not None
    assert isinstance(insights, GraphQLObjectType)
    query.fields["insights"].resolve = _insights
    insights.fields["partial"].resolve = _partial
    for name, definition in definitions().items():
        field = insights.fields[name]
        field.description = definition.text
        field.resolve = _compared if name == COMPARE else _figure(name)
    return found


async def _insights(
    root: Any,
    info: Asking,
    filter: dict[str, Any] | None = None,
    asOf: int | None = None,
    at: str | None = None,
) -> View:
    ledger = await info.context.insights.caught_up()
    at_us = now_us() if at is None else moment(at)
    viewer = Viewer.of(info.context.viewer)
    return ledger.view(viewer, _scope(filter or {}), at_us=at_us, as_of=asOf)


def _scope(told: dict[str, Any]) -> Scope:
    lists = ("cohorts", "organisations", "sectors", "themes")
    return Scope(
        **{name: frozenset(told.get(name) or ()) for name in lists},
        from_us=moment(told["from"]) if told.get("from") else None,
        to_us=moment(told["to"]) if told.get("to") else None,
    )


def _partial(view: View, info: Asking) -> bool:
    return is_partial(view)


def _figure(name: str) -> Any:
    compute = FIGURES[name].compute

    def resolve(view: View, info: Asking, **arguments: Any) -> Any:
        for argument, terms in _TERMS.items():
            told = arguments.get(argument)
            if told is not None and told not in list(terms):
                raise argument_refusal("argument.malformed", argument, f"one of {', '.join(terms)}")
        given = {key: value for key, value in arguments.items() if value is not None}
        return compute(view, **given)

    return resolve


async def _compared(view: View, info: Asking) -> Any:
    """Compare cohorts; where many rows are to be computed, others get their turn."""
    rows = []
    since = monotonic()
    for row in info.context.insights.ledger.compare(view):
        rows.append(row)
        if monotonic() - since > _SLICE_SECONDS:
            await asyncio.sleep(0)
            since = monotonic()
    return {"list": rows}
