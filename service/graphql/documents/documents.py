"""Documents: read, checked and measured before they are executed; remembered with the plans of their operations."""

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
from service.graphql.compiled.plan import Plan, form, placeholders
from service.graphql.context import Context
from service.graphql.documents.refused import OperationRefused
from service.graphql.errors import as_graphql, refusal
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
from service.graphql.limits.turns import Turns
from service.graphql.sql.compilation import NotCompiled

TOKEN_BYTES: Final = 768
"""About what a token of a document that was read takes in memory, with its part of the tree."""

TOO_MANY_TOKENS: Final = "Parsing aborted"
"""What graphql-core's parser says of a document with too many of them, which is no error of syntax."""

PLANS_MAX: Final = 8
"""Of how many forms of a document's variables plans are remembered."""

SIZES_MAX: Final = 8
"""Of how many numbers of rows that a document is asked for its size is remembered."""


@dataclass(eq=False)
class Document:
    """A document that was read and checked. Of an operation that is executed as usual the plan is None."""

    text: str
    node: DocumentNode
    bytes: int = 0
    is_trusted: bool = False
    plans: dict[Hashable, Plan | None] = field(default_factory=dict)
    sizes: dict[Hashable, QuerySize] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """An operation of a document that keeps the limits.

    `variables` are None where it does not take those given; `rows` is how many its lists ask for at most.
    """

    document: Document
    node: OperationDefinitionNode
    variables: VariableValues | None
    rows: int
    cost: Mapping[str, int]


class Documents:
    """The documents that are executed within a schema and its limits.

    Those that were read and checked once are remembered, at most `documents_max` of them and about
    `documents_bytes_max`; refused ones are not. Trusted ones are read when the service starts.
    """

    def __init__(self, graph: GraphQLSchema, limits: Limits) -> None:
        self.graph = graph
        self.limits = limits
        self._reading = Turns(1, 1)
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
        """Return the document, read and checked. Raises Refused."""
        return self._remembered(query) or self._kept(query, self._read(query))

    async def read(self, query: str, context: Context) -> Document:
        """Return the document as `document` does, at the turn of whoever asks. Raises Refused."""
        found = self._remembered(query)
        if found is not None:
            return found
        async with self._reading.taken(context.asker):
            found = self._remembered(query)
            if found is not None:
                return found
            # In a thread: the rules compare fields with each other, and others ask meanwhile.
            return self._kept(query, await asyncio.to_thread(self._read, query))

    def operation(
        self, document: Document, name: str | None, variables: Mapping[str, Any] | None
    ) -> Operation:
        """Return the operation that is meant, and what it costs. Raises Refused."""
        node = get_operation_ast(document.node, name)
        if node is None:
            expected = "the name of one of its operations"
            raise OperationRefused(
                refusal("operation.unknown", f"operationName: expected {expected}")
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
        """Return an operation with values of its variables, and what it costs. Raises Refused."""
        size = self._size(document, node, values.coerced if values else {})
        error = (too_costly if document.is_trusted else too_large)(size, self.limits)
        cost = cost_of(size, self.limits)
        if error is not None:
            raise OperationRefused(error, extensions={"cost": cost})
        return Operation(document, node, values, size.rows, cost)

    async def plan(self, operation: Operation, context: Context) -> Plan | None:
        """Return the operation's plan, None where it is executed as usual.

        So is what asks for more rows than an answer may have: they are counted while they are fetched.
        """
        document, node, variables = operation.document, operation.node, operation.variables
        if variables is None or operation.rows > self.limits.rows_max:
            return None
        key = self._key(node, variables)
        if key not in document.plans:
            async with self._reading.taken(context.asker):
                if key not in document.plans:
                    plan = await asyncio.to_thread(self.planned, document, node, variables)
                    self._keep_plan(document, key, plan)
                    return plan
        # Those that were used last are kept.
        plan = document.plans[key] = document.plans.pop(key)
        return plan

    def give_up(self, operation: Operation) -> None:
        """Let an operation be executed as usual from now on, whose plan PostgreSQL refused."""
        if operation.variables is not None:
            self._keep_plan(
                operation.document, self._key(operation.node, operation.variables), None
            )

    def planned(
        self, document: Document, node: OperationDefinitionNode, variables: VariableValues
    ) -> Plan | None:
        """Return the plan of an operation with variables like these, None where it is executed as usual."""
        try:
            return Plan.of(self.graph, document.node, node, variables, self.limits)
        except (NotCompiled, GraphQLError):
            # What is wrong with an argument is told as usual.
            return None

    def _size(
        self, document: Document, node: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> QuerySize:
        """Return an operation's size. Of its variables, only numbers decide, and how long lists are."""
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
        # A form has as many parts as the variables: its digest is as short as others.
        return name, sha256(repr(form(variables)).encode()).digest()

    def _keep_plan(self, document: Document, key: Hashable, plan: Plan | None) -> None:
        """Keep the plan, and no more than `PLANS_MAX` of a document."""
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
        """Return the document, remembered now, as long as there is room."""
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
        """Return the document if it fits the schema. Raises Refused."""
        hide = not self.limits.suggestions
        try:
            errors = validate(self.graph, document, self._rules, hide_suggestions=hide)
        except (GraphQLError, RecursionError) as error:
            raise OperationRefused(as_graphql(error)) from None
        if errors:
            raise OperationRefused(*errors)
        return document

    def _trusted_document(self, hash_: str, query: str) -> Document:
        """Return the document, read, checked, measured and planned before anybody asks for it.

        Raises TrustedDocumentsError.
        """
        try:
            document = Document(query, self._checked(parse(query)), is_trusted=True)
            for node in document.node.definitions:
                if isinstance(node, OperationDefinitionNode):
                    # The least that it may cost, whatever its variables are.
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
        """Return the plan, None where it is executed as usual. Raises a GraphQL error about a fixed argument."""
        if node.variable_definitions:
            # What is wrong may be but the likely value.
            return self.planned(document, node, likely)
        try:
            plan = Plan.of(self.graph, document.node, node, likely, self.limits)
            plan.values(likely)
        except NotCompiled:
            return None
        return plan


def _bytes_of(query: str, document: DocumentNode) -> int:
    """Return about how much memory a document takes that was read."""
    size = 2 * getsizeof(query)
    token = document.loc.start_token if document.loc else None
    while token is not None:
        size += TOKEN_BYTES
        token = token.next
    return size
