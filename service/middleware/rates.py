"""Rate limits per key and per address, in this process."""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import Problem, problem

REMEMBERED_MAX: Final = 100_000
BURST_SECONDS: Final = 2
"""A burst may have as many requests as the rate allows in this many seconds, unless a rate has its own."""

_TRY_AGAIN_LATER: Final = 1013
"""The WebSocket close code for it."""


class Rate:
    """Allows each name `per_second` requests per second, in bursts of up to `burst_seconds`; 0 is no limit.

    `clock` returns monotonic seconds. This is the generic cell rate algorithm: it keeps one number per name, the time
    at which all its requests so far are within the rate.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float],
        burst_seconds: float = BURST_SECONDS,
    ) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._burst_seconds = burst_seconds
        self._clock = clock
        self._done: OrderedDict[str, float] = OrderedDict()

    def wait_seconds(self, name: str) -> int:
        """Count a request; return 0 if it is within the rate, else the seconds until one will be."""
        if not self._interval:
            return 0
        now = self._clock()
        done = max(self._done.get(name, now), now) + self._interval
        over = done - now - max(self._burst_seconds, self._interval)
        if over > 1e-9:
            return max(1, ceil(over))
        self._done[name] = done
        self._done.move_to_end(name)
        if len(self._done) > REMEMBERED_MAX:
            # The name that has been quiet for the longest time has the least left to wait for.
            self._done.popitem(last=False)
        return 0


def too_many(wait_seconds: int) -> Problem:
    """Return the problem of a request beyond the rate."""
    expected = f"the same request again in {wait_seconds} s"
    return problem(
        429,
        "rate.exceeded",
        "Too many requests",
        expected=expected,
        headers={"Retry-After": str(wait_seconds)},
    )


class AddressRate:
    """Refuses requests beyond an address's rate, before the database is used; `refuse` returns the answer."""

    def __init__(
        self, app: ASGIApp, rate: Rate, refuse: Callable[[Scope, Problem], ASGIApp]
    ) -> None:
        self._app = app
        self._rate = rate
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        wait = 0
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            wait = self._rate.wait_seconds(client[0] if client else "")
        if not wait:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._refuse(scope, too_many(wait))(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
