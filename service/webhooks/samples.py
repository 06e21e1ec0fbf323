"""The latest events of a selection, as examples of what a webhook would deliver."""

from typing import Final

from events.access.principal import Principal
from events.lines.recorded import Recorded
from events.log import EventLog
from service.webhooks.webhook import Wanted

PAGE_POSITIONS: Final = 1_000
POSITIONS_MAX: Final = 10_000
"""How far back from the log's end events are looked for."""


async def latest(log: EventLog, viewer: Principal, wanted: Wanted, count: int) -> list[Recorded]:
    """Return the last events that are wanted and that the viewer may see now, at most `count`, newest first."""
    head = await log.head()
    found: list[Recorded] = []
    for through in range(head, max(0, head - POSITIONS_MAX), -PAGE_POSITIONS):
        after = max(0, through - PAGE_POSITIONS)
        selection = wanted.selection.between(after, through)
        page = await log.page(selection, after=after, limit=PAGE_POSITIONS)
        of_cohorts = [recorded for recorded in page if wanted.is_of_cohort([*recorded.streams])]
        found += reversed(await log.visible(of_cohorts, viewer))
        if len(found) >= count:
            break
    return found[:count]
