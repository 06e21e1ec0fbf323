"""Errors as clients get them: each has a stable `extensions.code`. Unforeseen errors are masked and logged.

Everything in `service.graphql` that refuses a request makes its errors here.
"""

import json
from typing import Any, Final

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from events.store.connections import Unavailable
from service.error_origins import trace
from service.errors import KeyRefused

UNAVAILABLE: Final = "unavailable"
NOT_REACHED: Final = "position.not_reached"
CATCHING_UP: Final = "read_models.catching_up"
BEHIND: Final = "replica.behind"
NOT_PERSISTED: Final = "PERSISTED_QUERY_NOT_SUPPORTED"
TOO_MANY_ROWS: Final = "answer.too_many_rows"
TRY_AGAIN: Final = frozenset({UNAVAILABLE, NOT_REACHED, CATCHING_UP, BEHIND})
"""Codes of errors that pass: the same request may succeed later."""
WAITED_FOR: Final = TRY_AGAIN - {NOT_REACHED}
"""Codes of errors that a subscription waits out. For a position, it waits only as long as a query does."""
MALFORMED: Final = frozenset({"request.malformed", "document.not_trusted", "document.hash_differs"})
"""Codes of requests that could not be executed with any schema."""
SHOWN_CHARACTERS_MAX: Final = 80
"""How much of a value a message shows."""

_log = structlog.get_logger(__name__)


def refusal(code: str, message: str, **more: Any) -> GraphQLError:
    """Return an error for clients. Its `extensions` have the code and `more`."""
    return GraphQLError(message, extensions={"code": code, **more})


def argument_refusal(code: str, argument: str, expected: str, value: Any) -> GraphQLError:
    """Return an error about an argument, with its name, what was expected, and the value that was found."""
    message = f"The argument `{argument}` is invalid: expected {expected}, found {shown(value)}."
    return refusal(code, message, argument=argument)


def shown(value: Any) -> str:
    """Return a value as messages show it: as JSON, cut off if it is long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else f"{text[:SHOWN_CHARACTERS_MAX]}…"


def ends_the_answer(error: Exception) -> bool:
    """Return whether an error of one field leaves the whole operation without an answer.

    It does if the same request may succeed later, or if the answer is too large: then no field is wrong.
    """
    if isinstance(error, GraphQLError):
        return (error.extensions or {}).get("code") in (*TRY_AGAIN, TOO_MANY_ROWS)
    return isinstance(error, Unavailable)


def client_error(error: GraphQLError) -> GraphQLError:
    """Return the error as clients get it. An unforeseen error is logged, without the text of the query."""
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
        return _as(error, "key.refused", "The key is no longer valid.")
    _log.error("graphql error", path=error.path, trace=trace(original))
    return _as(error, "internal", "Internal error. It has been logged.")


def as_graphql(error: Exception) -> GraphQLError:
    """Return any error as an error of GraphQL."""
    return (
        error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    )


def _origin(error: GraphQLError) -> Exception | None:
    """Return the exception behind an error of GraphQL, None if there is none."""
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
