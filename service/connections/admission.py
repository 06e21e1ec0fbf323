"""Limits the number of open connections, in total and per address."""

import resource
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from service.problems import Problem, problem

ANSWERED_MAX: Final = 32
"""The most refused connections that stay open until their clients have read the reason; others are aborted."""
DESCRIPTORS_RESERVED: Final = 96 + ANSWERED_MAX
"""File descriptors reserved for the database, the log's followers, refused connections and the process itself."""

CONNECTIONS_MIN: Final = 16
LOG_INTERVAL_SECONDS: Final = 60.0
"""A flood of connections is logged once a minute, not once per connection."""

_log = structlog.get_logger(__name__)


class Admission:
    """Counts open connections and refuses those beyond the limits.

    Refused connections do not count as open; otherwise a client that keeps retrying would keep all others out. `clock`
    returns monotonic seconds. `open` is the number of open connections, `refused` the number refused since the process
    started.
    """

    def __init__(
        self, connections_max: int, address_connections_max: int, *, clock: Callable[[], float]
    ) -> None:
        self._connections_max = connections_max
        self._address_connections_max = address_connections_max
        self._clock = clock
        self._by_address: Counter[str] = Counter()
        self._logged_at: float | None = None
        self._answered = 0
        self.open = 0
        self.refused = 0

    def enter(self, address: str) -> Problem | None:
        """Count a connection, which must `leave` later; or return the problem if it is beyond a limit."""
        if self.open >= self._connections_max:
            return self._refuse(
                "HOWCANWE_CONNECTIONS_MAX", self._connections_max, "There are too many connections"
            )
        if self._by_address[address] >= self._address_connections_max:
            return self._refuse(
                "HOWCANWE_ADDRESS_CONNECTIONS_MAX",
                self._address_connections_max,
                "There are too many connections from this address",
            )
        self.open += 1
        self._by_address[address] += 1
        return None

    def leave(self, address: str) -> None:
        """Remove a connection from the count."""
        self.open -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def begin_answer(self) -> bool:
        """Return whether a refused connection may be answered; it must then call `end_answer` later."""
        if self._answered >= ANSWERED_MAX:
            return False
        self._answered += 1
        return True

    def end_answer(self) -> None:
        """Remove an answered connection from the count."""
        self._answered -= 1

    def _refuse(self, setting: str, limit: int, detail: str) -> Problem:
        self.refused += 1
        now = self._clock()
        if self._logged_at is None or now - self._logged_at >= LOG_INTERVAL_SECONDS:
            self._logged_at = now
            _log.warning(
                "connections are refused", setting=setting, limit=limit, refused=self.refused
            )
        return problem(
            503,
            "connections.too_many",
            detail,
            expected="the same request again when other connections have ended",
            headers={"Retry-After": "1"},
        )


def descriptors_for(connections_max: int) -> int:
    """Return the number of connections that the process has file descriptors for, at most `connections_max`.

    Raises the limit on descriptors if the system permits it. A connection beyond the descriptors would be reset without
    an answer, even an orchestrator's to `/health/live`.
    """
    needed = connections_max + DESCRIPTORS_RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        reachable = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        if reachable > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
            soft = reachable
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return connections_max
    possible = max(CONNECTIONS_MIN, soft - DESCRIPTORS_RESERVED)
    _log.warning(
        "the process may open too few files for HOWCANWE_CONNECTIONS_MAX connections",
        connections=possible,
        files=soft,
    )
    return possible
