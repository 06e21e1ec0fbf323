"""The index of creations gives every event its place, even to readers that have only the index and the event."""

import pickle
from collections.abc import Sequence
from random import Random

import pytest

from events.lines.recorded import Recorded
from events.log import EventLog
from events.state.creation_index import CreationIndex, streams_about
from events.state.placement import naming
from events.vocabulary.event import Event
from tests.events.record import Record
from tests.events.samples import framed, noted, voided
from tests.projections.generated import record_generated
from tests.projections.stories import published


def learned(recorded: Sequence[Recorded], events: Sequence[Event], seed: int) -> CreationIndex:
    """Return the index of parts that overlap and know nothing of each other, as it arrives in another process."""
    random = Random(seed)
    parts = [CreationIndex() for _ in range(4)]
    for one, event in zip(recorded, events, strict=True):
        random.choice(parts).learn(event, one.line)
    random.shuffle(parts)
    known: CreationIndex = pickle.loads(pickle.dumps(CreationIndex.of(parts)))
    return known


async def check(log: EventLog) -> None:
    recorded = [event async for event in log.read()]
    events = [one.event(log.catalogue) for one in recorded]
    for seed in range(3):
        check_index(learned(recorded, events, seed), recorded, events)


def check_index(
    known: CreationIndex, recorded: Sequence[Recorded], events: Sequence[Event]
) -> None:
    mixed = [event for event in events if event.about_event is None]
    Random(1).shuffle(mixed)
    streams = {event.position: known.streams(naming(event), event.position) for event in mixed}
    about = [(e.position, e.about_event) for e in events if e.about_event is not None]
    asked = {position: streams[position] for position in known.asked_for if position in streams}
    streams |= streams_about(about, asked)
    assert streams == {one.position: tuple(one.streams) for one in recorded}
    assert [position for position, _ in known.about] == [position for position, _ in about]
    assert list(known.organisations) == [
        event.data["organisation"]
        for event in events
        if event.kind.name == "organisation.registered"
    ]


async def test_the_published_record_has_the_streams_that_the_log_gave_it(log: EventLog) -> None:
    await log.append(published())
    await check(log)


@pytest.mark.parametrize("seed", range(3))
async def test_so_does_a_generated_log_with_voids_of_voids_levels(log: EventLog, seed: int) -> None:
    await record_generated(log, seed, meddled=40)
    await check(log)


async def test_a_key_used_again_after_a_void_is_another_subject_from_then_on(story: Record) -> None:
    first = await story.add_one(framed("once", "mill"))
    before = await story.add_one(noted("question/once"))
    await story.add_one(voided(first.position))
    await story.add_one(framed("once", "archive"))
    after = await story.add_one(noted("question/once"))
    assert "organisation/mill" in before.streams
    assert "organisation/mill" not in after.streams
    await check(story.log)
