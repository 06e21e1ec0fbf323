"""The insights, added to a schema: their types as declared, their definitions as descriptions, their resolvers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    get_named_type,
)

from events.log import now_us
from events.moments import moment_of
from events.terms import Mode, ParticipationLevel
from projections.insights.asking import definitions
from projections.insights.ledger import COMPARE
from projections.insights.scope import Scope
from projections.insights.view import View
from projections.insights.viewer import Viewer
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal
from service.graphql.insights.declaration import INSIGHTS, declared
from service.graphql.insights.glossary import GLOSSARY
from service.graphql.insights.plain import PLAIN
from service.graphql.slices import COMPUTING, Computing

Asking = GraphQLResolveInfo[Context]

_TERMS: Final = {"mode": Mode, "level": ParticipationLevel}


def insights_field(scalars: Mapping[str, GraphQLNamedType]) -> GraphQLField:
    """Return `Query.insights`, for a schema with these scalars, Position and DateTime."""
    schema = declared()
    query, insights = schema.query_type, schema.type_map[INSIGHTS]
    assert query is not None
    assert isinstance(insights, GraphQLObjectType)
    field: GraphQLField = query.fields["insights"]
    for type_ in _types_of(field):
        _complete(type_, scalars)
    for argument in field.args.values():
        argument.type = _with(argument.type, scalars)
    field.resolve = _insights
    insights.fields["partial"].resolve = _partial
    for name, definition in definitions().items():
        insights.fields[name].description = definition.text
        insights.fields[name].resolve = _compared if name == COMPARE else _figure(name)
    return field


def _types_of(field: GraphQLField) -> list[GraphQLNamedType]:
    """Return every type that the field leads to, but scalars."""
    found: dict[str, GraphQLNamedType] = {}
    ahead = [field.type, *(argument.type for argument in field.args.values())]
    while ahead:
        type_ = get_named_type(ahead.pop())
        if type_.name in found or isinstance(type_, GraphQLScalarType):
            continue
        found[type_.name] = type_
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
            for inner in type_.fields.values():
                ahead.append(inner.type)
                ahead += [argument.type for argument in getattr(inner, "args", {}).values()]
    return list(found.values())


def _complete(type_: GraphQLNamedType, scalars: Mapping[str, GraphQLNamedType]) -> None:
    """Give the type its scalars and, where they are not declared, its descriptions."""
    assert isinstance(type_, GraphQLObjectType | GraphQLInputObjectType)
    for name, field in type_.fields.items():
        field.type = _with(field.type, scalars)
        if isinstance(type_, GraphQLObjectType) and type_.name != INSIGHTS:
            type_.extensions[PLAIN] = True
            field.description = field.description or GLOSSARY[name].description


def _with(type_: Any, scalars: Mapping[str, GraphQLNamedType]) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return GraphQLNonNull(_with(type_.of_type, scalars))
    return scalars.get(type_.name, type_) if isinstance(type_, GraphQLScalarType) else type_


async def _insights(
    root: Any,
    info: Asking,
    filter: dict[str, Any] | None = None,
    asOf: int | None = None,
    at: datetime | None = None,
) -> View:
    ledger = await info.context.insights.caught_up()
    if asOf is not None and asOf > ledger.position:
        raise refusal(
            NOT_REACHED,
            f"asOf: the log is at {ledger.position}, not yet at {asOf}.",
            argument="asOf",
            position=ledger.position,
        )
    at_us = now_us() if at is None else moment_of(at)
    viewer = Viewer.of(info.context.viewer)
    return ledger.view(viewer, _scope(filter or {}), at_us=at_us, as_of=asOf)


def _scope(told: dict[str, Any]) -> Scope:
    lists = ("cohorts", "organisations", "sectors", "themes")
    return Scope(
        **{name: frozenset(told.get(name) or ()) for name in lists},
        from_us=moment_of(told["from"]) if told.get("from") else None,
        to_us=moment_of(told["to"]) if told.get("to") else None,
    )


async def _partial(view: View, info: Asking) -> bool:
    computing: Computing = info.schema.extensions[COMPUTING]
    async with computing.slice(info.context.asker):
        return info.context.insights.ledger.is_partial(view)


def _figure(name: str) -> Any:
    async def resolve(view: View, info: Asking, **arguments: Any) -> Any:
        for argument, terms in _TERMS.items():
            told = arguments.get(argument)
            if told is not None and told not in list(terms):
                raise argument_refusal("argument.malformed", argument, f"one of {', '.join(terms)}")
        given = {key: value for key, value in arguments.items() if value is not None}
        computing: Computing = info.schema.extensions[COMPUTING]
        async with computing.slice(info.context.asker):
            return info.context.insights.ledger.figure(view, name, given)

    return resolve


async def _compared(view: View, info: Asking) -> Any:
    """Compare cohorts; where many rows are to be computed, others get their turn."""
    computing: Computing = info.schema.extensions[COMPUTING]
    rows = []
    left = info.context.insights.ledger.compare(view)
    is_more = True
    while is_more:
        async with computing.slice(info.context.asker):
            is_more = False
            for row in left:
                rows.append(row)
                if computing.is_over:
                    is_more = True
                    break
    return {"list": rows}
