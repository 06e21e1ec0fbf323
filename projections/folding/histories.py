"""Reads what a batch needs from elsewhere in the log: the events that its events are about, and histories of rows.

The projector and replays use it.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.types.record import EventCorrected, EventVoided
from projections.folding import step as step_module
from projections.folding.decorators import EVERY_TYPE
from projections.folding.fold import HandlersByType, Refold
from projections.folding.step import Step, linked

_CHANGING: Final = (EventVoided.name, EventCorrected.name)
"""The types of events after which rows are recomputed from their history."""


async def link(log: EventLog, steps: Sequence[Step]) -> None:
    """Set `about` of each step that is about another event, and of those events in turn. Raises UnknownType."""
    waiting = [step for step in steps if step.about_position is not None]
    if not waiting:
        return
    known = {step.position: step for step in steps}
    earlier: list[Step] = []
    while waiting:
        missing = {step.about_position or 0 for step in waiting} - known.keys()
        waiting = [Step.read(found, log.catalogue) for found in await log.events(missing)]
        known |= {step.position: step for step in waiting}
        earlier += waiting
        waiting = [step for step in waiting if step.about_position is not None]
    known |= await _voids_and_corrections(log, earlier, through=steps[0].position - 1)
    step_module.link([known[position] for position in sorted(known)])


async def _voids_and_corrections(
    log: EventLog, steps: Iterable[Step], *, through: int
) -> Mapping[int, Step]:
    """Return the voids and corrections in the streams of these steps up to a position, by position."""
    streams = {step.streams[0] for step in steps}
    if not streams:
        return {}
    selection = Selection(
        through=through, streams=tuple(streams), types=wire_names(log.catalogue, _CHANGING)
    )
    found = [recorded async for recorded in log.read(selection=selection)]
    return {recorded.position: Step.read(recorded, log.catalogue) for recorded in found}


async def refolds(
    log: EventLog, steps: Iterable[Step], plan: HandlersByType
) -> Mapping[int, Sequence[Refold]]:
    """Return the rows to recompute, by the position of each void or correction among the steps."""
    found: dict[int, list[Refold]] = {}
    rows = []
    for step in steps:
        if step.about is None:
            continue
        for handler, key in plan.rows_voided_by(step):
            if handler.is_new:
                # Without the event that created it there is no row, even if later events changed it.
                found.setdefault(step.position, []).append(Refold(handler.projection, key, ()))
            else:
                stream = handler.projection.stream(key, step.about)
                rows.append((step.position, handler.projection, key, stream))
        for handler, key in plan.rows_corrected_by(step):
            stream = handler.projection.stream(key, step.origin)
            rows.append((step.position, handler.projection, key, stream))
    if not rows:
        return found
    history = await _history(
        log,
        streams={stream for *_, stream in rows},
        types={type_ for _, projection, *_ in rows for type_ in projection.handlers},
        through=max(position for position, *_ in rows),
    )
    for position, projection, key, stream in rows:
        own = [past for past in history.get(stream, ()) if past.position <= position]
        found.setdefault(position, []).append(Refold(projection, key, own))
    return found


async def _history(
    log: EventLog, *, streams: Set[str], types: Set[str], through: int
) -> dict[str, list[Step]]:
    """Return the events of these types up to a position, and their voids and corrections, by stream."""
    selection = Selection(
        through=through,
        streams=tuple(streams),
        types=() if EVERY_TYPE in types else wire_names(log.catalogue, {*types, *_CHANGING}),
    )
    history: dict[str, list[Step]] = {}
    for step in linked([found async for found in log.read(selection=selection)], log.catalogue):
        for stream in streams & set(step.streams):
            history.setdefault(stream, []).append(step)
    return history


def wire_names(catalogue: Catalogue, types: Iterable[str]) -> tuple[str, ...]:
    """Return the full names of these types in all their versions."""
    return tuple(wire for name in sorted(types) for wire in catalogue.named(name).wire_names)
