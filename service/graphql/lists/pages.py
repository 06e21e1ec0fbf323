"""Pages of lists, after Relay's specification of connections: `Connection[Learning]` is a page of learnings."""

from typing import Final, Generic, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument

from service.graphql.fields.field import argument
from service.graphql.fields.shapes import declared
from service.graphql.values.scalars import Count

LIST_SIZE_MAX: Final = "{list_size_max}"
"""A placeholder in descriptions for the most rows that a request may ask for. Each schema puts in its own number."""
PAGE_ROWS: Final = "{page_rows}"
"""A placeholder for the number of rows on a page for which a request gives no size."""

HOW_MANY: Final = f"The number of rows to return, 1 to {LIST_SIZE_MAX}. Null for {PAGE_ROWS}."
FIRST: Final = (
    f"The number of rows to return from the start, 1 to {LIST_SIZE_MAX}. Give at most one of `first` and `last`. "
    f"If both are null, the first {PAGE_ROWS} rows are returned."
)
LAST: Final = (
    f"The number of rows to return from the end, 1 to {LIST_SIZE_MAX}. "
    "Give at most one of `first` and `last`."
)
AFTER: Final = "Return only rows after this cursor of the same list. Null to begin at its start."
BEFORE: Final = "Return only rows before this cursor of the same list. Null to finish at its end."

ROW: Final = "The row."
EDGES: Final = "The rows of this page, each with its cursor."
NODES: Final = "The rows of this page."

NodeT = TypeVar("NodeT")


@declared
class PageInfo:
    """The position of a page in its list."""

    has_next_page: bool = strawberry.field(description="Whether there are rows after this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether there are rows before this page."
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first row of this page. Null if the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last row of this page. Null if the page is empty."
    )


@declared
class EdgeBase:
    """A row of a list, with its cursor."""

    cursor: str = strawberry.field(description="The cursor of the row in this list.")


@declared
class Page:
    """A page of a list, and the number of rows in the list."""

    page_info: PageInfo = strawberry.field(description="The position of this page in the list.")
    total_count: Count = strawberry.field(
        description="The number of rows that you are allowed to see, without any filter."
    )


@declared
class FilteredPage(Page):
    """A page of a list that can be filtered."""

    filtered_count: Count = strawberry.field(
        description="The number of rows that match the filter, on all pages."
    )


@declared
class Edge(EdgeBase, Generic[NodeT]):
    """A row of `{node}Connection`, with its cursor."""

    node: NodeT = strawberry.field(description=ROW)


@declared
class Connection(FilteredPage, Generic[NodeT]):
    """A page of {plural}."""

    edges: list[Edge[NodeT]] = strawberry.field(description=EDGES)
    nodes: list[NodeT] = strawberry.field(description=NODES)


def page_arguments() -> list[StrawberryArgument]:
    """Return the arguments that select a page."""
    return [
        argument("first", int | None, FIRST),
        argument("last", int | None, LAST),
        argument("after", str | None, AFTER),
        argument("before", str | None, BEFORE),
    ]
