"""One batch: applies the next events after the checkpoint, in the caller's transaction. The runner uses it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from events.log import EventLog
from projections.folding.fold import Fold, HandlersByType, Undigested
from projections.folding.garbage_collector import collector_paused
from projections.folding.histories import refolds
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Key
from projections.store import statements
from projections.updating.log_pages import LogPages


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of a batch: its last position, the number of its events, and the event at which it stopped, if any."""

    position: int
    events: int
    undigested: Undigested | None


async def take(
    connection: AsyncConnection, log: EventLog, plan: HandlersByType, pages: LogPages
) -> Taken:
    """Write the changes of the next events to the rows, and move the checkpoint.

    The checkpoint is locked until the transaction ends. If an event cannot be digested, those before it are written.
    """
    with collector_paused():
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
