"""Compiled objects: the selected fields of a row are columns, which PostgreSQL writes as one JSON object.

The sources of fields register here how they are compiled (`expression`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import singledispatch
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType
from sqlalchemy import ARRAY, ColumnElement, Text, any_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from projections.models.subjects import SubjectAudiences
from projections.queries.viewers.audience_sql import seen
from projections.store.added_columns import AddedColumn
from service.graphql.fields.columns import FromColumn, FromRow
from service.graphql.fields.field import SOURCE
from service.graphql.fields.references import ToOne, ToSome, ToStream
from service.graphql.fields.row_parts import Parts
from service.graphql.selection import Selected, slot_of
from service.graphql.sql_values.statement_context import Binder, Building, NotCompiled
from service.graphql.sql_values.values import Expression, elements, node_id, text_of, value
from service.graphql.types.bases import OfKey

Columns = Mapping[str, ColumnElement[Any]]
"""The columns of a row, by name."""


class KeyedColumns(dict[str, ColumnElement[Any]]):
    """The columns of the row with the key that the request names."""

    def __init__(self, columns: Columns, key: Binder) -> None:
        super().__init__(columns)
        self.key = key


PLACE: Final = AddedColumn.PLACE.value

FIELDS_MAX: Final = 500
"""The most fields of a row. PostgreSQL allows about three times as many columns."""


def members(
    building: Building, type_: GraphQLObjectType, row: Columns, nodes: Sequence[FieldNode]
) -> list[ColumnElement[Any]]:
    """Return the selected fields of a row of a type, labelled with their response names. Raises NotCompiled."""
    found: list[ColumnElement[Any]] = []
    named = building.named(type_, nodes)
    building.count(len(named))
    if len(named) > FIELDS_MAX:
        raise NotCompiled("more fields than a row can have")
    of_type = {one.slot: one for one in building.selection.of(type_, nodes)}
    for name, same in named.items():
        if same[0].name.value == "__typename":
            found.append(literal(type_.name, Text).label(name))
            continue
        selected = of_type.get(slot_of(name))
        if selected is None:
            raise NotCompiled("a field with invalid arguments")
        source = selected.field.extensions.get(SOURCE)
        found.append(expression(source, building, row, selected).label(name))
    return found


def as_object(statement: Any, building: Building, source: Any = None) -> Expression:
    """Return the one row of a statement as a JSON object, null if it has none.

    Everything that it does not read from its own `source` comes from the enclosing statement.
    """
    rows = statement.correlate_except(source).subquery(building.name("object"))
    return select(func.row_to_json(rows.table_valued())).scalar_subquery()


@singledispatch
def expression(source: Any, building: Building, row: Columns, selected: Selected) -> Expression:
    """Return the value of a selected field of a row, by its source. Raises NotCompiled."""
    raise NotCompiled(type(source).__name__)


@expression.register
def _from_column(
    source: FromColumn, building: Building, row: Columns, selected: Selected
) -> Expression:
    return value(selected.field.type, row[source.column], source.default)


@expression.register
def _from_row(source: FromRow, building: Building, row: Columns, selected: Selected) -> Expression:
    if source.sql is None:
        raise NotCompiled("a value that is computed without SQL")
    return value(selected.field.type, source.sql(row))


@expression.register
def _parts(source: Parts, building: Building, row: Columns, selected: Selected) -> Expression:
    if source.sql is None:
        raise NotCompiled("parts")
    parts = source.sql(row)
    with nullcontext() if parts.source is None else building.below_list():
        made = members(building, building.type(source.type), parts.columns, selected.nodes)
    statement = select(*made)
    if parts.where is not None:
        statement = statement.where(parts.where)
    if parts.source is None:
        return as_object(statement, building)
    place = parts.source.c.place
    rows = (
        statement.add_columns(place.label(PLACE))
        .select_from(parts.source)
        .correlate_except(parts.source)
        .subquery(building.name("parts"))
    )
    names = [column.key for column in rows.c if column.key != PLACE]
    each = select(*(rows.c[name] for name in names)).correlate(rows).subquery(building.name("part"))
    one = select(func.row_to_json(each.table_valued())).scalar_subquery()
    return func.coalesce(
        select(func.json_agg(aggregate_order_by(one, rows.c[PLACE])))
        .select_from(rows)
        .scalar_subquery(),
        func.json_build_array(),
    )


@expression.register
def _of_key(source: OfKey, building: Building, row: Columns, selected: Selected) -> Expression:
    stream = literal(f"{source.kind}/", Text).concat(cast(row[source.column], Text))
    return node_id(stream) if source.is_opaque else stream


@expression.register
def _to_one(source: ToOne, building: Building, row: Columns, selected: Selected) -> Expression:
    return subject(building, source.kind, text_of(row[source.column]), selected.nodes)


@expression.register
def _to_stream(
    source: ToStream, building: Building, row: Columns, selected: Selected
) -> Expression:
    return of_stream(building, text_of(row[source.column]), selected.nodes)


@expression.register
def _to_some(source: ToSome, building: Building, row: Columns, selected: Selected) -> Expression:
    of = elements(row[source.column], building.name("named"))
    with building.below_list():
        found = (
            of_stream(building, of.c.name, selected.nodes)
            if source.kind is None
            else subject(building, source.kind, of.c.name, selected.nodes)
        )
    each = (
        select(found.label("found"), of.c.place)
        .correlate_except(of)
        .subquery(building.name("found"))
    )
    return func.coalesce(
        select(
            func.json_agg(aggregate_order_by(each.c.found, each.c.place)).filter(
                each.c.found.is_not(None)
            )
        )
        .select_from(each)
        .scalar_subquery(),
        func.json_build_array(),
    )


def subject(
    building: Building,
    kind: str,
    key: ColumnElement[str],
    nodes: Sequence[FieldNode],
    key_of: Binder | None = None,
) -> Expression:
    """Return the subject of a kind with this key as an object, null if there is none that the viewer may see.

    `key_of` returns the key if it comes from the request.
    """
    shape = building.shapes[kind]
    visible = building.visible(shape)
    columns = building.columns(visible)
    if key_of is not None:
        columns = KeyedColumns(columns, key_of)
    selected = members(building, building.type(shape.name), columns, nodes)
    return as_object(
        select(*selected)
        .select_from(visible.source)
        .where(visible.rows.c.key == key, visible.condition),
        building,
        visible.source,
    )


def of_stream(
    building: Building, stream: ColumnElement[str], nodes: Sequence[FieldNode]
) -> Expression:
    """Return the subject of a stream as an object, null if there is none that the viewer may see."""
    shapes = {shape.kind: shape for shape in building.shapes.values() if shape.kind}
    # Kinds with the same selection are compiled together if that needs only the stream.
    alike: dict[Any, list[str]] = {}
    for kind, shape in sorted(shapes.items()):
        named = building.named(building.type(shape.name), nodes)
        form = tuple((name, *map(id, same)) for name, same in named.items())
        is_plain = all(same[0].name.value in _OF_STREAM for same in named.values())
        alike.setdefault(form if is_plain else kind, []).append(kind)
    key = func.split_part(stream, "/", 2)
    written = [
        (
            kinds,
            subject(building, kinds[0], key, nodes)
            if form == kinds[0]
            else _plain(building, stream, kinds, building.type(shapes[kinds[0]].name), nodes),
        )
        for form, kinds in alike.items()
    ]
    most = max(written, key=lambda one: len(one[0]))
    of = func.split_part(stream, "/", 1)
    found: list[tuple[Any, Any]] = [
        (of == any_(literal(kinds, ARRAY(Text))), made)
        for kinds, made in written
        if kinds != most[0]
    ]
    # Other streams, such as those of events, have no subjects.
    otherwise = case((of == any_(literal(most[0], ARRAY(Text))), most[1]))
    return case(*found, else_=otherwise) if found else otherwise


def _plain(
    building: Building,
    stream: ColumnElement[str],
    kinds: Sequence[str],
    type_: GraphQLObjectType,
    nodes: Sequence[FieldNode],
) -> Expression:
    """Return a subject of any of these kinds as an object that needs only its stream; `type_` is that of one kind."""
    rows = SubjectAudiences.table.alias(building.name("plain"))
    of_type = {one.slot: one for one in building.selection.of(type_, nodes)}
    made = []
    for name, same in building.named(type_, nodes).items():
        find = _OF_STREAM[same[0].name.value]
        if find is None:
            selected = of_type[slot_of(name)]
            source = selected.field.extensions.get(SOURCE)
            found = expression(source, building, {"stream": rows.c.stream}, selected)
        else:
            found = find(rows.c)
        made.append(found.label(name))
    return as_object(
        select(*made)
        .select_from(rows)
        .where(
            rows.c.stream == stream,
            rows.c.kind == any_(literal(list(kinds), ARRAY(Text))),
            seen(rows.c.audience),
        ),
        building,
        rows,
    )


_OF_STREAM: Final[Mapping[str, Callable[[Any], Expression] | None]] = {
    # The name of a type is that of its kind with a capital.
    "__typename": lambda rows: func.initcap(rows.kind),
    "id": lambda rows: node_id(rows.stream),
    "key": lambda rows: func.split_part(rows.stream, "/", 2),
    "stream": lambda rows: rows.stream,
    "position": lambda rows: rows.position,
    "corrections": None,
}
"""The values of fields that follow from the row of `SubjectAudiences`, by field; None where the source finds them."""
