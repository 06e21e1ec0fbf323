"""For which time after the close of a cohort a check-in counts, as for the figure `sustained`."""

from datetime import timedelta
from typing import Final

MONTHS: Final = (6, 12, 24)
"""When the organisations are asked again, in months after the close."""

MONTH: Final = timedelta(days=30)
LATER: Final = 4
_EARLIER: Final = 2


def counts_for(months_after: int) -> int | None:
    """Return the one of `MONTHS` for which a check-in counts: from two months before it up to four after it.

    None if it counts for none of them.
    """
    return next((one for one in MONTHS if one - _EARLIER <= months_after < one + LATER), None)
