"""How many requests one may send: a bucket of tokens per key and per address, in this process."""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import Problem, problem

REMEMBERED_MAX: Final = 100_000
BURST_SECONDS: Final = 2
"""How many seconds' worth of requests may come at once."""

_TRY_AGAIN_LATER: Final = 1013
"""The code that WebSocket has for it."""


class Rate:
    """At most `per_second` requests a second for each name, `BURST_SECONDS` of them at once. 0 is no limit.

    `clock` gives seconds that never run backwards. The generic cell rate algorithm: per name, one number is kept, the
    moment at which all that was asked for is worked off.
    """

    def __init__(self, per_second: float, *, clock: Callable[[], float]) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._done: OrderedDict[str, float] = OrderedDict()

    def wait_seconds(self, name: str) -> int:
        """Count a request; return 0 where it is within the rate, else after how many seconds one will be."""
        if not self._interval:
            return 0
        now = self._clock()
        done = max(self._done.get(name, now), now) + self._interval
        over = done - now - max(BURST_SECONDS, self._interval)
        if over > 1e-9:
            return max(1, ceil(over))
        self._done[name] = done
        self._done.move_to_end(name)
        if len(self._done) > REMEMBERED_MAX:
            # Whoever was quiet for the longest time has the least left to work off.
            self._done.popitem(last=False)
        return 0


def too_many(wait_seconds: int) -> Problem:
    """Return the refusal of a request beyond the rate."""
    detail = f"the same request again in {wait_seconds} s"
    return problem(
        429,
        "rate.exceeded",
        "too many requests",
        expected=detail,
        headers={"Retry-After": str(wait_seconds)},
    )


class AddressRate:
    """Refuses requests beyond an address's rate, before anything is asked of the database."""

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self._app = app
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it."""
        wait = 0
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            wait = self._rate.wait_seconds(client[0] if client else "")
        if not wait:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await too_many(wait).response()(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
