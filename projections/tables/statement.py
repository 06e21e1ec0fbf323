"""The statements for analysts' tables in PostgreSQL: the same rows that `rows` folds, from the read models."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, case, func, literal, select

from projections.folding.tables import TEXT, Row
from projections.models.subjects import SubjectAudiences
from projections.queries.lists import BY_VIEWER, LEAVING_SEEN, Visible, visible
from projections.queries.row_ids import seen_stays
from projections.queries.viewers.audience_sql import seen
from projections.store.added_columns import AddedColumn
from projections.tables.columns import TableColumn
from projections.tables.tables import MEMBERSHIPS, STAYS, AnalystTable, stay_row

AFTER: Final = AddedColumn.PLACE.value
"""The column with the place of a row, after which the next page begins; all stays of a member have the same."""


@cache
def rows_seen(table: AnalystTable) -> Select[Any]:
    """Return the statement for the rows of a table that a viewer sees, in their order.

    Like all statements of `projections.queries`, it names no viewer: the tokens are its parameters.
    """
    about = None
    if table.about is not None:
        kinds = table.about.refers
        about = (kinds[0] if len(kinds) == 1 else "", table.about.source)
    shown = visible(table.projection.table, about)
    return (
        select(shown.rows.c.position.label(AFTER), *_columns(table, shown))
        .select_from(shown.source)
        .where(shown.condition)
        .order_by(shown.rows.c.position)
    )


def page(table: AnalystTable, after: int, limit: int) -> Select[Any]:
    """Return the statement for at most so many rows after a position."""
    place = rows_seen(table).selected_columns[AFTER]
    return rows_seen(table).where(place > after).limit(limit)


def rows_of(table: AnalystTable, found: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows that a row of the statement stands for: of memberships, as many as their stays."""
    if table is STAYS:
        for stay in seen_stays(found):
            yield stay_row(found, stay, leaving_seen=found[LEAVING_SEEN])
    elif table is MEMBERSHIPS:
        if seen_stays(found):
            present = found["present"] if found[LEAVING_SEEN] else None
            yield {"organisation": found["organisation"], "cohort": found["cohort"]} | {
                "present": present
            }
    else:
        yield {column.name: found[column.name] for column in table.columns}


def _columns(table: AnalystTable, shown: Visible) -> Iterator[ColumnElement[Any]]:
    rows = shown.rows
    if table in (STAYS, MEMBERSHIPS):
        yield from (_value(column, rows) for column in table.columns[:2])
        yield from (rows.c.present, rows.c.stays)
        yield from shown.columns(BY_VIEWER)
        return
    yield from (_value(column, rows) for column in table.columns)


def _value(column: TableColumn, rows: FromClause) -> ColumnElement[Any]:
    """Return the values of a column, without the subjects that the viewer does not see."""
    value = rows.c[column.source]
    if not column.refers:
        return value.label(column.name)
    if not column.is_list:
        return case((_is_seen(_stream(column, value)), value)).label(column.name)
    one = func.unnest(value).table_valued("name", with_ordinality="place").render_derived()
    kept = (
        select(one.c.name)
        .select_from(one)
        .where(_is_seen(_stream(column, one.c.name)))
        .order_by(one.c.place)
        .correlate(rows)
    )
    return func.array(kept.scalar_subquery()).label(column.name)


def _stream(column: TableColumn, name: ColumnElement[str]) -> ColumnElement[str]:
    return literal(column.prefix, TEXT) + name if column.prefix else name


def _is_seen(stream: ColumnElement[str]) -> ColumnElement[bool]:
    subject = SubjectAudiences.table.alias("named")
    return (
        select(subject.c.stream)
        .where(subject.c.stream == stream, seen(subject.c.audience))
        .correlate_except(subject)
        .exists()
    )
