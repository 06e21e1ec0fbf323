"""A subject's stored state is what its history folds to."""

import random
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.log import EventLog
from events.state.draft import Draft
from events.state.folding import fold_amendments, fold_history
from events.state.state_cache import StateCache
from events.state.subjects import Amendments, State, from_json, to_json
from events.store import lookups
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.corrections import Readings
from events.vocabulary.stream import Stream, event_reference
from events.vocabulary.terms import Visibility
from tests.events import samples
from tests.events.record import Record
from tests.events.samples import EventJson
from tests.events.state.test_placement import SETTING

OWN = ("mill", "archive", "library")


def _random_event(rng: random.Random, head: int) -> EventJson:
    """Return any event, well-formed; many will be refused."""
    key = rng.choice("abc")
    own = rng.choice(OWN)
    level = rng.choice(list(Visibility)).value
    more: EventJson = rng.choice([{}, {"cohort": "heritage"}])
    makers: list[Any] = [
        lambda: samples.framed(key, own, text=f"How can we do {rng.random()}?", **more),
        lambda: samples.reframed(key, text=f"How can we do {rng.random()}?"),
        lambda: samples.question_closed(key),
        lambda: samples.planned(key, own, question=key, measure=rng.choice([None, "m"])),
        lambda: samples.revised(key, measure="m"),
        lambda: samples.started(key),
        lambda: samples.observed(key, measure=rng.choice([None, "m"])),
        lambda: samples.concluded(key),
        lambda: samples.failed(key, own, **more),
        lambda: samples.reclassified(key, failure_cause=rng.choice(["uncertainty", "deviance"])),
        lambda: samples.captured(key, own, **more),
        lambda: samples.learning_revised(key),
        lambda: samples.adopted(key, own),
        lambda: samples.joined(own),
        lambda: samples.left(own),
        lambda: samples.paired(*rng.sample(OWN, 2), pairing=key),
        lambda: samples.pairing_ended(key),
        lambda: samples.shown(f"learning/{key}", level),
        lambda: samples.shown(f"event/{rng.randint(1, head)}", level),
        lambda: samples.noted(f"question/{key}"),
        lambda: samples.assessed(own),
        lambda: samples.voided(rng.randint(7, max(7, head))),
        lambda: samples.voided(rng.randint(7, max(7, head))),
        lambda: samples.corrected(rng.randint(7, max(7, head)), text=f"How can we go {head}?"),
        lambda: samples.corrected(rng.randint(7, max(7, head)), measure=rng.choice("ma")),
    ]
    event: EventJson = rng.choice(makers)()
    return event


async def _kept(connection: asyncpg.Connection) -> dict[Stream, State]:
    rows = await connection.fetch("select stream, state::text as state from subjects")
    return {row["stream"]: from_json(row["stream"], orjson.loads(row["state"])) for row in rows}


async def _refolded(log: EventLog, kept: dict[Stream, State]) -> dict[Stream, State | None]:
    """Return the state of everything that was ever named, from the events alone."""
    events = [recorded.event(VOCABULARY) async for recorded in log.read()]
    readings = Readings()
    for event in events:
        readings.take(event)
    remaining = [
        event.corrected(readings.fields(event.position))
        for event in events
        if event.position not in readings.voided
    ]
    cache = StateCache()
    streams = {mention.stream for event in events for mention in event.mentions}
    cache.keep_streams({stream: (0, kept.get(stream)) for stream in streams})
    state_view = Draft(cache)
    states = {stream: fold_history(stream, remaining, state_view) for stream in streams}
    amendments = {
        event_reference(event.position): fold_amendments(event.position, remaining)
        for event in events
    }
    return states | {stream: one for stream, one in amendments.items() if one != Amendments()}


@pytest.mark.parametrize("seed", range(6))
async def test_folding_every_history_again_gives_what_is_kept(
    story: Record, database_url: str, seed: int
) -> None:
    rng = random.Random(seed)
    recorded = 0
    for _ in range(120):
        recorded += await story.report(_random_event(rng, await story.log.head())) == []
    assert recorded > 20
    connection = await asyncpg.connect(database_url)
    try:
        kept = await _kept(connection)
    finally:
        await connection.close()
    refolded = await _refolded(story.log, kept)
    expected = {stream: state for stream, state in refolded.items() if state is not None}
    assert {stream: state for stream, state in kept.items() if state != Amendments()} == expected


async def test_the_same_seed_in_one_process_or_two_keeps_the_same(
    story: Record, database_url: str
) -> None:
    rng = random.Random(99)
    async with await EventLog.open(database_url) as second:
        other = Record(second)
        for number in range(60):
            event = {**_random_event(rng, await second.head()), "id": f"n{number}"}
            await (story if number % 2 else other).report(event)
    connection = await asyncpg.connect(database_url)
    try:
        kept = await _kept(connection)
        found, _ = await lookups.subjects(connection, list(kept))
    finally:
        await connection.close()
    assert {stream: state for stream, (_, state) in found.items()} == kept


AMENDMENTS = st.builds(
    Amendments,
    level=st.sampled_from([None, *Visibility]),
    voided_by=st.none() | st.integers(1, 2**53),
)


@given(AMENDMENTS)
def test_amendments_are_kept_as_json_and_come_back(amendments: Amendments) -> None:
    assert (
        from_json(event_reference(1), orjson.loads(orjson.dumps(to_json(amendments)))) == amendments
    )


async def test_every_kind_of_state_is_kept_as_json_and_comes_back(
    story: Record, database_url: str
) -> None:
    await story.add(*SETTING)
    connection = await asyncpg.connect(database_url)
    try:
        kept = await _kept(connection)
    finally:
        await connection.close()
    assert {stream.partition("/")[0] for stream in kept} == {
        reference.creates
        for kind in VOCABULARY.kinds
        for reference in kind.references
        if reference.creates
    }
    for stream, state in kept.items():
        assert from_json(stream, orjson.loads(orjson.dumps(to_json(state)))) == state
