"""The size of a query, measured before it is executed, and its limits. `documents` refuses what exceeds them.

Each fragment is measured once, no matter how often it is spread. Otherwise thirty fragments that each spread the next
one twice would keep a server busy for hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from service.graphql.arguments import PAGE_SIZE, page_rows
from service.graphql.errors import refusal

ESCAPED_BYTES: Final = 12
"""The most bytes that a character takes in JSON: two escaped surrogates."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of GraphQL requests. `service.settings` describes the settings that they come from.

    The cost of a query is the number of its fields, where fields in a list count once per row that is requested.
    Expensive fields have a price of their own: `search_cost`, `figure_cost`, `past_cost` for a past journey, and
    `introspection_cost` for the whole schema. `rows_max` limits the rows of all lists in an answer.
    """

    depth_max: int = 20
    aliases_max: int = 30
    tokens_max: int = 2_000
    characters_max: int = 65_536
    body_bytes_max: int = 8_388_608
    cost_max: int = 250_000
    rows_max: int = 50_000
    search_cost: int = 12_500
    figure_cost: int = 2_500
    introspection_cost: int = 25_000
    past_cost: int = 12_500
    statements_max: int = 4
    list_size_max: int = 100
    pasts_max: int = 4
    seconds_max: float = 10.0
    introspection: bool = True
    suggestions: bool = True
    documents_max: int = 1_000
    documents_bytes_max: int = 67_108_864
    subscriptions_max: int = 20
    connections_max: int = 250
    insights_seconds: float = 1.0
    init_seconds_max: float = 10.0
    min_position_seconds: float = 5.0
    replica_lag_seconds_max: float = 60.0
    heartbeat_seconds: float = 15.0
    look_seconds: float = 1.0
    retry_after_seconds: int = 2
    trusted_documents: Mapping[str, str] | None = None

    @property
    def request_bytes_max(self) -> int:
        """The largest request in bytes: the query and its variables, with all characters escaped."""
        return min(self.body_bytes_max, 2 * ESCAPED_BYTES * self.characters_max)


class QuerySize(NamedTuple):
    """The size of a selection: its depth, its aliases, its cost, and the number of rows that its lists request.

    A fragment counts each time it is spread. `is_page` is true if the selection has rows of a list.
    """

    depth: int = 0
    aliases: int = 0
    cost: int = 0
    rows: int = 0
    is_page: bool = False


ROWS: Final = frozenset({"nodes", "edges", "pageInfo"})
"""The fields of a page that need its rows."""


_ROW_ARGUMENTS: Final = ("first", "last", "ids", "streams")
"""The arguments that give the number of rows of a field."""

COUNTED_MAX = 10**12
"""Larger costs and numbers of aliases and rows count as this one."""


class QueryMeasure:
    """Measures operations of a document with coerced variables: `100.0` requests 100 rows.

    `prices` has the extra cost of expensive fields, by name, or by `name(argument)` if it comes from an argument.
    A page has `page_rows` rows if the query gives no number.
    """

    def __init__(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any],
        prices: Mapping[str, int] | None = None,
        page_rows: int = PAGE_SIZE,
    ) -> None:
        self._page_rows = page_rows
        self._variables = variables
        self._prices = prices or {}
        self._sizes: dict[str, QuerySize] = {}
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults: dict[str, Any] = {}

    def of(self, operation: OperationDefinitionNode) -> QuerySize:
        """Return the size of an operation."""
        self._sizes.clear()
        self._defaults = {
            node.variable.name.value: node.default_value
            for node in operation.variable_definitions or ()
        }
        return self._size(operation.selection_set)

    def _size(self, selected: SelectionSetNode | None) -> QuerySize:
        depth = aliases = cost = rows = 0
        is_page = False
        for node in selected.selections if selected else ():
            if isinstance(node, FragmentSpreadNode):
                size = self._fragment(node.name.value)
                is_page = is_page or size.is_page
            elif isinstance(node, FieldNode):
                size = self._field(node)
                is_page = is_page or node.name.value in ROWS
            elif isinstance(node, InlineFragmentNode):
                size = self._size(node.selection_set)
                is_page = is_page or size.is_page
            else:
                continue
            depth = max(depth, size.depth)
            aliases = min(aliases + size.aliases, COUNTED_MAX)
            cost = min(cost + size.cost, COUNTED_MAX)
            rows = min(rows + size.rows, COUNTED_MAX)
        return QuerySize(depth, aliases, cost, rows, is_page)

    def _field(self, node: FieldNode) -> QuerySize:
        name = node.name.value
        with_arguments = (f"{name}({argument.name.value})" for argument in node.arguments or ())
        price = sum(self._prices.get(priced, 0) for priced in (name, *with_arguments))
        if name.startswith("__"):
            return QuerySize(cost=price)
        below = self._size(node.selection_set)
        rows = self._rows(node, self._page_rows if below.is_page else 0)
        return QuerySize(
            below.depth + 1,
            below.aliases + (node.alias is not None),
            1 + price + below.cost * (rows or 1),
            below.rows * (rows or 1) + rows,
        )

    def _rows(self, node: FieldNode, default: int) -> int:
        """Return the number of rows or nodes that a field requests, `default` if it gives none."""
        for argument in node.arguments or ():
            if argument.name.value in _ROW_ARGUMENTS:
                value: Any = argument.value
                if isinstance(value, VariableNode):
                    name = value.name.value
                    value = self._variables.get(name, self._defaults.get(name))
                if isinstance(value, IntValueNode):
                    value = int(value.value)
                elif isinstance(value, ListValueNode):
                    value = len(value.values)
                elif isinstance(value, list):
                    value = len(value)
                if isinstance(value, int) and value > 0:
                    return value
        return default

    def _fragment(self, name: str) -> QuerySize:
        if name not in self._sizes:
            # Validation refuses a fragment that spreads itself. Until then, this entry ends the recursion.
            self._sizes[name] = QuerySize()
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._sizes[name] = self._size(fragment.selection_set)
        return self._sizes[name]


def too_long(variables: Mapping[str, Any], limits: Limits) -> GraphQLError | None:
    """Return the error of variables that exceed the limits for the text of a query, None if they keep the limits.

    Each name and each value counts as a token.
    """
    tokens = characters = 0
    left: list[Any] = [variables]
    while left and tokens <= limits.tokens_max and characters <= limits.characters_max:
        value = left.pop()
        if isinstance(value, Mapping):
            left += value
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str):
            characters += len(value)
        tokens += 1
    if tokens > limits.tokens_max:
        most = f"{limits.tokens_max} names and values"
    elif characters > limits.characters_max:
        most = f"{limits.characters_max} characters"
    else:
        return None
    return refusal("variables.too_long", f"The variables have more than {most}.")


def query_too_long(most: str) -> GraphQLError:
    """Return the error of a query that exceeds a limit, such as "2000 tokens"."""
    return refusal("query.too_long", f"The query has more than {most}.")


def too_large(size: QuerySize, limits: Limits) -> GraphQLError | None:
    """Return the error of a query of this size, None if it keeps the limits."""
    if size.depth > limits.depth_max:
        return refusal(
            "query.too_deep",
            f"The query is nested too deeply: at most {limits.depth_max} levels are allowed, found {size.depth}.",
            depth=size.depth,
        )
    if size.aliases > limits.aliases_max:
        return refusal(
            "query.too_many_aliases", f"The query has more than {limits.aliases_max} aliases."
        )
    return too_costly(size, limits)


def too_costly(size: QuerySize, limits: Limits) -> GraphQLError | None:
    """Return the error of a query that costs too much, None if it keeps the limit."""
    if size.cost > limits.cost_max:
        rows = page_rows(limits.list_size_max)
        return refusal(
            "query.too_costly",
            f"The query costs {size.cost}, but at most {limits.cost_max} is allowed. Request fewer rows of its lists. "
            f"A list without `first` and `last` counts as {rows} rows.",
            cost=cost_of(size, limits),
        )
    return None


def cost_of(size: QuerySize, limits: Limits) -> dict[str, int]:
    """Return the value of `extensions.cost`."""
    return {"requested": size.cost, "max": limits.cost_max}
