"""What lists are asked with: filters and orders, made from the classes that the lists are of."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

import strawberry
from strawberry.tools import create_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from projections.tables import WORDING
from service.graphql.fields.field import argument
from service.graphql.fields.shapes import Shape, definition_of, given, shape_of
from service.graphql.lists.pages import page_arguments
from service.graphql.values.terms import Direction, enumeration

NAMING: Final = ("organisation", "cohort")
"""The members of a filter that name subjects of these kinds, by their keys."""
HOWEVER_SPELLED: Final = "in any case of letters, with any blanks, quotes and dashes"


@given
class DateTimeSpan:
    """A span of time, half-open."""

    from_: datetime | None = strawberry.field(name="from", description="At this moment or later.")
    to: datetime | None = strawberry.field(description="Before this moment.")


@given
class IntRange:
    """A range of integers, both ends included."""

    min: int | None = strawberry.field(description="This or more.")
    max: int | None = strawberry.field(description="This or less.")


_DESCRIBED: Final = {
    "among": "It is any of these.",
    "any_term": "Any of these is among them.",
    "any_theme": f"Any of these is among them, {HOWEVER_SPELLED}.",
    "range": "It is in this range.",
    "flag": "It is so, or it is not.",
    "span": "It is in this span.",
}


def list_arguments(node: Any) -> list[StrawberryArgument]:
    """Return the arguments of a list of what a class stands for."""
    shape = shape_of(node)
    arguments = [
        *page_arguments(),
        argument(
            "where", filter_of(shape) | None, "Only those for which this holds; null for all."
        ),
    ]
    if "position" in shape.table.c and "occurred_at" in shape.table.c:
        text = "In which order; null for the order in which they were recorded."
        arguments.append(argument("order", order_of(shape) | None, text))
    return arguments


@cache
def filter_of(shape: Shape) -> Any:
    """Return the input that filters a list of a shape."""
    found = create_type(
        f"{shape.name}Filter",
        _members(shape),
        is_input=True,
        description=f"Which {shape.plural} are wanted: all that is given holds.",
    )
    # These lead to the filter itself, which is there only now.
    definition_of(found).fields[:0] = [
        _member("and", list[found] | None, "All of these hold."),  # type: ignore[valid-type]  # a class made above
        _member("or", list[found] | None, "Any of these holds."),  # type: ignore[valid-type]  # the same
        _member("not", found | None, "This does not hold."),
    ]
    return found


def _members(shape: Shape) -> list[StrawberryField]:
    found = {}
    if "occurred_at" in shape.table.c:
        found["time"] = _member("time", DateTimeSpan | None, "It happened in this span.")
    for column in NAMING:
        if column in shape.table.c:
            text = f"Of any of the {column}s with these keys."
            found[column] = _member(column, list[str] | None, text)
    if WORDING in shape.table.c:
        text = f"Its wording contains this, {HOWEVER_SPELLED}."
        found["text"] = _member("text", str | None, text)
    for name, by in shape.filters.items():
        if name not in found:
            found[name] = _member(name, _input(by.how, by.type), _DESCRIBED[by.how])
    return list(found.values())


def _input(how: str, type_: Any) -> Any:
    match how:
        case "among" | "any_term":
            return list[type_.origin] | None
        case "any_theme":
            return list[str] | None
        case "range":
            return IntRange | None
        case "span":
            return DateTimeSpan | None
        case _:
            return bool | None


def _member(name: str, type_: Any, description: str) -> StrawberryField:
    field: StrawberryField = strawberry.field(
        name=name, graphql_type=type_, description=description
    )
    # Some are words that Python keeps for itself.
    field.python_name = f"{name}_"
    return field


@cache
def order_of(shape: Shape) -> Any:
    """Return the input that orders a list of a shape."""
    columns: Any = StrEnum(  # type: ignore[misc]  # the shape says what they are, not a literal
        f"{shape.name}OrderBy",
        {
            "POSITION": "position",
            "TIME": "occurred_at",
            **{name.upper(): name for name in shape.orders},
        },
    )
    by: Any = enumeration(
        columns,
        {
            "position": "The order in which they were recorded.",
            "occurred_at": "When they happened, as told; at equal times by position.",
            **{name: f"Its {name}, by code points; then by position." for name in shape.orders},
        },
        description=f"What {shape.plural} can be ordered by.",
    )
    direction: StrawberryField = strawberry.field(
        name="direction",
        graphql_type=Direction,
        description="In which direction.",
        default=Direction.ASC,
    )
    direction.python_name = "direction"
    return create_type(
        f"{shape.name}Order",
        [_member("by", by, "What they are ordered by."), direction],
        is_input=True,
        description=f"An order of {shape.plural}.",
    )
