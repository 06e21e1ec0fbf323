"""What a batch needs from earlier in the log: the histories of subjects of which something was taken back."""

from collections.abc import Iterable, Mapping, Sequence

from events.catalogue import Catalogue
from events.log import EventLog
from events.store.reading import Selection
from events.types.event_type import TYPE_PREFIX
from projections.fold import Refold, standing
from projections.projection import Projection, SubjectProjection
from projections.step import Step


async def refolds(
    log: EventLog, steps: Iterable[Step], projections: Iterable[Projection]
) -> Mapping[int, Sequence[Refold]]:
    """Return, by the position of each `event.voided` among the steps, the rows to make again without its event."""
    subjects = [found for found in projections if isinstance(found, SubjectProjection)]
    needed: dict[int, list[Refold]] = {}
    for step in steps:
        if step.type != "event.voided":
            continue
        about = await log.event(step.data["event"])
        if about is None:
            continue
        voided = Step.read(about, log.catalogue)
        needed[step.position] = [
            Refold(
                projection,
                key,
                await _history(log, projection, projection.stream(key), step.position),
            )
            for projection in subjects
            for key in projection.touches(voided)
        ]
    return needed


async def _history(
    log: EventLog, projection: SubjectProjection, stream: str, through: int
) -> list[Step]:
    selection = Selection(
        through=through,
        streams=(stream,),
        types=wire_names(log.catalogue, projection.types | {"event.voided"}),
    )
    return standing(
        [Step.read(recorded, log.catalogue) async for recorded in log.read(selection=selection)]
    )


def wire_names(catalogue: Catalogue, types: Iterable[str]) -> tuple[str, ...]:
    """Return the full names of these types, in every version they ever had."""
    return tuple(
        f"{TYPE_PREFIX}{name}.v{version}"
        for name in sorted(types)
        for version in range(1, catalogue.named(name).model.version + 1)
    )
