"""The arguments of lists: filters and orders, made from the classes of the rows."""

from enum import StrEnum
from functools import cache
from typing import Any, Final

import strawberry
from strawberry.tools import create_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from service.graphql.fields.field import argument
from service.graphql.fields.shapes import Shape, definition_of, shape_of
from service.graphql.filters.filters import ways
from service.graphql.lists.pages import page_arguments
from service.graphql.values.terms import Direction, enumeration

_ORDERED: Final = {
    "position": "By position: the order in which they were recorded.",
    "occurred_at": "By the time at which they happened, as provided; then by position.",
    "updated_position": "By the position of their last change; then by position.",
    "adoptions": "By the number of adoptions that you are allowed to see; then by position.",
    "due": "By the day by which they are due, with those without one after all others; then by position.",
    "concluded": "By the time of their conclusion, with those not concluded before all others; then by position.",
}
"""The descriptions of the orders, by column. All other columns are texts."""


def list_arguments(node: Any) -> list[StrawberryArgument]:
    """Return the arguments of a list of rows of a class."""
    shape = shape_of(node)
    arguments = [
        *page_arguments(),
        argument(
            "where",
            filter_of(shape) | None,
            "Return only rows that match this filter. Null for all rows.",
        ),
    ]
    if "position" in shape.table.c and "occurred_at" in shape.table.c:
        text = "The order of the rows. Null for the order in which they were recorded."
        arguments.append(argument("order", order_of(shape) | None, text))
    return arguments


@cache
def filter_of(shape: Shape) -> Any:
    """Return the input that filters a list of a shape."""
    found = create_type(
        f"{shape.name}Filter",
        [_member(name, way.input, way.description) for name, way in ways(shape).items()],
        is_input=True,
        description=f"A filter for {shape.plural}. All conditions that are given must match.",
    )
    # These have the type of the filter itself, so they are added after it is made.
    definition_of(found).fields[:0] = [
        _member("and", list[found] | None, "All of these filters must match."),  # type: ignore[valid-type]  # a class made above
        _member("or", list[found] | None, "At least one of these filters must match."),  # type: ignore[valid-type]  # the same
        _member("not", found | None, "This filter must not match."),
    ]
    return found


def _member(name: str, type_: Any, description: str) -> StrawberryField:
    field: StrawberryField = strawberry.field(
        name=name, graphql_type=type_, description=description
    )
    # Some names are keywords of Python.
    field.python_name = f"{name}_"
    return field


@cache
def order_of(shape: Shape) -> Any:
    """Return the input that orders a list of a shape."""
    by_name = {"POSITION": "position", "TIME": "occurred_at"}
    if shape.kind:
        by_name["UPDATED"] = "updated_position"
    by_name |= {name.upper(): name for name in shape.orders}
    columns: Any = StrEnum(f"{shape.name}OrderBy", by_name)  # type: ignore[misc]  # the shape says what they are, not a literal
    by: Any = enumeration(
        columns,
        {
            name: _ORDERED.get(name, f"By {name}, compared by code points; then by position.")
            for name in by_name.values()
        },
        description=f"The criteria by which {shape.plural} can be ordered.",
    )
    direction: StrawberryField = strawberry.field(
        name="direction",
        graphql_type=Direction,
        description="The direction of the order.",
        default=Direction.ASC,
    )
    direction.python_name = "direction"
    return create_type(
        f"{shape.name}Order",
        [_member("by", by, "The criterion to order by."), direction],
        is_input=True,
        description=f"An order for {shape.plural}.",
    )
