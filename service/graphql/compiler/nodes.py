"""Compiled lookups: subjects by key, stream or id, and current journeys. The executor resolves past states."""

from sqlalchemy import ARRAY, Text, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from events.vocabulary.stream import KINDS
from projections.folding.tables import checkpoint
from service.graphql.arguments import key
from service.graphql.compiler.objects import (
    Columns,
    KeyedColumns,
    as_object,
    expression,
    members,
    of_stream,
    subject,
)
from service.graphql.journeys.journey import JOURNEY_TYPE, ToJourney
from service.graphql.lookups.live_cursor import UpTo
from service.graphql.lookups.nodes import ById, ByStreams
from service.graphql.lookups.subjects import ByKey
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import (
    Binder,
    Building,
    NotCompiled,
    RequestValues,
)
from service.graphql.sql_values.values import Expression, elements


@expression.register
def _by_key(source: ByKey, building: Building, row: Columns, selected: Selected) -> Expression:
    def key_of(request: RequestValues) -> str:
        return key(request.arguments(selected)["key"])

    return subject(building, source.kind, building.bind(Text(), key_of), selected.nodes, key_of)


@expression.register
def _to_journey(
    source: ToJourney, building: Building, row: Columns, selected: Selected
) -> Expression:
    if building.request.arguments(selected).get("asOf") is not None:
        raise NotCompiled("a past state")
    columns: Columns = {
        "organisation": row["key"],
        "position": select(checkpoint.c.position).scalar_subquery(),
    }
    if isinstance(row, KeyedColumns):
        columns = KeyedColumns(columns, row.key)
    made = members(building, building.type(JOURNEY_TYPE), columns, selected.nodes)
    return as_object(select(*made), building)


@expression.register
def _up_to(source: UpTo, building: Building, row: Columns, selected: Selected) -> Expression:
    return select(checkpoint.c.position).scalar_subquery()


@expression.register
def _by_streams(
    source: ByStreams, building: Building, row: Columns, selected: Selected
) -> Expression:
    most = building.limits.list_size_max
    return _each(
        building, lambda request: source.wanted(request.arguments(selected), most), selected
    )


@expression.register
def _by_id(source: ById, building: Building, row: Columns, selected: Selected) -> Expression:
    most = building.limits.list_size_max

    def streams(request: RequestValues) -> list[str]:
        wanted = source.wanted(request.arguments(selected), most)
        if any(one.kind not in KINDS or one.moment is not None for one in wanted):
            raise NotCompiled("a node that is not a subject, or is of a past state")
        return [one.stream for one in wanted]

    if source.is_list:
        return _each(building, streams, selected)
    return of_stream(
        building, building.bind(Text(), lambda request: streams(request)[0]), selected.nodes
    )


def _each(building: Building, streams: Binder, selected: Selected) -> Expression:
    """Return the subjects of streams, null in place of each that the viewer may not see."""
    of = elements(building.bind(ARRAY(Text), streams), building.name("asked"))
    found = (
        select(of_stream(building, of.c.name, selected.nodes).label("found"), of.c.place)
        .correlate_except(of)
        .subquery(building.name("found"))
    )
    each = func.json_agg(aggregate_order_by(found.c.found, found.c.place))
    return func.coalesce(select(each).select_from(found).scalar_subquery(), func.json_build_array())
