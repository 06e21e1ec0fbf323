"""Limits the long-lived connections of each key, or of each address without a key."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from starlette.requests import HTTPConnection

from events.access.principal import Principal, Role


class TooMany(Exception):
    """This key or address already has `connections_max` open connections."""

    def __init__(self, connections_max: int) -> None:
        self.connections_max = connections_max
        super().__init__(f"at most {connections_max} connections may be open at once")


class OpenConnections:
    """Counts the open connections of each owner, at most `connections_max` each."""

    def __init__(self, connections_max: int) -> None:
        self._connections_max = connections_max
        self._open: Counter[str] = Counter()

    def enter(self, owner: str) -> AbstractContextManager[None]:
        """Return a context manager that counts a connection while it is entered. Raises TooMany."""
        if self._open[owner] >= self._connections_max:
            raise TooMany(self._connections_max)
        return self._held(owner)

    @contextmanager
    def _held(self, owner: str) -> Iterator[None]:
        if self._open[owner] >= self._connections_max:
            raise TooMany(self._connections_max)
        self._open[owner] += 1
        try:
            yield
        finally:
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]


def counted(viewer: Principal, connection: HTTPConnection) -> str:
    """Return the owner that a connection counts for: its key, or its address if it has none."""
    if viewer.role is not Role.PUBLIC:
        return f"key {viewer.id}"
    return f"address {connection.client.host if connection.client else ''}"
