"""Custom scalars: positions in the log, points in time, days, addresses, counts and JSON."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, NewType

from graphql import GraphQLError, GraphQLScalarType, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.values.times import as_datetime, moment
from service.graphql.errors import refusal, shown

Position = NewType("Position", int)
Count = NewType("Count", int)
URL = NewType("URL", str)
JSON = NewType("JSON", dict[str, Any])

RFC_3339: Final = "https://www.rfc-editor.org/rfc/rfc3339"


def _malformed(name: str, expected: str, value: Any) -> GraphQLError:
    message = f"The value is not a valid {name}: expected {expected}, found {shown(value)}."
    return refusal("argument.malformed", message)


def _position(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INTEGER_MAX:
        raise _malformed("Position", f"an integer, 0 to {INTEGER_MAX}", value)
    return value


def _date_time(value: Any) -> datetime:
    try:
        return as_datetime(moment(value if isinstance(value, str) else ""))
    except (ValueError, OverflowError):
        expected = "RFC 3339 with an offset, such as 2026-03-01T14:30:00+01:00"
        raise _malformed("DateTime", expected, value) from None


def date_time_text(value: Any) -> str:
    """Return a time as RFC 3339 text in UTC, with microseconds only if they are not zero."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise _malformed("Date", "a day, such as 2026-03-01", value) from None


def _date_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _url(value: Any) -> str:
    raise refusal("argument.malformed", "URL is an output type: no argument can have it.")


def _untyped(parse: Any) -> Any:
    def literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return parse(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            # Only here the place of the value in the document is known.
            raise GraphQLError(error.message, node, extensions=error.extensions) from None

    return literal


_POSITION: Final = GraphQLScalarType(
    "Position",
    description="The position of an event in the log. The first event is at 1. An integer of up to 53 bits.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
    coerce_input_value=_position,
    coerce_input_literal=_untyped(_position),
)
_COUNT: Final = GraphQLScalarType(
    "Count",
    description="A number of things: an integer of up to 53 bits.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
)
_DATE_TIME: Final = GraphQLScalarType(
    "DateTime",
    description="A point in time, as RFC 3339 text with an offset.",
    specified_by_url=RFC_3339,
    coerce_output_value=date_time_text,
    coerce_input_value=_date_time,
    coerce_input_literal=_untyped(_date_time),
)
_DATE: Final = GraphQLScalarType(
    "Date",
    description="A calendar day, such as `2026-03-01` (RFC 3339's full-date).",
    specified_by_url=f"{RFC_3339}#section-5.6",
    coerce_output_value=_date_text,
    coerce_input_value=_date,
    coerce_input_literal=_untyped(_date),
)
_URL: Final = GraphQLScalarType(
    "URL",
    description="An http or https address.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
    coerce_output_value=str,
    coerce_input_value=_url,
    coerce_input_literal=_untyped(_url),
)
_JSON: Final = GraphQLScalarType(
    "JSON",
    description="Any JSON value.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
)


def _scalar(implementation: GraphQLScalarType) -> ScalarDefinition:
    return ScalarDefinition(
        name=implementation.name,
        description=implementation.description,
        specified_by_url=implementation.specified_by_url,
        serialize=None,
        parse_value=None,
        parse_literal=None,
        implementation=implementation,
    )


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    Position: _scalar(_POSITION),
    Count: _scalar(_COUNT),
    datetime: _scalar(_DATE_TIME),
    date: _scalar(_DATE),
    URL: _scalar(_URL),
    JSON: _scalar(_JSON),
}
"""The custom scalars, by the type in annotations."""
