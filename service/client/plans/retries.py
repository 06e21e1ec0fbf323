"""Retries: which answers are worth another attempt, how long to wait before it, and when to give up."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from service.client.errors import Unreachable
from service.client.plans.steps import Answer, Call, Lost, Pause, Steps
from service.retry_after import retry_after_seconds

TRY_AGAIN: Final = frozenset({408, 429, 502, 503, 504})
"""The statuses after which the same request may succeed: the server's own, and those of a proxy before it."""

_DOUBLINGS_MAX: Final = 60
"""A wait that was doubled so often is longer than any that is wanted, and can still be computed."""

_LOGGER: Final = logging.getLogger("howcanwe")


@dataclass(frozen=True, slots=True)
class Retries:
    """How long a request is tried again, and the waits between its attempts.

    The waits double from `first_wait_seconds` up to `wait_seconds_max`, are partly random, and are never shorter than
    the server's `Retry-After`. A request that would have to wait beyond `seconds_max` fails at once; 0 means that no
    request is tried again. A live stream begins to count again with everything that it receives.
    """

    seconds_max: float = 30.0
    first_wait_seconds: float = 0.25
    wait_seconds_max: float = 10.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    random: Callable[[], float] = field(default=random.random, repr=False)


class Attempts:
    """The attempts of one request."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self.begin()

    def begin(self) -> None:
        """Begin to count again."""
        self._failed = 0
        self._began: float | None = None

    def sent(self) -> None:
        """Note that the request is sent; time counts from the first attempt."""
        if self._began is None:
            self._began = self._retries.clock()

    def wait(self, failure: Answer | Lost) -> Pause | None:
        """Return the wait before the next attempt, None if this was the last one."""
        retries = self._retries
        doubled = min(self._failed, _DOUBLINGS_MAX)
        longest = min(retries.first_wait_seconds * 2**doubled, retries.wait_seconds_max)
        seconds = longest * (1 + retries.random()) / 2
        if isinstance(failure, Answer):
            # The part that is random keeps clients apart that were sent away together.
            seconds += retry_after_seconds(failure.headers, datetime.now(UTC))
        self._failed += 1
        began = retries.clock() if self._began is None else self._began
        is_late = retries.clock() + seconds - began > retries.seconds_max
        if is_late or (isinstance(failure, Lost) and failure.is_final):
            return None
        reason = failure.reason if isinstance(failure, Lost) else f"status {failure.status}"
        _LOGGER.warning("%s; trying again in %.1f seconds", reason, seconds)
        return Pause(seconds)


def answered(call: Call, retries: Retries, attempts: Attempts | None = None) -> Steps[Answer]:
    """Return the answer to a request, which is sent again while that may help. Raises Unreachable."""
    attempts = attempts or Attempts(retries)
    while True:
        attempts.sent()
        given = yield call
        assert isinstance(given, Answer | Lost)
        if isinstance(given, Answer) and given.status not in TRY_AGAIN:
            return given
        pause = attempts.wait(given)
        if pause is not None:
            yield pause
        elif isinstance(given, Lost):
            raise Unreachable(given.reason)
        else:
            return given
