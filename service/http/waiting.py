"""Reads after writes over HTTP: `min_position` holds an answer back until the log is seen to have that position."""

import asyncio
from typing import Final

from starlette.datastructures import QueryParams

from events.faults import Fault
from service.context import Service
from service.http.selecting import number
from service.problems import Problem, malformed

MIN_POSITION: Final = "min_position"


def only_min_position(query: QueryParams) -> None:
    """Raise Problem (400) for any other parameter."""
    for name in query:
        if name != MIN_POSITION:
            raise malformed(f"no parameter {name!r}; known is {MIN_POSITION}", "query")


async def reached(service: Service, query: QueryParams) -> None:
    """Return once the log, as it is read here, has the position that the query asks for, if any.

    Raises Problem: 503, with how far behind it is, where that takes longer than `min_position_seconds`; 400 for a
    malformed value.
    """
    position = number(query, MIN_POSITION)
    if position is None:
        return
    head = await service.log.head()
    if head < position:
        try:
            async with asyncio.timeout(service.settings.min_position_seconds):
                await service.log.announcer.wait_beyond(position - 1)
        except TimeoutError:
            raise _behind(service, position, max(head, service.log.announcer.head)) from None


def _behind(service: Service, position: int, head: int) -> Problem:
    detail = f"the log is at {head} here, {position - head} before {position}; try again"
    return Problem(
        503,
        detail,
        (Fault("position.not_reached", "", "a position that the log has, or soon will", None),),
        {"Retry-After": str(service.settings.retry_after_seconds)},
        {"position": head, "lag": position - head},
    )
