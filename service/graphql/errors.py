"""Errors as clients get them: each with a stable `extensions.code`; what was not foreseen is masked and logged."""

from typing import Any, Final

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from events.store.connections import Unavailable
from service.errors import KeyRefused
from service.traces import trace

UNAVAILABLE: Final = "unavailable"
NOT_REACHED: Final = "position.not_reached"
CATCHING_UP: Final = "read_models.catching_up"
BEHIND: Final = "replica.behind"
NOT_PERSISTED: Final = "PERSISTED_QUERY_NOT_SUPPORTED"
TOO_MANY_ROWS: Final = "answer.too_many_rows"
TRY_AGAIN: Final = frozenset({UNAVAILABLE, NOT_REACHED, CATCHING_UP, BEHIND})
"""Codes of what the same request may get later."""
WAITED_FOR: Final = TRY_AGAIN - {NOT_REACHED}
"""Codes of what a subscription waits for. For a position, it waits as long as a query does."""
MALFORMED: Final = frozenset({"request.malformed", "document.not_trusted", "document.hash_differs"})
"""Codes of what is no request that could be executed, whatever the schema is."""

_log = structlog.get_logger(__name__)


def refusal(code: str, message: str, **more: Any) -> GraphQLError:
    """Return an error for clients; `more` stands in its `extensions` beside the code."""
    return GraphQLError(message, extensions={"code": code, **more})


def argument_refusal(code: str, argument: str, expected: str) -> GraphQLError:
    """Return an error about an argument, by its name."""
    return refusal(code, f"{argument}: expected {expected}", argument=argument)


def ends_the_answer(error: Exception) -> bool:
    """Say whether nothing is answered: the same request may be later, or the answer is too large. No field is wrong."""
    if isinstance(error, GraphQLError):
        return (error.extensions or {}).get("code") in (*TRY_AGAIN, TOO_MANY_ROWS)
    return isinstance(error, Unavailable)


def told(error: GraphQLError) -> GraphQLError:
    """Return the error as clients get it. What was not foreseen is logged, without the query's text."""
    if error.extensions and "code" in error.extensions:
        return error
    original = _origin(error)
    if isinstance(error, GraphQLSyntaxError):
        return _as(error, "query.syntax", error.message)
    if isinstance(original, RecursionError):
        return _as(error, "query.syntax", "The query is nested too deeply.")
    if original is None:
        return _as(error, "query.invalid", error.message)
    if isinstance(original, Unavailable):
        return _as(error, UNAVAILABLE, f"{original.summary.capitalize()}; try again.")
    if isinstance(original, KeyRefused):
        return _as(error, "key.refused", "The key is no longer good.")
    _log.error("graphql error", path=error.path, trace=trace(original))
    return _as(error, "internal", "Something went wrong here.")


def as_graphql(error: Exception) -> GraphQLError:
    """Return an error of any kind as one of GraphQL's."""
    return (
        error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    )


def _origin(error: GraphQLError) -> Exception | None:
    """Return what was raised, if it was anything else than an error of GraphQL itself."""
    original = error.original_error
    return _origin(original) if isinstance(original, GraphQLError) else original


def _as(error: GraphQLError, code: str, message: str) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code},
    )
