"""What a batch needs from elsewhere in the log: what its events are about, and the histories of what was taken back."""

from collections.abc import Iterable, Mapping, Sequence

from events.catalogue import Catalogue
from events.log import EventLog
from events.store.reading import Selection
from events.types.event_type import TYPE_PREFIX
from projections.fold import Plan, Refold, standing
from projections.projection import Key, Projection
from projections.step import Step, linked


async def link(log: EventLog, steps: Sequence[Step]) -> None:
    """Give each step about another event that event, and that one the one it is about. Raises UnknownType."""
    known = {step.position: step for step in steps}
    waiting = [step for step in steps if step.about_position is not None]
    while waiting:
        missing = {step.about_position or 0 for step in waiting} - known.keys()
        for recorded in await log.events(missing):
            known[recorded.position] = Step.read(recorded, log.catalogue)
        for step in waiting:
            step.about = known.get(step.about_position or 0)
        waiting = [
            step.about
            for step in waiting
            if step.about is not None
            and step.about.about is None
            and step.about.about_position is not None
        ]


async def refolds(
    log: EventLog, steps: Iterable[Step], plan: Plan
) -> Mapping[int, Sequence[Refold]]:
    """Return, by the position of each `event.voided` among the steps, the rows to make again without its event."""
    return {
        step.position: [
            Refold(projection, key, await _history(log, projection, key, step))
            for projection, key in plan.undone_by(step)
        ]
        for step in steps
        if step.type == "event.voided"
    }


async def _history(log: EventLog, projection: Projection, key: Key, void: Step) -> list[Step]:
    """Return all events up to the void that touch the row and were not taken back."""
    assert void.about is not None
    selection = Selection(
        through=void.position,
        streams=(projection.stream(key, void.about),),
        types=wire_names(log.catalogue, {*projection.handlers, "event.voided"}),
    )
    history = [recorded async for recorded in log.read(selection=selection)]
    return standing(linked(history, log.catalogue))


def wire_names(catalogue: Catalogue, types: Iterable[str]) -> tuple[str, ...]:
    """Return the full names of these types, in every version they ever had."""
    return tuple(
        f"{TYPE_PREFIX}{name}.v{version}"
        for name in sorted(types)
        for version in range(1, catalogue.named(name).model.version + 1)
    )
