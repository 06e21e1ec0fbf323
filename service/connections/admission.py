"""How many connections may be open: in all, and from one address."""

import resource
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from service.problems import Problem, problem

ANSWERED_MAX: Final = 32
"""Most refused connections that are open at once until their clients have read why; others are cut off."""
DESCRIPTORS_RESERVED: Final = 96 + ANSWERED_MAX
"""File descriptors that are kept for the database, the log's followers, refused connections and the process itself."""

CONNECTIONS_MIN: Final = 16
SAID_AGAIN_SECONDS: Final = 60.0
"""A flood of connections is one line in the log a minute, not one for each."""

_log = structlog.get_logger(__name__)


class Admission:
    """Counts open connections and says which further one is too many.

    One that is refused takes no place: else whoever is refused again and again would keep all others out. `clock` gives
    seconds that never run backwards. `open` counts those that were let in and have not left, `refused` those turned
    away since the process began.
    """

    def __init__(
        self, connections_max: int, address_connections_max: int, *, clock: Callable[[], float]
    ) -> None:
        self._connections_max = connections_max
        self._address_connections_max = address_connections_max
        self._clock = clock
        self._by_address: Counter[str] = Counter()
        self._said: float | None = None
        self._answered = 0
        self.open = 0
        self.refused = 0

    def enter(self, address: str) -> Problem | None:
        """Count a connection in, which then has to `leave`; or return why it is one too many."""
        if self.open >= self._connections_max:
            return self._refuse(
                "HOWCANWE_CONNECTIONS_MAX", self._connections_max, "there are too many connections"
            )
        if self._by_address[address] >= self._address_connections_max:
            return self._refuse(
                "HOWCANWE_ADDRESS_CONNECTIONS_MAX",
                self._address_connections_max,
                "there are too many connections from this address",
            )
        self.open += 1
        self._by_address[address] += 1
        return None

    def leave(self, address: str) -> None:
        """Count a connection out."""
        self.open -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def begin_answer(self) -> bool:
        """Say whether a refused connection may be told why; it then has to `end_answer`."""
        if self._answered >= ANSWERED_MAX:
            return False
        self._answered += 1
        return True

    def end_answer(self) -> None:
        """Count out a refused connection that was told why."""
        self._answered -= 1

    def _refuse(self, setting: str, limit: int, why: str) -> Problem:
        self.refused += 1
        now = self._clock()
        if self._said is None or now - self._said >= SAID_AGAIN_SECONDS:
            self._said = now
            _log.warning(
                "connections are refused", setting=setting, limit=limit, refused=self.refused
            )
        return problem(
            503,
            "connections.too_many",
            why,
            expected="the same request again when others have ended",
            headers={"Retry-After": "1"},
        )


def descriptors_for(connections_max: int) -> int:
    """Return how many connections the process has file descriptors for, at most `connections_max`.

    Asks the system for more descriptors where it gives them. Beyond them a connection would be reset without a word,
    `/health/live` of an orchestrator too.
    """
    wanted = connections_max + DESCRIPTORS_RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if reachable > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
            soft = reachable
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections_max
    possible = max(CONNECTIONS_MIN, soft - DESCRIPTORS_RESERVED)
    _log.warning(
        "fewer connections than HOWCANWE_CONNECTIONS_MAX: the process may open too few files",
        connections=possible,
        files=soft,
    )
    return possible
