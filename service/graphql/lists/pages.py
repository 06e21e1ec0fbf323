"""Pages of lists, as Relay has them: `Connection[Learning]` is a page of learnings."""

from typing import Final, Generic, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument

from service.graphql.fields.field import argument
from service.graphql.fields.shapes import declared
from service.graphql.values.scalars import Count

LIST_SIZE_MAX: Final = "{list_size_max}"
"""Stands in a description for the most rows that a list may be asked for; each schema puts its own number there."""
PAGE_ROWS: Final = "{page_rows}"
"""Stands for how many rows are given where it is not said."""

HOW_MANY: Final = f"How many, 1 to {LIST_SIZE_MAX}; {PAGE_ROWS} if null."
FIRST: Final = (
    f"How many from the beginning, 1 to {LIST_SIZE_MAX}; either this or `last`. "
    f"The first {PAGE_ROWS} if both are null."
)
LAST: Final = f"How many from the end, 1 to {LIST_SIZE_MAX}; either this or `first`."
AFTER: Final = "Only what comes after this cursor of the same list; null for its beginning."
BEFORE: Final = "Only what comes before this cursor of the same list; null for its end."

ROW: Final = "The row."
EDGES: Final = "The rows with their cursors."
NODES: Final = "The rows alone."

NodeT = TypeVar("NodeT")


@declared
class PageInfo:
    """Where a page of a list begins and ends."""

    has_next_page: bool = strawberry.field(description="Whether there is more behind it.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before it.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of its first row; null where it is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of its last row; null where it is empty."
    )


@declared
class Placed:
    """A place in a list."""

    cursor: str = strawberry.field(description="Where the row stands in this list.")


@declared
class Page:
    """A page of a list, and how many rows the list has."""

    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    total_count: Count = strawberry.field(
        description="How many there are that you may see, whatever is filtered."
    )


@declared
class FilteredPage(Page):
    """A page of a list of which filters let some rows in."""

    filtered_count: Count = strawberry.field(
        description="How many of them the filters let in, on all pages."
    )


@declared
class Edge(Placed, Generic[NodeT]):
    """A place in a `{node}Connection`."""

    node: NodeT = strawberry.field(description=ROW)


@declared
class Connection(FilteredPage, Generic[NodeT]):
    """A page of {plural}."""

    edges: list[Edge[NodeT]] = strawberry.field(description=EDGES)
    nodes: list[NodeT] = strawberry.field(description=NODES)


def page_arguments() -> list[StrawberryArgument]:
    """Return the arguments that choose a page."""
    return [
        argument("first", int | None, FIRST),
        argument("last", int | None, LAST),
        argument("after", str | None, AFTER),
        argument("before", str | None, BEFORE),
    ]
