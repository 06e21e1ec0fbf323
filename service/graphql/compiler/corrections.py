"""Compiled corrections: those of a row as a JSON array. PostgreSQL says how many they are, so that they are counted."""

from sqlalchemy import JSON, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from projections.models.record import Corrections
from projections.queries import corrections
from service.graphql.compiler.objects import Columns, as_object, expression, members
from service.graphql.compiler.placeholders import counted
from service.graphql.fields.shapes import type_name
from service.graphql.lookups.corrections import Correction, CorrectionsOf
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import Building
from service.graphql.sql_values.values import Expression


@expression.register
def _corrections_of(
    source: CorrectionsOf, building: Building, row: Columns, selected: Selected
) -> Expression:
    rows = Corrections.table.alias(building.name("corrections"))
    columns = {
        name: cast(column, JSON) if name in ("before", "after") else column
        for name, column in corrections.columns(rows).items()
    }
    made = members(building, building.type(type_name(Correction)), columns, selected.nodes)
    each = as_object(select(*made), building)
    found = (
        select(
            func.count().label("number"),
            func.json_agg(aggregate_order_by(each, rows.c.position, rows.c.field)).label("list"),
        )
        .select_from(rows)
        .where(source.sql(rows, row), corrections.stands(rows))
        .correlate_except(rows)
        .subquery(building.name("listed"))
    )
    return select(counted(building, found.c.list, found.c.number)).scalar_subquery()
