"""The schema, and how an operation is run: read, checked, measured, executed, its errors told as clients get them."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from sys import getsizeof
from typing import Any, Final

from graphql import (
    DocumentNode,
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
from graphql.execution import ExecutionResult as GraphQLResult
from graphql.execution import Executor, VariableValues
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Allowed

from projections.insights.definition import FIGURES
from projections.reading import READERS_MAX
from projections.state import Phase
from service.errors import TrustedDocumentsError
from service.graphql.arguments import page_rows
from service.graphql.context import Context
from service.graphql.errors import BEHIND, CATCHING_UP, UNAVAILABLE, refusal, told
from service.graphql.insights.plain import PlainAnswers
from service.graphql.limits import (
    Limits,
    Measure,
    cost_of,
    query_too_long,
    too_costly,
    too_large,
    too_long,
)
from service.graphql.reads_after_writes import wait_for_positions
from service.graphql.sharing import Sharing
from service.graphql.slices import COMPUTING, Computing, SlicedAnswers
from service.graphql.trusted import document_of
from service.graphql.turns import Turns
from service.graphql.type_system import TypeSystem
from service.graphql.types.listed import SHAPES

TOKEN_BYTES: Final = 768
"""About what a token of a document that was read takes in memory, with its part of the tree."""

TOO_MANY_TOKENS: Final = "Parsing aborted"
"""What graphql-core's parser says of a document with too many of them, which is no error of syntax."""


class Refused(Exception):
    """An operation was refused before it was executed: nothing of it has happened."""

    def __init__(self, *errors: GraphQLError, extensions: dict[str, Any] | None = None) -> None:
        self.errors = [told(error) for error in errors]
        self.extensions = extensions
        super().__init__(self.errors[0].message)

    @property
    def result(self) -> PreExecutionError:
        """The result of an operation that was not executed."""
        return PreExecutionError(None, self.errors, self.extensions)


class Execution(PlainAnswers, SlicedAnswers, Executor[Any]):
    """The executor: values that are told as they are take it no time, and long lists hold nobody up."""


class Schema:
    """The graph, within limits. It has of Strawberry's BaseSchema what its views and handlers call.

    Documents that were read and checked once are remembered, at most `documents_max` of them and about
    `documents_bytes_max`; refused ones are not.
    """

    config = StrawberryConfig()

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._computing = Computing()
        self._reading = Turns(1, 1)
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
        self._trusted = {
            query: self._trusted_document(hash_, query)
            for hash_, query in (self.limits.trusted_documents or {}).items()
        }
        self._trusted_ids = frozenset(id(document) for document in self._trusted.values())

    def document(self, query: str) -> DocumentNode:
        """Return the document, read and checked. Raises Refused."""
        if query in self._trusted:
            return self._trusted[query]
        if query in self._documents:
            self._documents.move_to_end(query)
            return self._documents[query][0]
        return self._kept(query, self._read(query))

    def _kept(self, query: str, document: DocumentNode) -> DocumentNode:
        """Return the document, remembered now, as long as there is room."""
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
        if query in self._trusted or query in self._documents:
            return self.document(query)
        async with self._reading.taken(context.asker):
            if query in self._documents:
                return self.document(query)
            # In a thread: the rules compare fields with each other, and others ask meanwhile.
            return self._kept(query, await asyncio.to_thread(self._read, query))

    def _read(self, query: str) -> DocumentNode:
        if len(query) > self.limits.characters_max:
            raise Refused(query_too_long(f"{self.limits.characters_max} characters"))
        try:
            document = parse(query, max_tokens=self.limits.tokens_max)
        except GraphQLError as error:
            if TOO_MANY_TOKENS in error.message:
                raise Refused(query_too_long(f"{self.limits.tokens_max} tokens")) from None
            raise Refused(error) from None
        except RecursionError as error:
            raise Refused(_as_graphql(error)) from None
        return self._checked(document)

    def _checked(self, document: DocumentNode) -> DocumentNode:
        """Return the document if it fits the schema. Raises Refused."""
        hide = not self.limits.suggestions
        try:
            errors = validate(self.graph, document, self._rules, hide_suggestions=hide)
        except (GraphQLError, RecursionError) as error:
            raise Refused(_as_graphql(error)) from None
        if errors:
            raise Refused(*errors)
        return document

    def _trusted_document(self, hash_: str, query: str) -> DocumentNode:
        """Return the document, read, checked and measured before anybody asks for it. Raises TrustedDocumentsError."""
        try:
            document = self._checked(parse(query))
            for operation in document.definitions:
                if isinstance(operation, OperationDefinitionNode):
                    # The least that it may cost, whatever its variables are.
                    names = operation.variable_definitions or ()
                    least = {name.variable.name.value: None for name in names}
                    size = Measure(document, least, self._prices, page_rows=1).of(operation)
                    if (error := too_costly(size, self.limits)) is not None:
                        raise error
        except (GraphQLError, RecursionError, Refused) as error:
            name = query.partition("{")[0].strip()
            raise TrustedDocumentsError(f"{hash_} ({name}): {error}") from None
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
        size = Measure(document, coerced, self._prices, page_rows(self.limits.list_size_max)).of(
            operation
        )
        is_trusted = id(document) in self._trusted_ids
        error = (too_costly if is_trusted else too_large)(size, self.limits)
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

    def _text(self, query: Any, variables: Any, name: Any, extensions: Any) -> str:
        """Return the document that a request asks for. Raises Refused, also where it is no request."""
        members = {"query": query, "operationName": name}
        objects = {"variables": variables, "extensions": extensions}
        for argument, value in (members | objects).items():
            type_, expected = (str, "a string") if argument in members else (dict, "an object")
            if value is not None and not isinstance(value, type_):
                text = f"{argument}: expected {expected}"
                raise Refused(refusal("request.malformed", text, argument=argument))
        try:
            return document_of(query, extensions, self.limits.trusted_documents)
        except GraphQLError as error:
            raise Refused(error) from None

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: None = None,
        operation_name: str | None = None,
        allowed_operation_types: Collection[Allowed] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Return the result of a query: a PreExecutionError where it was not executed, as no subscription is."""
        cost: dict[str, int] | None = None
        try:
            text = self._text(query, variable_values, operation_name, operation_extensions)
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.read(text, context_value)
                operation, cost = self.operation(document, operation_name, variable_values)
                if operation.operation is OperationType.SUBSCRIPTION:
                    how = "graphql-transport-ws, text/event-stream or multipart/mixed"
                    error = refusal("operation.unsupported", f"A subscription comes over {how}.")
                    raise Refused(error)
                await self._wait(context_value, operation_extensions)
                async with self._computing.slice(context_value.asker):
                    found: Any = execute(
                        self.graph,
                        document,
                        executor_class=Execution,
                        context_value=context_value,
                        variable_values=variable_values,
                        operation_name=operation_name,
                        hide_suggestions=not self.limits.suggestions,
                    )
                result = await found if hasattr(found, "__await__") else found
        except TimeoutError:
            return ExecutionResult(None, [self._too_slow()], cost and {"cost": cost})
        except Refused as refused:
            return refused.result
        if result.data is None and result.errors and all(not one.path for one in result.errors):
            return Refused(*result.errors, extensions={"cost": cost}).result
        return _told(result, cost)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Collection[Allowed] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Return a subscription's results, or the one result of a query; a PreExecutionError is the only one."""
        return self._stream(
            query,
            variable_values,
            context_value,
            operation_name,
            operation_extensions,
            allowed_operation_types or tuple(Allowed),
        )

    async def _stream(
        self,
        query: str | None,
        variables: dict[str, Any] | None,
        context: Context,
        name: str | None,
        extensions: dict[str, Any] | None,
        allowed: Collection[Allowed],
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            text = self._text(query, variables, name, extensions)
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.read(text, context)
            operation, cost = self.operation(document, name, variables)
            if Allowed(operation.operation.value) not in allowed:
                text = f"A {operation.operation.value} is not answered in this form."
                raise Refused(refusal("operation.unsupported", text))
            if operation.operation is not OperationType.SUBSCRIPTION:
                yield await self.execute(query, variables, context, None, name, None, extensions)
                return
            await self._wait(context, extensions)
            results = await self._subscribed(document, variables, context, name)
        except TimeoutError:
            yield Refused(self._too_slow()).result
        except Refused as refused:
            yield refused.result
        except Exception as error:
            yield Refused(_as_graphql(error)).result
        else:
            async with aclosing(results):
                try:
                    async for result in results:
                        yield _told(result, cost)
                except Exception as error:
                    yield ExecutionResult(None, [told(_as_graphql(error))])

    async def _subscribed(
        self,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        context: Context,
        name: str | None,
    ) -> AsyncGenerator[GraphQLResult, None]:
        found: Any = subscribe(
            self.graph,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=name,
            hide_suggestions=not self.limits.suggestions,
        )
        results = await found if hasattr(found, "__await__") else found
        if isinstance(results, GraphQLResult):
            raise Refused(*(results.errors or ()))
        assert isinstance(results, AsyncGenerator)
        return results

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


def _told(result: GraphQLResult, cost: Mapping[str, int]) -> ExecutionResult:
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
