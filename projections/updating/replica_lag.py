"""The lag of a follower behind another log, in seconds, measured from time to time. `ReplicaFollower` uses it."""

from collections.abc import Callable
from typing import Final

SAMPLES_MAX: Final = 1_000


class Lag:
    """Remembers when the other log was at which position: `ahead` returns its position, `clock` returns seconds.

    Memory is bounded, so a long lag is less exact than a short one. It is never returned as longer than it is.
    """

    def __init__(self, ahead: Callable[[], int], clock: Callable[[], float]) -> None:
        self._ahead = ahead
        self._clock = clock
        self._lacking: list[tuple[float, int]] = []
        self._apart_seconds = 0.0

    def measure(self, position: int) -> None:
        """Note the other's position, and forget the positions that the follower has reached."""
        self._lacking = [found for found in self._lacking if found[1] > position]
        if not self._lacking:
            self._apart_seconds = 0.0
        now, ahead = self._clock(), self._ahead()
        noted, at = self._lacking[-1] if self._lacking else (0.0, position)
        if ahead > at and (not self._lacking or now - noted >= self._apart_seconds):
            self._lacking.append((now, ahead))
        if len(self._lacking) > SAMPLES_MAX:
            del self._lacking[1::2]
            self._apart_seconds = 2 * (now - self._lacking[0][0]) / SAMPLES_MAX

    @property
    def samples(self) -> int:
        """How many moments are remembered, at most `SAMPLES_MAX`."""
        return len(self._lacking)

    def seconds(self, position: int) -> float:
        """Return for how long a follower at this position has been behind."""
        since = next((moment for moment, at in self._lacking if at > position), None)
        return 0.0 if since is None else self._clock() - since
