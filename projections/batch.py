"""One batch: from the checkpoint's position as far as the next events go, in the caller's transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from events.log import EventLog
from events.recorded import Recorded
from projections import store
from projections.fold import Fold, Plan, Undigested
from projections.histories import link, refolds
from projections.projection import Key, Projection
from projections.step import Step

NextEvents = Callable[[int], Awaitable[Sequence[Recorded]]]
"""Gives the next events after a position."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: the position it ends at, how many events there were to take, and what it stopped at."""

    position: int
    events: int
    undigested: Undigested | None


async def take(
    connection: AsyncConnection, log: EventLog, plan: Plan, next_events: NextEvents
) -> Taken:
    """Write what the next events make of the rows, and move the checkpoint.

    Holds the checkpoint until the transaction ends. Where an event cannot be digested, those before it are written.
    """
    position = await store.lock(connection)
    page = await next_events(position)
    if not page:
        return Taken(position, 0, None)
    steps, undigested = _read(page, log)
    await link(log, steps)
    before = {
        projection: await store.fetch(connection, projection.table, keys)
        for projection, keys in _looked_back_at(plan, steps).items()
    }
    fold = Fold(plan, before, await refolds(log, steps, plan))
    after = position
    for step in steps:
        try:
            fold.take(step)
        except Undigested as stopped:
            undigested = stopped
            break
        after = step.position
    for projection, changed in fold.changed.items():
        await store.write(connection, projection.table, changed, fold.stale[projection])
    if after > position:
        await store.move(connection, after)
    return Taken(after, len(page), undigested)


def _read(page: Sequence[Recorded], log: EventLog) -> tuple[list[Step], Undigested | None]:
    """Return the page as steps, up to the first that cannot be read."""
    steps: list[Step] = []
    for recorded in page:
        try:
            steps.append(Step.read(recorded, log.catalogue))
        except Exception as error:
            # Whatever it is: the read models end before this event.
            return steps, Undigested(recorded.position, str(recorded.content.get("type")), error)
    return steps, None


def _looked_back_at(plan: Plan, steps: Sequence[Step]) -> dict[Projection, set[Key]]:
    keys: dict[Projection, set[Key]] = {}
    for step in steps:
        for projection, key in plan.looked_back_at(step):
            keys.setdefault(projection, set()).add(key)
    return keys
