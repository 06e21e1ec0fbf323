"""How the read models stand: what readiness and reads after writes ask."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum

from projections.fold import Undigested


class Phase(StrEnum):
    """What the runner is doing."""

    CATCHING_UP = "catching_up"
    """It reads what was recorded before; the read models are behind."""
    FOLLOWING = "following"
    """The read models have caught up with the log, and follow it."""
    WAITING = "waiting"
    """The database is away; it tries again."""
    STOPPED = "stopped"
    """It met an event that it could not take in, and waits for other code."""


@dataclass(frozen=True, slots=True)
class State:
    """What the runner is doing, and the position up to which the read models are complete.

    `undigested` says which event it stopped at; `trouble` what keeps it waiting.
    """

    phase: Phase = Phase.CATCHING_UP
    position: int = 0
    undigested: Undigested | None = None
    trouble: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the read models can be served as the present."""
        return self.phase is Phase.FOLLOWING


class Progress:
    """The runner's present state; whoever waits for a position is woken when it is reached."""

    def __init__(self) -> None:
        self.state = State()
        self._moved = asyncio.Event()

    def becomes(self, state: State) -> None:
        """Take the state on, and wake whoever waits."""
        if state != self.state:
            self.state = state
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    def reaches(self, position: int) -> None:
        """Say that the read models are complete up to `position`."""
        self.becomes(replace(self.state, position=position))

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether `position` was reached in time; at once where it never will be."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while self.state.position < position and self.state.phase is not Phase.STOPPED:
                    await self._moved.wait()
        except TimeoutError:
            pass
        return self.state.position >= position
