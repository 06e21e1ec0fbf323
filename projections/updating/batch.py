"""One batch: from the checkpoint's position as far as the next events go, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from events.log import EventLog
from projections.folding import garbage
from projections.folding.fold import Fold, HandlersByType, Undigested
from projections.folding.histories import refolds
from projections.folding.projection import Key, Projection
from projections.folding.step import Step
from projections.store import statements
from projections.updating.log_pages import LogPages


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: the position it ends at, how many events there were to take, and what it stopped at."""

    position: int
    events: int
    undigested: Undigested | None


async def take(
    connection: AsyncConnection, log: EventLog, plan: HandlersByType, pages: LogPages
) -> Taken:
    """Write what the next events make of the rows, and move the checkpoint.

    Holds the checkpoint until the transaction ends. Where an event cannot be digested, those before it are written.
    """
    with garbage.collector_paused():
        return await _taken(connection, log, plan, pages)


async def _taken(
    connection: AsyncConnection, log: EventLog, plan: HandlersByType, pages: LogPages
) -> Taken:
    position = await statements.lock(connection)
    page = await pages.after(position)
    undigested = page.undigested
    before = {
        projection: await statements.fetch(connection, projection.table, keys)
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
        await statements.write(connection, projection.table, changed, fold.stale[projection])
    if after > position:
        await statements.move(connection, after)
    return Taken(after, page.events, undigested)


def _looked_back_at(plan: HandlersByType, steps: Sequence[Step]) -> dict[Projection, set[Key]]:
    keys: dict[Projection, set[Key]] = {}
    for step in steps:
        for projection, key in plan.rows_changed_by(step):
            keys.setdefault(projection, set()).add(key)
    return keys
