"""Documents: they are parsed, validated and measured before they are executed, and cached with their plans.

`Schema` asks for the document and the operation of each request, and for its plan.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from sys import getsizeof
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    get_operation_ast,
    get_variable_values,
    parse,
    specified_rules,
    validate,
)
from graphql.execution import VariableValues

from projections.insights.figures.definition import FIGURES
from service.errors import TrustedDocumentsError
from service.graphql.arguments import page_rows
from service.graphql.compiler.plan import Plan, form, placeholders
from service.graphql.context import Context
from service.graphql.documents.refused import OperationRefused
from service.graphql.errors import as_graphql, refusal, shown
from service.graphql.limits.concurrency import Turns
from service.graphql.limits.query_size import (
    Limits,
    QueryMeasure,
    QuerySize,
    cost_of,
    query_too_long,
    too_costly,
    too_large,
    too_long,
)
from service.graphql.sql_values.statement_context import NotCompiled

TOKEN_BYTES: Final = 768
"""The approximate memory for a token of a parsed document, with its part of the syntax tree."""

TOO_MANY_TOKENS: Final = "Parsing aborted"
"""The beginning of graphql-core's message for a document with too many tokens, which is not a syntax error."""

PLANS_MAX: Final = 8
"""The number of plans that are cached per document. Each form of its variables has a plan."""

SIZES_MAX: Final = 8
"""The number of sizes that are cached per document. Each combination of numbers of rows has a size."""


@dataclass(eq=False)
class Document:
    """A parsed and validated document. The plan of an operation is None if the executor executes it."""

    text: str
    node: DocumentNode
    bytes: int = 0
    is_trusted: bool = False
    plans: dict[Hashable, Plan | None] = field(default_factory=dict)
    sizes: dict[Hashable, QuerySize] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """An operation that keeps the limits.

    `variables` is None if the variables of the request are invalid. `rows` is the most rows that its lists request.
    """

    document: Document
    node: OperationDefinitionNode
    variables: VariableValues | None
    rows: int
    cost: Mapping[str, int]


class Documents:
    """The documents of a schema, within its limits.

    Valid documents are cached, at most `documents_max` of them with about `documents_bytes_max`. Refused documents are
    not cached. Trusted documents are parsed when the service starts.
    """

    def __init__(self, graph: GraphQLSchema, limits: Limits) -> None:
        self.graph = graph
        self.limits = limits
        self.turns = Turns(1, 1)
        """One document is read or planned at a time; the others wait for their turns."""
        self._prices = {
            "search": limits.search_cost,
            "journey(asOf)": limits.past_cost,
            **dict.fromkeys(FIGURES, limits.figure_cost),
            "__schema": limits.introspection_cost,
            "__type": limits.introspection_cost,
        }
        self._rules = [
            *specified_rules,
            *(() if limits.introspection else (NoSchemaIntrospectionCustomRule,)),
        ]
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0
        self._trusted = {
            query: self._trusted_document(hash_, query)
            for hash_, query in (limits.trusted_documents or {}).items()
        }

    def document(self, query: str) -> Document:
        """Return the parsed and validated document. Raises OperationRefused."""
        return self._remembered(query) or self._kept(query, self._read(query))

    async def read(self, query: str, context: Context) -> Document:
        """Return the document as `document` does, but wait for the viewer's turn. Raises OperationRefused."""
        found = self._remembered(query)
        if found is not None:
            return found
        async with self.turns.taken(context.asker):
            found = self._remembered(query)
            if found is not None:
                return found
            # In a thread, because validation compares all pairs of fields and would block other requests.
            return self._kept(query, await asyncio.to_thread(self._read, query))

    def operation(
        self, document: Document, name: str | None, variables: Mapping[str, Any] | None
    ) -> Operation:
        """Return the operation with this name, or the only one if it is None. Raises OperationRefused."""
        node = get_operation_ast(document.node, name)
        if node is None:
            raise OperationRefused(
                refusal(
                    "operation.unknown",
                    "The argument `operationName` is invalid: expected the name of an operation of the "
                    f"document, found {shown(name)}.",
                )
            )
        if (error := too_long(variables or {}, self.limits)) is not None:
            raise OperationRefused(error)
        found = get_variable_values(
            self.graph, node.variable_definitions or (), dict(variables or {}), max_errors=1
        )
        return self.like(document, node, found if isinstance(found, VariableValues) else None)

    def like(
        self, document: Document, node: OperationDefinitionNode, values: VariableValues | None
    ) -> Operation:
        """Return an operation with values of its variables. Raises OperationRefused if it exceeds the limits."""
        size = self._size(document, node, values.coerced if values else {})
        error = (too_costly if document.is_trusted else too_large)(size, self.limits)
        cost = cost_of(size, self.limits)
        if error is not None:
            raise OperationRefused(error, extensions={"cost": cost})
        return Operation(document, node, values, size.rows, cost)

    async def plan(self, operation: Operation, context: Context) -> Plan | None:
        """Return the plan of an operation, None if the executor executes it.

        The executor also executes operations that request more rows than an answer may have, and counts the rows.
        """
        document, node, variables = operation.document, operation.node, operation.variables
        if variables is None or operation.rows > self.limits.rows_max:
            return None
        key = self._key(node, variables)
        if key not in document.plans:
            async with self.turns.taken(context.asker):
                if key not in document.plans:
                    plan = await asyncio.to_thread(self.planned, document, node, variables)
                    self._keep_plan(document, key, plan)
                    return plan
        # The plan that was used last moves to the end, so that it is discarded last.
        plan = document.plans[key] = document.plans.pop(key)
        return plan

    def give_up(self, operation: Operation) -> None:
        """Discard the plan of an operation, because PostgreSQL refused it. From now on, the executor executes it."""
        if operation.variables is not None:
            self._keep_plan(
                operation.document, self._key(operation.node, operation.variables), None
            )

    def planned(
        self, document: Document, node: OperationDefinitionNode, variables: VariableValues
    ) -> Plan | None:
        """Return a plan for an operation with variables of this form, None if the executor executes it."""
        try:
            return Plan.of(self.graph, document.node, node, variables, self.limits)
        except (NotCompiled, GraphQLError):
            # The executor reports the invalid argument.
            return None

    def _size(
        self, document: Document, node: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> QuerySize:
        """Return the size of an operation, which depends only on the numbers and lengths of lists in its variables."""
        numbers = tuple(
            (name, len(value) if isinstance(value, list) else value)
            for name, value in variables.items()
            if isinstance(value, int | list)
        )
        key = node.name.value if node.name else None, numbers
        size = document.sizes.get(key)
        if size is None:
            size = self._measure(document.node, variables).of(node)
            document.sizes[key] = size
            if len(document.sizes) > SIZES_MAX:
                del document.sizes[next(iter(document.sizes))]
        return size

    def _measure(self, node: DocumentNode, variables: Mapping[str, Any]) -> QueryMeasure:
        return QueryMeasure(node, variables, self._prices, page_rows(self.limits.list_size_max))

    def _key(self, node: OperationDefinitionNode, variables: VariableValues) -> Hashable:
        name = node.name.value if node.name else None
        # A form may be as long as the variables, but its digest is short.
        return name, sha256(repr(form(variables)).encode()).digest()

    def _keep_plan(self, document: Document, key: Hashable, plan: Plan | None) -> None:
        """Add the plan to the cache, with at most `PLANS_MAX` per document."""
        before = document.bytes
        document.plans[key] = plan
        document.bytes += plan.bytes if plan else 0
        while len(document.plans) > PLANS_MAX:
            forgotten = document.plans.pop(next(iter(document.plans)))
            document.bytes -= forgotten.bytes if forgotten else 0
        if self._known.get(document.text) is document:
            self._bytes += document.bytes - before
            self._make_room()

    def _remembered(self, query: str) -> Document | None:
        if query in self._trusted:
            return self._trusted[query]
        if query in self._known:
            self._known.move_to_end(query)
        return self._known.get(query)

    def _kept(self, query: str, node: DocumentNode) -> Document:
        """Add the document to the cache if there is room, and return it."""
        document = Document(query, node, _bytes_of(query, node))
        self._known[query] = document
        self._bytes += document.bytes
        self._make_room()
        return document

    def _make_room(self) -> None:
        while (
            len(self._known) > self.limits.documents_max
            or self._bytes > self.limits.documents_bytes_max
        ):
            _, forgotten = self._known.popitem(last=False)
            self._bytes -= forgotten.bytes

    def _read(self, query: str) -> DocumentNode:
        if len(query) > self.limits.characters_max:
            raise OperationRefused(query_too_long(f"{self.limits.characters_max} characters"))
        try:
            document = parse(query, max_tokens=self.limits.tokens_max)
        except GraphQLError as error:
            if TOO_MANY_TOKENS in error.message:
                raise OperationRefused(query_too_long(f"{self.limits.tokens_max} tokens")) from None
            raise OperationRefused(error) from None
        except RecursionError as error:
            raise OperationRefused(as_graphql(error)) from None
        return self._checked(document)

    def _checked(self, document: DocumentNode) -> DocumentNode:
        """Return the document if it is valid in the schema. Raises OperationRefused."""
        hide = not self.limits.suggestions
        try:
            errors = validate(self.graph, document, self._rules, hide_suggestions=hide)
        except (GraphQLError, RecursionError) as error:
            raise OperationRefused(as_graphql(error)) from None
        if errors:
            raise OperationRefused(*errors)
        return document

    def _trusted_document(self, hash_: str, query: str) -> Document:
        """Return a trusted document, which is parsed, validated, measured and planned before it is requested.

        Raises TrustedDocumentsError.
        """
        try:
            document = Document(query, self._checked(parse(query)), is_trusted=True)
            for node in document.node.definitions:
                if isinstance(node, OperationDefinitionNode):
                    # The least that it can cost, with any variables.
                    names = node.variable_definitions or ()
                    least = {name.variable.name.value: 1 for name in names}
                    size = self._measure(document.node, least).of(node)
                    if (error := too_costly(size, self.limits)) is not None:
                        raise error
                    likely = placeholders(self.graph, node)
                    plan = self._trusted_plan(document, node, likely)
                    self._keep_plan(document, self._key(node, likely), plan)
        except (GraphQLError, RecursionError, OperationRefused) as error:
            name = query.partition("{")[0].strip()
            raise TrustedDocumentsError(f"{hash_} ({name}): {error}") from None
        return document

    def _trusted_plan(
        self, document: Document, node: OperationDefinitionNode, likely: VariableValues
    ) -> Plan | None:
        """Return the plan, None if the executor executes it. Raises a GraphQL error about an invalid constant."""
        if node.variable_definitions:
            # An error may be about a placeholder only, and does not matter.
            return self.planned(document, node, likely)
        try:
            plan = Plan.of(self.graph, document.node, node, likely, self.limits)
            plan.values(likely)
        except NotCompiled:
            return None
        return plan


def _bytes_of(query: str, document: DocumentNode) -> int:
    """Return the approximate memory of a parsed document."""
    size = 2 * getsizeof(query)
    token = document.loc.start_token if document.loc else None
    while token is not None:
        size += TOKEN_BYTES
        token = token.next
    return size
