"""The schema, and how an operation is run: read, checked, measured, executed, its errors told as clients get them."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from sys import getsizeof
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
    get_variable_values,
    parse,
    print_schema,
    specified_rules,
    subscribe,
    validate,
)
from graphql.execution import Executor, VariableValues

from projections.insights.definition import FIGURES
from projections.reading import READERS_MAX
from projections.state import Phase
from service.graphql.context import Context
from service.graphql.errors import BEHIND, CATCHING_UP, TRY_AGAIN, UNAVAILABLE, refusal, told
from service.graphql.insights.plain import PlainAnswers
from service.graphql.limits import Limits, Measure, cost_of, too_large, too_long
from service.graphql.reads_after_writes import wait_for_positions
from service.graphql.sharing import Sharing
from service.graphql.slices import COMPUTING, Computing, SlicedAnswers
from service.graphql.subscription import Stopping
from service.graphql.turns import Turns
from service.graphql.type_system import TypeSystem
from service.graphql.types.listed import SHAPES

TOKEN_BYTES: Final = 768
"""About what a token of a document that was read takes in memory, with its part of the tree."""


class Refused(Exception):
    """An operation was refused before it was executed: nothing of it has happened."""

    def __init__(self, *errors: GraphQLError, extensions: dict[str, Any] | None = None) -> None:
        self.errors = [told(error) for error in errors]
        self.extensions = extensions
        super().__init__(self.errors[0].message)

    @property
    def is_for_later(self) -> bool:
        """Whether the same request may do later."""
        return any(is_for_later(error) for error in self.errors)


def is_for_later(error: GraphQLError) -> bool:
    """Say whether an error speaks of what may be had later."""
    return (error.extensions or {}).get("code") in TRY_AGAIN


class Execution(PlainAnswers, SlicedAnswers, Executor[Any]):
    """The executor: values that are told as they are take it no time, and long lists hold nobody up."""


class Schema:
    """The graph, within limits.

    Documents that were read and checked once are remembered, at most `documents_max` of them and about
    `documents_bytes_max`; refused ones are not.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._computing = Computing()
        self.graph = TypeSystem(self.limits.list_size_max).graph
        self.graph.extensions.update(
            {
                "sharing": Sharing(),
                "turns": Turns(READERS_MAX, self.limits.statements_max),
                COMPUTING: self._computing,
                "shapes": {
                    name: shape for shape in SHAPES for name in (shape.name, shape.kind) if name
                },
            }
        )
        self._prices = {
            "search": self.limits.search_cost,
            **dict.fromkeys(FIGURES, self.limits.figure_cost),
            "__schema": self.limits.introspection_cost,
            "__type": self.limits.introspection_cost,
        }
        self._documents: OrderedDict[str, tuple[DocumentNode, int]] = OrderedDict()
        self._documents_bytes = 0
        self._rules = [
            *specified_rules,
            *(() if self.limits.introspection else (NoSchemaIntrospectionCustomRule,)),
        ]

    def document(self, query: str) -> DocumentNode:
        """Return the document, read and checked. Raises Refused."""
        if query in self._documents:
            self._documents.move_to_end(query)
            return self._documents[query][0]
        document = self._read(query)
        size = _bytes_of(query, document)
        self._documents[query] = document, size
        self._documents_bytes += size
        while (
            len(self._documents) > self.limits.documents_max
            or self._documents_bytes > self.limits.documents_bytes_max
        ):
            _, (_, forgotten) = self._documents.popitem(last=False)
            self._documents_bytes -= forgotten
        return document

    async def read(self, query: str, context: Context) -> DocumentNode:
        """Return the document as `document` does, at the turn of whoever asks. Raises Refused."""
        if query in self._documents:
            return self.document(query)
        async with self._computing.slice(context.asker):
            return self.document(query)

    def _read(self, query: str) -> DocumentNode:
        if len(query) > self.limits.characters_max:
            text = f"The query has more than {self.limits.characters_max} characters."
            raise Refused(refusal("query.too_long", text))
        try:
            document = parse(query, max_tokens=self.limits.tokens_max)
            errors = validate(
                self.graph, document, self._rules, hide_suggestions=not self.limits.suggestions
            )
        except (GraphQLError, RecursionError) as error:
            raise Refused(_as_graphql(error)) from None
        if errors:
            raise Refused(*errors)
        return document

    def operation(
        self, document: DocumentNode, name: str | None, variables: Mapping[str, Any] | None
    ) -> tuple[OperationDefinitionNode, dict[str, int]]:
        """Return the operation that is meant, and its cost. Raises Refused."""
        operation = get_operation_ast(document, name)
        if operation is None:
            expected = "the name of one of its operations"
            raise Refused(refusal("operation.unknown", f"operationName: expected {expected}"))
        if (error := too_long(variables or {}, self.limits)) is not None:
            raise Refused(error)
        coerced = self._coerced(operation, variables or {})
        size = Measure(document, coerced, self._prices).of(operation)
        error = too_large(size, self.limits)
        cost = cost_of(size, self.limits)
        if error is not None:
            raise Refused(error, extensions={"cost": cost})
        return operation, cost

    def _coerced(
        self, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the variables as execution takes them; none where it refuses them."""
        values = get_variable_values(
            self.graph, operation.variable_definitions or (), dict(variables), max_errors=1
        )
        return values.coerced if isinstance(values, VariableValues) else {}

    async def execute(
        self,
        query: str,
        context: Context,
        *,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> ExecutionResult:
        """Return the result of a query. Raises Refused where it was not executed, as no subscription is."""
        cost: dict[str, int] | None = None
        try:
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.read(query, context)
                operation, cost = self.operation(document, operation_name, variables)
                if operation.operation is OperationType.SUBSCRIPTION:
                    text = (
                        "A subscription comes over graphql-transport-ws, or as text/event-stream."
                    )
                    raise Refused(refusal("operation.unsupported", text))
                await self._wait(context, extensions)
                async with self._computing.slice(context.asker):
                    found: Any = execute(
                        self.graph,
                        document,
                        executor_class=Execution,
                        context_value=context,
                        variable_values=variables,
                        operation_name=operation_name,
                        hide_suggestions=not self.limits.suggestions,
                    )
                result = (
                    await found
                    if asyncio.iscoroutine(found) or hasattr(found, "__await__")
                    else found
                )
        except TimeoutError:
            return ExecutionResult(None, [self._too_slow()], cost and {"cost": cost})
        if result.data is None and result.errors and all(not one.path for one in result.errors):
            raise Refused(*result.errors, extensions={"cost": cost})
        return _told(result, cost)

    async def stream(
        self,
        query: str,
        context: Context,
        *,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Yield a subscription's results, or the one result of a query.

        Raises Refused where nothing was executed, Stopping where the service ends before what is followed does.
        """
        try:
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.read(query, context)
        except TimeoutError:
            raise Refused(self._too_slow()) from None
        operation, cost = self.operation(document, operation_name, variables)
        if operation.operation is not OperationType.SUBSCRIPTION:
            yield await self.execute(
                query,
                context,
                variables=variables,
                operation_name=operation_name,
                extensions=extensions,
            )
            return
        await self._wait(context, extensions)
        found: Any = subscribe(
            self.graph,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
            hide_suggestions=not self.limits.suggestions,
        )
        results = await found if hasattr(found, "__await__") else found
        if isinstance(results, ExecutionResult):
            raise Refused(*(results.errors or ()))
        assert isinstance(results, AsyncGenerator)
        async with aclosing(results) as open_results:
            try:
                async for result in open_results:
                    yield _told(result, cost)
            except Stopping:
                raise
            except GraphQLError as error:
                yield ExecutionResult(None, [told(error)])
            except Exception as error:
                yield ExecutionResult(None, [told(_as_graphql(error))])

    def _too_slow(self) -> GraphQLError:
        return refusal("query.too_slow", f"It took more than {self.limits.seconds_max:g} seconds.")

    async def _wait(self, context: Context, extensions: Mapping[str, Any] | None) -> None:
        """Hold an operation back until the read models have what it asks for. Raises Refused."""
        try:
            await wait_for_positions(context, extensions)
        except GraphQLError as error:
            raise Refused(error) from None
        state = context.served.state
        unknown = context.served.read_models.schema is None
        if unknown and state.phase is Phase.WAITING:
            raise Refused(refusal(UNAVAILABLE, "The database is away; try again."))
        if not state.has_caught_up and (unknown or state.lag):
            raise Refused(
                refusal(
                    CATCHING_UP,
                    f"The read models are at {state.position} of {state.head}; try again.",
                    position=state.position,
                    head=state.head,
                )
            )
        lag_seconds = context.served.lag_seconds
        if lag_seconds > self.limits.replica_lag_seconds_max:
            raise Refused(
                refusal(
                    BEHIND,
                    f"The replica is at {state.position}, {lag_seconds:.0f} seconds behind; try again.",
                    position=state.position,
                )
            )


def _told(result: ExecutionResult, cost: Mapping[str, int]) -> ExecutionResult:
    errors = [told(error) for error in result.errors] if result.errors else None
    return ExecutionResult(result.data, errors, {"cost": dict(cost)})


def _bytes_of(query: str, document: DocumentNode) -> int:
    """Return about how much memory a document takes that was read."""
    size = 2 * getsizeof(query)
    token = document.loc.start_token if document.loc else None
    while token is not None:
        size += TOKEN_BYTES
        token = token.next
    return size


def _as_graphql(error: Exception) -> GraphQLError:
    return (
        error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    )


def sdl(limits: Limits | None = None) -> str:
    """Return the schema in GraphQL's own language, as `schema.graphql` keeps it."""
    return print_schema(Schema(limits).graph) + "\n"
