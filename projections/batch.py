"""One batch: from the checkpoint's position as far as the next events go, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from events.catalogue import Catalogue
from events.log import EventLog
from events.recorded import Recorded
from events.store.reading import Selection
from projections import store
from projections.fold import Fold, Undigested
from projections.histories import refolds
from projections.projection import Key, Projection
from projections.step import Step


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: the position it ends at, how many events there were to take, and what it stopped at."""

    position: int
    events: int
    undigested: Undigested | None


async def take(
    connection: AsyncConnection, log: EventLog, projections: Sequence[Projection], events_max: int
) -> Taken:
    """Write what the next events (at most `events_max`) make of the rows, and move the checkpoint.

    Holds the checkpoint until the transaction ends. Where an event cannot be digested, those before it are written.
    """
    position = await store.lock(connection)
    page = await log.page(Selection(), after=position, limit=events_max)
    read = _Read(page, log.catalogue, projections)
    rows = {
        projection: await store.fetch(connection, projection.table, keys)
        for projection, keys in read.keys.items()
        if projection.looks_back
    }
    fold = Fold(projections, rows, await refolds(log, read.steps, projections))
    undigested = read.undigested
    after = position
    for step in read.steps:
        try:
            fold.take(step)
        except Undigested as stopped:
            undigested = stopped
            break
        after = step.position
    for projection, changed in fold.changed.items():
        await store.write(connection, projection.table, changed)
    if after > position:
        await store.move(connection, after)
    return Taken(after, len(page), undigested)


@dataclass
class _Read:
    """A page as steps, up to the first that cannot be read, with the keys of the rows they touch."""

    page: Sequence[Recorded]
    catalogue: Catalogue
    projections: Sequence[Projection]
    steps: list[Step] = field(default_factory=list)
    undigested: Undigested | None = None

    def __post_init__(self) -> None:
        self.keys: dict[Projection, set[Key]] = {found: set() for found in self.projections}
        for recorded in self.page:
            try:
                step = Step.read(recorded, self.catalogue)
                touched = [(found, list(found.touches(step))) for found in self.projections]
            except Exception as error:
                # Whatever it is: the read models end before this event.
                type_ = str(recorded.content.get("type"))
                self.undigested = Undigested(recorded.position, type_, error)
                return
            for found, keys in touched:
                self.keys[found].update(keys)
            self.steps.append(step)
