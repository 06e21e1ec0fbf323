"""The values of columns in SQL, as JSON for the graph. A column of JSON is a field of an event's data."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Numeric,
    Text,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from events.vocabulary.values.times import moment_of
from service.graphql.sql_values.statement_context import NotCompiled
from service.graphql.values.scalars import date_time_text

Expression = ColumnElement[Any]


def value(type_: GraphQLOutputType, column: Expression, default: Any = None) -> Expression:
    """Return the value of a column in the form of the graph, the `default` for null. Raises NotCompiled."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(type_, GraphQLList):
        return _list(type_, column, default)
    if isinstance(type_, GraphQLEnumType):
        found = text_of(column)
        return _enumerated(type_, found if default is None else func.coalesce(found, str(default)))
    convert = _CONVERTED.get(str(getattr(type_, "name", "")))
    if convert is None:
        raise NotCompiled(f"values of {type_}")
    found = convert(column)
    return found if default is None else func.coalesce(found, literal(default))


def text_of(column: Expression) -> Expression:
    """Return the value of a column as text."""
    if not isinstance(column.type, JSON):
        return column
    return column.op("#>>", return_type=Text())(cast(literal("{}", Text), ARRAY(Text)))


def elements(column: Expression, name: str) -> Any:
    """Return the texts of a list as rows of a table `name`, with their `place` in the list."""
    if isinstance(column.type, JSON):
        found = func.json_array_elements_text(case((_is_list(column), column)))
    else:
        found = func.unnest(column)
    return found.table_valued("name", with_ordinality="place").render_derived(name)


def moment(column: Expression) -> Expression:
    """Return a time as RFC 3339 in UTC, with microseconds only if they are not zero. A text is returned unchanged."""
    if isinstance(column.type, Text):
        return column
    at = func.timezone("UTC", column)
    whole = func.to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS')
    part = func.to_char(at, ".US")
    finite = whole.concat(case((part == ".000000", ""), else_=part)).concat("Z")
    return _finite(column, finite, date_time_text)


def microseconds(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a time as text with its number of microseconds."""
    finite = cast(cast(func.extract("epoch", column) * 1_000_000, BigInteger), Text)
    return _finite(column, finite, lambda instant: str(moment_of(instant)))


def _finite(
    column: ColumnElement[Any], finite: ColumnElement[str], write: Callable[[datetime], str]
) -> ColumnElement[str]:
    """Return a time as text, where the column has infinity for the first and the last instant.

    See `events.store.timestamps`.
    """
    return case(
        *(
            (column == literal_column(f"'{name}'::timestamptz"), write(at))
            for name, at in _INFINITE
        ),
        else_=finite,
    )


def node_id(stream: ColumnElement[str]) -> ColumnElement[str]:
    """Return the opaque id of a stream."""
    return func.rtrim(opaque(stream), "=")


def opaque(text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text in the URL-safe alphabet of base64 (RFC 4648, section 5)."""
    written = func.encode(func.convert_to(text, "UTF8"), "base64")
    return func.translate(func.replace(written, "\n", ""), "+/", "-_")


_INFINITE: Final = (
    ("-infinity", datetime.min.replace(tzinfo=UTC)),
    ("infinity", datetime.max.replace(tzinfo=UTC)),
)


def _list(type_: GraphQLList[Any], column: Expression, default: Any) -> Expression:
    inner = type_.of_type
    if isinstance(inner, GraphQLNonNull):
        inner = inner.of_type
    if isinstance(inner, GraphQLEnumType):
        of = elements(column, "term")
        found: Expression = (
            select(func.json_agg(aggregate_order_by(_enumerated(inner, of.c.name), of.c.place)))
            .select_from(of)
            .scalar_subquery()
        )
    elif isinstance(column.type, JSON):
        found = case((_is_list(column), column))
    else:
        found = func.to_json(column)
    is_null = default is None and not isinstance(column.type, ARRAY)
    return found if is_null else func.coalesce(found, func.json_build_array())


def _is_list(column: Expression) -> ColumnElement[bool]:
    return func.json_typeof(column) == "array"


def _enumerated(type_: GraphQLEnumType, column: Expression) -> Expression:
    names = {
        str(getattr(one.value, "value", one.value)): name for name, one in type_.values.items()
    }
    if all(name == term.upper().replace(".", "_") for term, name in names.items()):
        return func.upper(func.replace(column, ".", "_"))
    return case(*((column == term, name) for term, name in names.items()), else_=null())


def _integer(column: Expression) -> Expression:
    # The sender may have written an integer as 12.0.
    return cast(cast(text_of(column), Numeric), BigInteger) if _is_json(column) else column


def _flag(column: Expression) -> Expression:
    return cast(text_of(column), Boolean) if _is_json(column) else column


def _is_json(column: Expression) -> bool:
    return isinstance(column.type, JSON)


def _as_it_is(column: Expression) -> Expression:
    return column


_CONVERTED: Final[Mapping[str, Callable[[Expression], Expression]]] = {
    **dict.fromkeys(("String", "ID", "URL", "Date"), text_of),
    **dict.fromkeys(("Int", "Position", "Count"), _integer),
    **dict.fromkeys(("Float", "JSON"), _as_it_is),
    "Boolean": _flag,
    "DateTime": moment,
}
