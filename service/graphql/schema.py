"""The schema: the types put together, with the limits on queries and the errors as clients get them."""

from typing import Any, Final

import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    ValidationCache,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionResult
from strawberry.types.execution import ExecutionContext

from service.graphql.context import Context
from service.graphql.errors import TRY_AGAIN, told
from service.graphql.insights import PlainAnswers, extended
from service.graphql.limits import TOKENS_MAX, SizeRule
from service.graphql.query import Query
from service.graphql.reads_after_writes import ReadsAfterWrites
from service.graphql.scalars import SCALARS

RETRY_AFTER_SECONDS: Final = 2
QUERIES_KEPT_MAX: Final = 256


class Schema(strawberry.Schema):
    """The graph. Every error has a code; 503 where the same request may do later."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Return the operation's result."""
        result = await super().execute(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
            if any(_code(error) in TRY_AGAIN for error in result.errors):
                _try_again(kwargs.get("context_value"))
        return result

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Leave errors to `execute`, which logs them once and without the query's text."""


def _code(error: GraphQLError) -> object:
    return error.extensions.get("code") if error.extensions else None


def _try_again(context: Context | None) -> None:
    if context is not None and context.response is not None:
        context.response.status_code = 503
        context.response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)


class Execution(PlainAnswers, StrawberryGraphQLCoreExecutionContext):
    """The executor."""


schema: Final = Schema(
    query=Query,
    execution_context_class=Execution,
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[
        ReadsAfterWrites,
        lambda: MaxTokensLimiter(max_token_count=TOKENS_MAX),
        lambda: AddValidationRules([SizeRule]),
        # Frontends ask the same again and again: reading a long query costs more than answering it.
        lambda: ParserCache(maxsize=QUERIES_KEPT_MAX),
        lambda: ValidationCache(maxsize=QUERIES_KEPT_MAX),
    ],
)


schema._schema = extended(schema._schema)


def sdl() -> str:
    """Return the schema in GraphQL's own language, as `schema.graphql` keeps it."""
    return schema.as_str() + "\n"
