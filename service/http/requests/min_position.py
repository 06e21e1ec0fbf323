"""Reads after writes over HTTP: the answer to a request with `min_position` waits until the log has that position."""

import asyncio
from typing import Final

from starlette.datastructures import QueryParams

from events.log import EventLog
from service.http.requests.selection import number
from service.problems import Problem, malformed, problem
from service.services import Service

MIN_POSITION: Final = "min_position"


def only_min_position(query: QueryParams) -> None:
    """Raise Problem (400) for any other parameter."""
    for name in query:
        if name != MIN_POSITION:
            raise malformed(
                f"There is no parameter {name!r}", "query", expected=f"only {MIN_POSITION}"
            )


async def reached(service: Service, log: EventLog, query: QueryParams) -> int:
    """Return the log's head, once the log that is read here has the position that the query asks for, if any.

    Raises Problem: 503, with the lag, if that takes longer than `min_position_seconds` or the replica lags too far
    behind; 400 for a malformed value.
    """
    position = number(query, MIN_POSITION)
    head = await log.head()
    if log is service.replica and service.standby is not None:
        lag_seconds = service.standby.lag_seconds
        if lag_seconds > service.settings.replica_lag_seconds_max:
            raise _late(service, head, lag_seconds)
    if position is not None and head < position:
        try:
            async with asyncio.timeout(service.settings.min_position_seconds):
                await log.announcer.wait_beyond(position - 1)
        except TimeoutError:
            raise _behind(service, position, max(head, log.announcer.head)) from None
        head = await log.head()
    return head


def _late(service: Service, head: int, lag_seconds: float) -> Problem:
    detail = f"The replica is at position {head}, {lag_seconds:.0f} seconds behind; try again"
    return problem(
        503,
        "replica.behind",
        detail,
        expected="a replica that keeps up with the log",
        headers={"Retry-After": str(service.settings.retry_after_seconds)},
        more={"position": head},
    )


def _behind(service: Service, position: int, head: int) -> Problem:
    detail = f"The log is at position {head} here, {position - head} before {position}; try again"
    return problem(
        503,
        "position.not_reached",
        detail,
        expected="a position that the log has, or will have soon",
        headers={"Retry-After": str(service.settings.retry_after_seconds)},
        more={"position": head, "lag": position - head},
    )
