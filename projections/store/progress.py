"""The progress of the read models. Readiness, metrics and reads after writes use it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from projections.folding.fold import Undigested

RATE_SAMPLES: Final = 60


class Phase(StrEnum):
    """What the runner is doing."""

    CATCHING_UP = "catching_up"
    """It applies earlier events; the read models are behind the log."""
    FOLLOWING = "following"
    """The read models have caught up with the log and follow it."""
    WAITING = "waiting"
    """The database is away; it tries again."""
    STOPPED = "stopped"
    """It found an event that it cannot digest; a corrected build must be started."""


@dataclass(frozen=True, slots=True)
class ReadModelState:
    """What the runner is doing, and the position up to which the read models are complete.

    `head` is the log's last known position; `rate` is the recent number of events per second while catching up.
    `undigested` is the event at which it stopped; `trouble` is the reason why it waits. `has_caught_up` means that the
    read models were complete once: from then on they are served, also while the runner waits or has stopped.
    """

    phase: Phase = Phase.CATCHING_UP
    position: int = 0
    head: int = 0
    rate: float | None = None
    undigested: Undigested | None = None
    trouble: str | None = None
    has_caught_up: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether they were complete once and have not stopped at an event since.

        They stay ready while the runner waits.
        """
        return self.has_caught_up and self.phase is not Phase.STOPPED

    @property
    def lag(self) -> int:
        """How many recorded events, as far as is known, the read models do not have yet."""
        return max(0, self.head - self.position)

    @property
    def seconds_left(self) -> float | None:
        """How long catching up will take at the present rate; None if that is not known."""
        return self.lag / self.rate if self.rate else None


class Progress:
    """The runner's present state. Waiters for a position are woken when it is reached. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.state = ReadModelState()
        self._clock = clock
        self._moved = asyncio.Event()
        self._samples: deque[tuple[float, int]] = deque(maxlen=RATE_SAMPLES)
        self._waits_since: float | None = None

    @property
    def seconds_waiting(self) -> float:
        """For how long it has been waiting, 0 if it is not waiting."""
        return 0.0 if self._waits_since is None else self._clock() - self._waits_since

    def becomes(
        self, phase: Phase, *, undigested: Undigested | None = None, trouble: str | None = None
    ) -> None:
        """Change to another phase."""
        caught_up = self.state.has_caught_up or phase is Phase.FOLLOWING
        if phase is not Phase.WAITING:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = self._clock()
        self._change(
            replace(
                self.state,
                phase=phase,
                undigested=undigested,
                trouble=trouble,
                has_caught_up=caught_up,
            )
        )

    def reaches(self, position: int, head: int = 0) -> None:
        """Note that the read models are complete up to `position`, and that the log's head is at least `head`."""
        self._samples.append((self._clock(), position))
        since, began = self._samples[0]
        elapsed = self._samples[-1][0] - since
        rate = (position - began) / elapsed if elapsed > 0 and position > began else None
        known = max(self.state.head, head, position)
        self._change(replace(self.state, position=position, head=known, rate=rate))

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether `position` was reached in time; immediately if it will never be reached."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while self.state.position < position and self.state.phase is not Phase.STOPPED:
                    await self._moved.wait()
        except TimeoutError:
            pass
        return self.state.position >= position

    def _change(self, state: ReadModelState) -> None:
        """Set the state, and wake those who wait."""
        if state != self.state:
            self.state = state
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()
