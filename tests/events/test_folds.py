"""What is kept of a subject is what its own history gives."""

import random
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import VOCABULARY
from events.draft import Draft
from events.folds import fold_history, fold_mark
from events.log import EventLog
from events.memory import Memory
from events.store import record as store
from events.subjects import EventMark, State, from_json, to_json
from events.terms import Visibility
from tests.events import telling
from tests.events.record import Record
from tests.events.telling import Told
from tests.events.test_placement import SETTING

OWN = ("mill", "archive", "library")


def _random_event(rng: random.Random, head: int) -> Told:
    """Tell any event, well-formed; many will be refused."""
    key = rng.choice("abc")
    own = rng.choice(OWN)
    level = rng.choice(list(Visibility)).value
    more: Told = rng.choice([{}, {"cohort": "heritage"}])
    tellers: list[Any] = [
        lambda: telling.framed(key, own, text=f"How can we do {rng.random()}?", **more),
        lambda: telling.reframed(key, text=f"How can we do {rng.random()}?"),
        lambda: telling.question_closed(key),
        lambda: telling.planned(key, own, question=key, measure=rng.choice([None, "m"])),
        lambda: telling.revised(key, measure="m"),
        lambda: telling.started(key),
        lambda: telling.observed(key, measure=rng.choice([None, "m"])),
        lambda: telling.concluded(key),
        lambda: telling.failed(key, own, **more),
        lambda: telling.reclassified(key, failure_cause=rng.choice(["uncertainty", "deviance"])),
        lambda: telling.captured(key, own, **more),
        lambda: telling.learning_revised(key),
        lambda: telling.adopted(key, own),
        lambda: telling.joined(own),
        lambda: telling.left(own),
        lambda: telling.paired(*rng.sample(OWN, 2), pairing=key),
        lambda: telling.pairing_ended(key),
        lambda: telling.shown(f"learning/{key}", level),
        lambda: telling.shown(f"event/{rng.randint(1, head)}", level),
        lambda: telling.noted(f"question/{key}"),
        lambda: telling.assessed(own),
        lambda: telling.voided(rng.randint(7, max(7, head))),
        lambda: telling.voided(rng.randint(7, max(7, head))),
    ]
    event: Told = rng.choice(tellers)()
    return event


async def _kept(connection: asyncpg.Connection) -> dict[str, State]:
    rows = await connection.fetch("select stream, state::text as state from subjects")
    return {row["stream"]: from_json(row["stream"], orjson.loads(row["state"])) for row in rows}


async def _refolded(log: EventLog, kept: dict[str, State]) -> dict[str, State | None]:
    """Return the state of everything that was ever named, from the events alone."""
    events = [recorded.event(VOCABULARY) async for recorded in log.read()]
    voided = {event.about_event for event in events if event.kind.name == "event.voided"}
    standing = [event for event in events if event.position not in voided]
    memory = Memory()
    streams = {mention.stream for event in events for mention in event.mentions}
    memory.keep({stream: (0, kept.get(stream)) for stream in streams})
    world = Draft(memory)
    states = {stream: fold_history(stream, standing, world) for stream in streams}
    marks = {f"event/{event.position}": fold_mark(event.position, standing) for event in events}
    return states | {stream: mark for stream, mark in marks.items() if mark != EventMark()}


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
    assert {stream: state for stream, state in kept.items() if state != EventMark()} == expected


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
        found, _ = await store.subjects(connection, list(kept))
    finally:
        await connection.close()
    assert {stream: state for stream, (_, state) in found.items()} == kept


MARKS = st.builds(
    EventMark,
    level=st.sampled_from([None, *Visibility]),
    voided_by=st.none() | st.integers(1, 2**53),
)


@given(MARKS)
def test_a_mark_is_kept_as_json_and_comes_back(mark: EventMark) -> None:
    assert from_json("event/1", orjson.loads(orjson.dumps(to_json(mark)))) == mark


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
