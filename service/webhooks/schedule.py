"""When a failed delivery is tried again: the schedule that Standard Webhooks proposes, over three days.

A receiver may ask for longer pauses."""

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


ASKED_MAX: Final = timedelta(hours=24)
"""The longest pause that a receiver is given when it asks for one."""


def delay_after(
    failures: int, random: Callable[[], float], asked_seconds: float = 0
) -> timedelta | None:
    """Return the pause after so many failures in a row, None if there is no other attempt.

    It is not shorter than the receiver asked for, up to `ASKED_MAX`. `random` returns a number from 0 to 1.
    """
    if failures > len(DELAYS):
        return None
    asked = timedelta(seconds=min(asked_seconds, ASKED_MAX.total_seconds()))
    return max(DELAYS[failures - 1], asked) * (1 + JITTER * random())
