"""The caller of a tool, who asks the graph and records. The server makes one for each call."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import orjson
from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request

from events.access.principal import Principal
from events.vocabulary.faults import Fault
from service.graphql.context import Context
from service.graphql.errors import TOO_MANY_ROWS, TRY_AGAIN
from service.graphql.schema import Schema
from service.problems import Problem, refusal
from service.services import Service, service_of

ContextOf = Callable[[HTTPConnection], Awaitable[Context]]
"""Returns the context of a request for the graph, with its viewer."""

REFUSED: Final = "call"
"""What is refused if a tool's arguments or its question are invalid."""

_INTERNAL: Final = "internal"


def read_query(name: str) -> str:
    """Return a query in the room of the tools."""
    return (files("service.assistants.tools") / f"{name}.graphql").read_text(encoding="utf-8")


class Asker:
    """A caller. `viewer` is the principal of the request's key or token, the public one without either."""

    def __init__(
        self, request: Request, viewer: Principal, schema: Schema, context_of: ContextOf
    ) -> None:
        self.request = request
        self.viewer = viewer
        self._schema = schema
        self._context_of = context_of

    @property
    def service(self) -> Service:
        """The service that is called."""
        return service_of(self.request)

    async def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the graph's answer for the caller, within the limits of the graph. Raises Problem."""
        context = await self._context_of(self.request)
        result = await self._schema.execute(document, dict(variables), context)
        if result.errors or result.data is None:
            wait = self.service.settings.retry_after_seconds
            raise _problem(result.errors or (), document, wait)
        # PostgreSQL wrote parts of the answer as JSON.
        answer: dict[str, Any] = orjson.loads(
            orjson.dumps(result.data, option=orjson.OPT_NON_STR_KEYS)
        )
        return answer


def _problem(errors: Sequence[GraphQLError], document: str, retry_after_seconds: int) -> Problem:
    """Return errors of the graph as a problem: their codes are the rules of its faults.

    An argument of a tool has the name of the variable that the document passes on.
    """
    faults, codes = [], set()
    for error in errors:
        given = error.extensions or {}
        codes.add(code := str(given.get("code", _INTERNAL)))
        pointer = f"/{_variable(given['argument'], document)}" if "argument" in given else ""
        faults.append(Fault(code, pointer, error.message, None))
    found = refusal(faults, refused=REFUSED)
    if not codes or _INTERNAL in codes:
        found.status = 500
    elif codes & TRY_AGAIN:
        found.status, found.headers = 503, {"Retry-After": str(retry_after_seconds)}
    elif TOO_MANY_ROWS in codes:
        found.status = 507
    return found


def _variable(argument: str, document: str) -> str:
    """Return the variable that a document passes on as an argument; the argument's own name if there are several."""
    found = set(re.findall(rf"\b{re.escape(argument)}: \$(\w+)", document))
    return found.pop() if len(found) == 1 else argument
