"""Scalars of our own: places in the log, and points in time as they were told."""

from typing import Any, Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from events.fields import INTEGER_MAX
from events.moments import moment
from service.graphql.errors import refusal

Position = NewType("Position", int)
DateTime = NewType("DateTime", str)


def _position(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INTEGER_MAX:
        raise refusal("argument.malformed", f"a Position: expected an integer, 0 to {INTEGER_MAX}")
    return value


def _date_time(value: Any) -> str:
    try:
        moment(value if isinstance(value, str) else "")
    except ValueError:
        expected = "RFC 3339 with an offset, such as 2026-03-01T14:30:00+01:00"
        raise refusal("argument.malformed", f"a DateTime: expected {expected}") from None
    return str(value)


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Position: strawberry.scalar(
        name="Position",
        description="A place in the log: the first event stands at 1. An integer of up to 53 bits.",
        parse_value=_position,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A point in time as RFC 3339 text, with the offset it was told with.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        parse_value=_date_time,
    ),
}
