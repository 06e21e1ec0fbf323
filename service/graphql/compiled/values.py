"""What stands in a column, as JSON has it for the graph."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType
from sqlalchemy import JSON, ColumnElement, Text, case, cast, func, literal, null, select

from service.graphql.compiled.building import NotCompiled

Expression = ColumnElement[Any]


def value(type_: GraphQLOutputType, column: Expression, default: Any = None) -> Expression:
    """Return a column's value as the graph gives it; a `default` stands for null. Raises NotCompiled."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(type_, GraphQLList):
        return _list(type_, column, default)
    found = _leaf(type_, column)
    if default is None:
        return found
    raise NotCompiled(f"a default of {type_}")


def _list(type_: GraphQLList[Any], column: Expression, default: Any) -> Expression:
    inner = type_.of_type
    if isinstance(inner, GraphQLNonNull):
        inner = inner.of_type
    if isinstance(inner, GraphQLEnumType):
        item = func.unnest(column).column_valued("item")
        found: Expression = select(func.json_agg(_leaf(inner, item))).scalar_subquery()
    else:
        found = func.to_json(column)
    return found if default is None else func.coalesce(found, cast(literal("[]", Text), JSON))


def _leaf(type_: GraphQLOutputType, column: Expression) -> Expression:
    if isinstance(type_, GraphQLEnumType):
        return _enumerated(type_, column)
    convert = _CONVERTED.get(str(getattr(type_, "name", "")))
    if convert is None:
        raise NotCompiled(f"values of {type_}")
    return convert(column)


def _enumerated(type_: GraphQLEnumType, column: Expression) -> Expression:
    names = {
        str(getattr(one.value, "value", one.value)): name for name, one in type_.values.items()
    }
    if all(name == term.upper().replace(".", "_") for term, name in names.items()):
        return func.upper(func.replace(column, ".", "_"))
    return case(*((column == term, name) for term, name in names.items()), else_=null())


def moment(column: Expression) -> Expression:
    """Return a moment as RFC 3339 in UTC, with microseconds only where there are some."""
    if isinstance(column.type, Text):
        # It is given as it was told.
        return column
    at = func.timezone("UTC", column)
    whole = func.to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS')
    part = func.to_char(at, ".US")
    return whole.concat(case((part == ".000000", ""), else_=part)).concat("Z")


def node_id(stream: ColumnElement[str]) -> ColumnElement[str]:
    """Return the opaque id of a stream."""
    written = func.encode(func.convert_to(stream, "UTF8"), "base64")
    return func.rtrim(func.translate(func.replace(written, "\n", ""), "+/", "-_"), "=")


def _as_it_is(column: Expression) -> Expression:
    return column


_CONVERTED: Final[Mapping[str, Callable[[Expression], Expression]]] = {
    **dict.fromkeys(
        ("String", "ID", "Int", "Float", "Boolean", "Position", "Count", "URL"), _as_it_is
    ),
    "Date": _as_it_is,
    "DateTime": moment,
}
