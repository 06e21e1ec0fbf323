"""When a failed delivery is tried again: the schedule that Standard Webhooks proposes, over three days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The pause after each failed attempt in a row. When the last attempt after these has failed, there is no other."""

JITTER: Final = 0.2
"""How much longer a pause may be, as a part of it, so that receivers that failed together are not tried together."""


def delay_after(failures: int, random: Callable[[], float]) -> timedelta | None:
    """Return the pause after so many failures in a row, None if there is no other attempt.

    `random` returns a number from 0 to 1.
    """
    if failures > len(DELAYS):
        return None
    return DELAYS[failures - 1] * (1 + JITTER * random())
