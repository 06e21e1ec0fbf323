"""Connections that stay open, counted by key, or by address without one, so that nobody can take all there are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from starlette.requests import HTTPConnection

from events.access.principal import Principal, Role


class TooMany(Exception):
    """As many connections are open with this key, or from this address, as may be: `connections_max`."""

    def __init__(self, connections_max: int) -> None:
        self.connections_max = connections_max
        super().__init__(f"at most {connections_max} at once")


class OpenConnections:
    """Counts the open connections of each, at most `connections_max`."""

    def __init__(self, connections_max: int) -> None:
        self._connections_max = connections_max
        self._open: Counter[str] = Counter()

    def enter(self, whose: str) -> AbstractContextManager[None]:
        """Return what holds a connection while it is entered. Raises TooMany."""
        if self._open[whose] >= self._connections_max:
            raise TooMany(self._connections_max)
        return self._held(whose)

    @contextmanager
    def _held(self, whose: str) -> Iterator[None]:
        if self._open[whose] >= self._connections_max:
            raise TooMany(self._connections_max)
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]


def counted(viewer: Principal, connection: HTTPConnection) -> str:
    """Return as whose a connection counts: the key's, or without one the address's, which strangers do not share."""
    if viewer.role is not Role.PUBLIC:
        return f"key {viewer.id}"
    return f"address {connection.client.host if connection.client else ''}"
