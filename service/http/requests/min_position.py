"""Reads after writes over HTTP: the answer to a request with `min_position` waits until the log has that position."""

import asyncio
from typing import Final

from starlette.datastructures import QueryParams

from events.log import EventLog
from service.http.requests.selection import check_names, number
from service.problems import Problem, problem
from service.services import Service

MIN_POSITION: Final = "min_position"


def only_min_position(query: QueryParams) -> None:
    """Raise Problem (400) for any other parameter."""
    check_names(query, (MIN_POSITION,))


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
            at = max(head, log.announcer.head)
            detail = f"The log is at position {at} here, {position - at} before {position}"
            raise _behind(service, detail, position, at) from None
        head = await log.head()
    return head


async def projected(service: Service, position: int | None) -> None:
    """Wait until the read models have the position, if one is given. Raises Problem (503) if that takes too long."""
    if position is None or await service.served.wait_for(
        position, service.settings.min_position_seconds
    ):
        return
    at = service.served.position
    detail = f"The read models are at position {at}, not yet at {position}"
    raise _behind(service, detail, position, at)


def _late(service: Service, head: int, lag_seconds: float) -> Problem:
    detail = f"The replica is at position {head}, {lag_seconds:.0f} seconds behind; try again"
    return _retried(
        service,
        "replica.behind",
        detail,
        expected="a replica that keeps up with the log",
        position=head,
    )


def _behind(service: Service, detail: str, position: int, at: int) -> Problem:
    return _retried(
        service,
        "position.not_reached",
        f"{detail}; try again",
        expected="a position that the log has, or will have soon",
        position=at,
        lag=position - at,
    )


def _retried(service: Service, rule: str, detail: str, *, expected: str, **more: int) -> Problem:
    """Return the problem of a request that can be tried again after a while."""
    headers = {"Retry-After": str(service.settings.retry_after_seconds)}
    return problem(503, rule, detail, expected=expected, headers=headers, more=more)
