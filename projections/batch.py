"""One batch: from the checkpoint's position as far as the next events go, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from events.log import EventLog
from projections import collector, store
from projections.fold import Fold, Plan, Undigested
from projections.histories import refolds
from projections.pages import Pages
from projections.projection import Key, Projection
from projections.step import Step


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: the position it ends at, how many events there were to take, and what it stopped at."""

    position: int
    events: int
    undigested: Undigested | None


async def take(connection: AsyncConnection, log: EventLog, plan: Plan, pages: Pages) -> Taken:
    """Write what the next events make of the rows, and move the checkpoint.

    Holds the checkpoint until the transaction ends. Where an event cannot be digested, those before it are written.
    """
    with collector.still():
        return await _taken(connection, log, plan, pages)


async def _taken(connection: AsyncConnection, log: EventLog, plan: Plan, pages: Pages) -> Taken:
    position = await store.lock(connection)
    page = await pages.after(position)
    undigested = page.undigested
    before = {
        projection: await store.fetch(connection, projection.table, keys)
        for projection, keys in _looked_back_at(plan, page.steps).items()
    }
    fold = Fold(plan, before, await refolds(log, page.steps, plan))
    after = position
    for step in page.steps:
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
    return Taken(after, page.events, undigested)


def _looked_back_at(plan: Plan, steps: Sequence[Step]) -> dict[Projection, set[Key]]:
    keys: dict[Projection, set[Key]] = {}
    for step in steps:
        for projection, key in plan.looked_back_at(step):
            keys.setdefault(projection, set()).add(key)
    return keys
