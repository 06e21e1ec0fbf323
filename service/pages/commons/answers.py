"""Answers requests for what is in the commons: the same for all who ask, with an ETag. The routes call it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from graphql import GraphQLError
from sqlalchemy import Select
from starlette.requests import Request
from starlette.responses import Response

from service.graphql.context import Context
from service.graphql.errors import TRY_AGAIN
from service.graphql.fetching.rows import Reading
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.page import Answer, Query
from service.problems import Problem, problem
from service.services import service_of

_SPREAD: Final = re.compile(r"\.\.\.(\w+Work)\b")
_FRAGMENT: Final = re.compile(r"^fragment (\w+) on .*?^}\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: the bytes, their media type and further headers."""

    bytes: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


Make = Callable[[Answer], Content | None]
"""Returns the content from the graph's answer, None if there is nothing for the public."""


@cache
def read(name: str) -> Query:
    """Return the query in a file of this room, with the fragments of `works.graphql` that it spreads."""
    room = files(__package__)
    own = (room / name).read_text(encoding="utf-8")
    shared = (room / "works.graphql").read_text(encoding="utf-8")
    wanted = set(_SPREAD.findall(own))
    found = (one.group() for one in _FRAGMENT.finditer(shared) if one.group(1) in wanted)
    return Query(name, "\n".join((own, *found)))


def pages_of(request: Request) -> Pages:
    """Return the pages of the application."""
    return cast(Pages, request.app.state.pages)


async def context_of(request: Request) -> Context:
    """Return the context in which the public asks the graph, for a request with any key or none. Raises Problem."""
    context = await pages_of(request).context(request)
    context.become_public()
    return context


async def rows(request: Request, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a statement that the public sees, without what was just hidden. Raises NoAnswer."""
    schema = pages_of(request).schema
    try:
        return await Reading(await context_of(request), schema.turns).rows(lambda: statement)
    except GraphQLError as error:
        is_passing = (error.extensions or {}).get("code") in TRY_AGAIN
        raise NoAnswer(503 if is_passing else 500) from error


async def answered(
    request: Request, query: Query, variables: Mapping[str, Any], make: Make
) -> Response:
    """Return what `make` makes of the graph's answer to the query, as the public has it. Raises Problem."""

    async def content() -> Content | None:
        context = await context_of(request)
        answer = await pages_of(request).execute(query, variables, context, is_whole=True)
        # Whole tables are written and compressed, which would keep other requests waiting.
        return await asyncio.to_thread(make, answer)

    return await sent(request, content)


async def sent(request: Request, content: Callable[[], Awaitable[Content | None]]) -> Response:
    """Return the content with an ETag, 304 if the client has it already. Raises Problem: 404, 503, 507.

    Nothing that was hidden is sent: a client has it only if nothing was recorded since, and the graph does not answer
    before the read models have applied what hides something.
    """
    pages, service = pages_of(request), service_of(request)
    parts = (request.url.path, request.url.query)
    given = request.headers.get("if-none-match")
    if given is not None and given == pages.tag(await service.replayed.head(), *parts):
        return Response(status_code=304, headers=_headers(given))
    tag = pages.tag(service.served.state.position, *parts)
    try:
        found = await content()
    except NoAnswer as missing:
        raise _refusal(missing, service.settings.retry_after_seconds) from missing
    if found is None:
        raise nothing(request)
    headers = {**_headers(tag), **found.headers}
    return Response(found.bytes, media_type=found.media_type, headers=headers)


def nothing(request: Request) -> Problem:
    """Return the problem of an address at which the public sees nothing."""
    detail = f"There is nothing public at {request.url.path}"
    return problem(
        404, "public.unknown", detail, expected="the address of something that is public"
    )


def _headers(tag: str) -> dict[str, str]:
    return {"Cache-Control": "no-cache", "ETag": tag}


def _refusal(missing: NoAnswer, retry_after_seconds: int) -> Problem:
    if missing.status == 507:
        return too_large()
    if missing.status != 503:
        return problem(500, "internal", "Internal error. It has been logged.")
    return problem(
        503,
        "unavailable",
        "The read models cannot answer yet",
        expected=f"the same request again in {retry_after_seconds} s",
        headers={"Retry-After": str(retry_after_seconds)},
    )


def too_large() -> Problem:
    """Return the problem of a download that would have more rows than are made at once."""
    return problem(
        507,
        "public.too_large",
        "This has more rows than a download may have",
        expected="the lines of GET /events instead",
    )
