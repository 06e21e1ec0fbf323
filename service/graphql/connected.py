"""Connections that stay open, counted by key, so that one key cannot take all there are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class TooMany(Exception):
    """As many connections are open with this key as may be."""


class Connected:
    """Counts the open connections of each key, at most `connections_max`."""

    def __init__(self, connections_max: int) -> None:
        self._connections_max = connections_max
        self._open: Counter[str] = Counter()

    def enter(self, key: str) -> AbstractContextManager[None]:
        """Return what holds a connection while it is entered. Raises TooMany."""
        if self._open[key] >= self._connections_max:
            raise TooMany
        return self._held(key)

    @contextmanager
    def _held(self, key: str) -> Iterator[None]:
        if self._open[key] >= self._connections_max:
            raise TooMany
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
