"""The schema, which reads, checks, measures and executes operations.

`transport` calls it for requests and connections, `service.commands` to print the schema and to explain queries.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    OperationType,
    execute,
    execution,
    print_schema,
)
from graphql.execution import Executor, create_source_event_stream
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType as StrawberryOperationType

from events.store.connections import TRIES_MAX
from projections.queries.prepared import StatementRefused
from projections.queries.read_models import MOMENTS_MAX, READERS_MAX
from projections.store.progress import Phase
from service.error_origins import trace
from service.graphql.compiler.answers import answer
from service.graphql.context import Context
from service.graphql.documents.documents import Documents, Operation
from service.graphql.documents.refused import OperationRefused
from service.graphql.documents.trusted import document_of
from service.graphql.errors import (
    BEHIND,
    CATCHING_UP,
    UNAVAILABLE,
    WAITED_FOR,
    argument_refusal,
    as_graphql,
    client_error,
    refusal,
)
from service.graphql.fetching.reads_after_writes import wait_for_positions
from service.graphql.fetching.rows import STATEMENTS, Fetched, Reading
from service.graphql.insights.json_answers import PlainAnswers
from service.graphql.limits.concurrency import Turns
from service.graphql.limits.query_size import Limits
from service.graphql.limits.time_slices import COMPUTING, Computing, SlicedAnswers
from service.graphql.live.frames import answers
from service.graphql.sql_values.statement_context import NotCompiled
from service.graphql.type_system import graph_of
from service.graphql.types.listed import SHAPES
from service.single_flight import SingleFlight

_log = structlog.get_logger(__name__)


class Execution(PlainAnswers, SlicedAnswers, Executor[Any]):
    """The executor: it returns values that are JSON already unchanged, and completes long lists in slices."""


class Schema:
    """The graph, within limits. It has those members of Strawberry's BaseSchema that Strawberry's handlers call."""

    config = StrawberryConfig()

    def __init__(self, limits: Limits | None = None, *, described: Limits | None = None) -> None:
        """The descriptions in the graph state the limits in `described`, by default `limits`.

        Making types takes long: schemas that describe the same limits share them.
        """
        self.limits = limits or Limits()
        self._computing = Computing()
        self._statements = Turns(READERS_MAX, self.limits.statements_max)
        # An answer holds a moment while it waits for turns for its statements. With one set of turns for both,
        # answers could wait for each other forever.
        self._moments = Turns(MOMENTS_MAX, MOMENTS_MAX // 2)
        self.graph = graph_of((described or self.limits).list_size_max)
        self.graph.extensions.update(
            {
                "sharing": SingleFlight(),
                STATEMENTS: self._statements,
                COMPUTING: self._computing,
                "shapes": {name: shape for shape in SHAPES for name in (shape.name, shape.node)},
            }
        )
        self.documents = Documents(self.graph, self.limits)

    @property
    def turns(self) -> Turns:
        """The turns of statements. Code that reads rows beside an operation waits for one, too."""
        return self._statements

    def _text(self, query: Any, variables: Any, name: Any, extensions: Any) -> str:
        """Return the document of a request. Raises OperationRefused, also for malformed requests."""
        members = {"query": query, "operationName": name}
        objects = {"variables": variables, "extensions": extensions}
        for argument, value in (members | objects).items():
            type_, expected = (str, "a string") if argument in members else (dict, "an object")
            if value is not None and not isinstance(value, type_):
                raise OperationRefused(
                    argument_refusal("request.malformed", argument, expected, value)
                )
        try:
            return document_of(query, extensions, self.limits.trusted_documents)
        except GraphQLError as error:
            raise OperationRefused(error) from None

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: None = None,
        operation_name: str | None = None,
        allowed_operation_types: Collection[StrawberryOperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Return the result of a query, a PreExecutionError if it is refused. Subscriptions are refused.

        Those parts of the data that PostgreSQL wrote as JSON are an `orjson.Fragment` each.
        """
        cost: Mapping[str, int] | None = None
        try:
            text = self._text(query, variable_values, operation_name, operation_extensions)
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.documents.read(text, context_value)
                operation = self.documents.operation(document, operation_name, variable_values)
                cost = operation.cost
                if operation.node.operation is OperationType.SUBSCRIPTION:
                    error = refusal(
                        "operation.unsupported",
                        "This request cannot have a subscription: use graphql-transport-ws, "
                        "text/event-stream or multipart/mixed.",
                    )
                    raise OperationRefused(error)
                await self._wait(context_value, operation_extensions)
                result = await self._result(operation, variable_values, context_value)
        except TimeoutError:
            return ExecutionResult(None, [self._too_slow()], {"cost": dict(cost)} if cost else None)
        except OperationRefused as refused:
            return refused.result
        if result.data is None and result.errors and all(not one.path for one in result.errors):
            return OperationRefused(*result.errors, extensions={"cost": dict(cost)}).result
        return _with_cost(result, cost)

    async def _result(
        self, operation: Operation, variables: dict[str, Any] | None, context: Context
    ) -> execution.ExecutionResult:
        """Return the result of a query, all of it read at one moment.

        If the moment is lost with its connection, the query is executed again.
        """
        tries_left = TRIES_MAX
        while True:
            tries_left -= 1
            fetched = Fetched(context, self._statements, self._moments, self.limits.rows_max)
            try:
                async with fetched:
                    result = await self._attempt(operation, variables, context, fetched)
            except StatementRefused as refused:
                if not tries_left:
                    raise
                _log.error("plan refused", error=str(refused), trace=trace(refused))
                self.documents.give_up(operation)
            else:
                if not (fetched.is_lost and tries_left):
                    return result

    async def _attempt(
        self,
        operation: Operation,
        variables: dict[str, Any] | None,
        context: Context,
        fetched: Fetched,
    ) -> execution.ExecutionResult:
        """Return the result of a query, from its plan as far as it has one, else from the executor.

        Raises StatementRefused.
        """
        plan, coerced = await self.documents.plan(operation, context), operation.variables
        document = operation.document.node
        if plan is None or coerced is None:
            return await self._executed(operation, document, variables, context, fetched)
        try:
            values = plan.values(coerced)
        except (GraphQLError, NotCompiled):
            # The executor finds the field that has the invalid argument.
            return await self._executed(operation, document, variables, context, fetched)
        # A single statement reads at one moment anyway.
        reading = Reading(context, self._statements) if plan.rest is None else fetched
        try:
            rows_max = self.limits.rows_max - operation.rows
            answered = await answer(plan, values, reading, context, rows_max)
        except StatementRefused:
            raise
        except NotCompiled:
            return await self._executed(operation, document, variables, context, fetched)
        except Exception as error:
            return plan.failed(error)
        if plan.rest is None:
            return execution.ExecutionResult(answered, None)
        rest = await self._executed(operation, plan.rest, variables, context, fetched)
        if rest.data is None:
            return rest
        found = {**rest.data, **answered}
        return execution.ExecutionResult({name: found[name] for name in plan.names}, rest.errors)

    async def _executed(
        self,
        operation: Operation,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        context: Context,
        fetched: Fetched,
    ) -> execution.ExecutionResult:
        """Return the result of an operation from the executor."""
        name = operation.node.name
        async with self._computing.slice(context.asker):
            found: Any = execute(
                self.graph,
                document,
                executor_class=Execution,
                root_value=fetched,
                context_value=context,
                variable_values=variables,
                operation_name=name.value if name else None,
                hide_suggestions=not self.limits.suggestions,
            )
        result: execution.ExecutionResult = await found if hasattr(found, "__await__") else found
        return result

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Collection[StrawberryOperationType] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Return the results of a subscription, or the one result of a query. A PreExecutionError has none after it."""
        return self._stream(
            query,
            variable_values,
            context_value,
            operation_name,
            operation_extensions,
            allowed_operation_types or tuple(StrawberryOperationType),
        )

    async def _stream(
        self,
        query: str | None,
        variables: dict[str, Any] | None,
        context: Context,
        name: str | None,
        extensions: dict[str, Any] | None,
        allowed: Collection[StrawberryOperationType],
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            text = self._text(query, variables, name, extensions)
            async with asyncio.timeout(self.limits.seconds_max):
                document = await self.documents.read(text, context)
            operation = self.documents.operation(document, name, variables)
            kind = operation.node.operation
            if StrawberryOperationType(kind.value) not in allowed:
                text = f"This request cannot have a {kind.value}."
                raise OperationRefused(refusal("operation.unsupported", text))
            if kind is not OperationType.SUBSCRIPTION:
                yield await self.execute(query, variables, context, None, name, None, extensions)
                return
            results = await self._begun(document.node, variables, context, name, extensions)
        except TimeoutError:
            yield OperationRefused(self._too_slow()).result
        except OperationRefused as refused:
            yield refused.result
        except Exception as error:
            yield OperationRefused(as_graphql(error)).result
        else:
            async with aclosing(results):
                try:
                    async for result in results:
                        yield ExecutionResult(
                            result.data, result.errors, {"cost": dict(operation.cost)}
                        )
                except Exception as error:
                    yield ExecutionResult(None, [client_error(as_graphql(error))])

    async def _begun(
        self,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        context: Context,
        name: str | None,
        extensions: Mapping[str, Any] | None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Return the results of a subscription once the read models can give them.

        Errors that pass are waited out, because clients do not subscribe again after an error.
        """
        while True:
            try:
                await self._wait(context, extensions)
                return await self._subscribed(document, variables, context, name)
            except OperationRefused as refused:
                if not refused.codes <= WAITED_FOR:
                    raise
            await asyncio.sleep(self.limits.look_seconds)
            await context.check()

    async def _subscribed(
        self,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        context: Context,
        name: str | None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        executor = Execution.build(
            self.graph,
            document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=name,
            hide_suggestions=not self.limits.suggestions,
        )
        if not isinstance(executor, Executor):
            raise OperationRefused(*executor)
        found: Any = create_source_event_stream(executor)
        source = await found if executor.is_awaitable(found) else found
        if isinstance(source, execution.ExecutionResult):
            raise OperationRefused(*(source.errors or ()))
        return answers(executor, source)

    def _too_slow(self) -> GraphQLError:
        return refusal(
            "query.too_slow", f"The query took more than {self.limits.seconds_max:g} seconds."
        )

    async def _wait(self, context: Context, extensions: Mapping[str, Any] | None) -> None:
        """Wait until the read models have the positions that a request asks for. Raises OperationRefused."""
        try:
            await wait_for_positions(context, extensions)
        except GraphQLError as error:
            raise OperationRefused(error) from None
        state = context.served.state
        unknown = context.served.read_models.schema is None
        if unknown and state.phase is Phase.WAITING:
            raise OperationRefused(refusal(UNAVAILABLE, "The database is unavailable; try again."))
        if not state.has_caught_up and (unknown or state.lag):
            raise OperationRefused(
                refusal(
                    CATCHING_UP,
                    f"The read models are at position {state.position} of {state.head}; try again.",
                    position=state.position,
                    head=state.head,
                )
            )
        lag_seconds = context.served.lag_seconds
        if lag_seconds > self.limits.replica_lag_seconds_max:
            raise OperationRefused(
                refusal(
                    BEHIND,
                    f"The replica is at position {state.position}, {lag_seconds:.0f} seconds behind; try again.",
                    position=state.position,
                )
            )


def _with_cost(result: execution.ExecutionResult, cost: Mapping[str, int]) -> ExecutionResult:
    errors = [client_error(error) for error in result.errors] if result.errors else None
    return ExecutionResult(result.data, errors, {"cost": dict(cost)})


def sdl(limits: Limits | None = None) -> str:
    """Return the schema in the schema definition language, as in the file `schema.graphql`."""
    return print_schema(Schema(limits).graph) + "\n"
