"""Journeys as of now and as of an earlier moment have the same rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from events.log import EventLog
from projections.in_memory.journey import journey, journey_as_of
from projections.updating.runner import Runner
from tests.projections.generated import meddle, record_generated
from tests.projections.stories import MakeEvent, cohort

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
SEEDS = range(4)
LONG_SEEDS = range(4, 60)


async def organisations(log: EventLog) -> list[str]:
    kind = "org.howcanwe.organisation.registered.v1"
    return [
        recorded.content["data"]["organisation"]
        async for recorded in log.read()
        if recorded.content["type"] == kind
    ]


def plain(tables: Rows) -> dict[str, list[dict[str, Any]]]:
    return {name: [dict(row) for row in rows] for name, rows in tables.items()}


async def stood(log: EventLog, runner: Runner, seed: int) -> None:
    """Keep every journey after each chapter, and compare it with the journey as of that moment."""
    random = Random(seed)
    chapters: list[tuple[int, dict[str, Rows]]] = []
    await record_generated(log, seed, meddled=4)
    for _ in range(3):
        await runner.catch_up()
        keys = await organisations(log)
        kept: dict[str, Rows] = {}
        for key in keys:
            kept[key] = plain(await journey(runner.read_models, key))
        chapters.append((await log.head(), kept))
        await meddle(log, random, 6)
    for position, journeys in chapters:
        recorded = await log.event(position)
        assert recorded is not None
        taken_in = datetime.fromisoformat(recorded.content["recordedtime"])
        for key, rows in journeys.items():
            assert plain(await journey_as_of(log, key, position=position)) == rows
            if await log.position_at(int(taken_in.timestamp() * 1_000_000)) == position:
                assert plain(await journey_as_of(log, key, recorded_at=taken_in)) == rows


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_journey_as_of_a_position_is_what_it_was_then(
    log: EventLog, runner: Runner, seed: int
) -> None:
    await stood(log, runner, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
async def test_so_it_is_for_many_logs(log: EventLog, runner: Runner, seed: int) -> None:
    await stood(log, runner, seed)


async def test_the_newest_position_gives_the_live_rows(log: EventLog, runner: Runner) -> None:
    await record_generated(log, 11)
    await runner.catch_up()
    entries = []
    for key in await organisations(log):
        live = await journey(runner.read_models, key)
        assert plain(await journey_as_of(log, key)) == plain(live)
        entries.append(len(live["timeline"]))
    # A host has few of its own.
    assert sum(entries) > 5 * len(entries)


async def test_a_journey_has_its_cohorts_and_who_else_was_there(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    rows = await journey(runner.read_models, "mill")
    assert [row["key"] for row in rows["cohorts"]] == ["valley"]
    assert [row["key"] for row in rows["questions"]] == ["shared"]
    assert [row["organisation"] for row in rows["memberships"]] == ["farm", "mill"]
    assert [row["key"] for row in rows["pairings"]] == ["pair"]
    assert [row["key"] for row in rows["organisations"]] == ["mill"]


async def test_nobody_has_an_empty_journey(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    assert not any((await journey(runner.read_models, "nobody")).values())
    assert not any((await journey_as_of(log, "nobody")).values())


async def test_as_of_a_time_leaves_out_what_happened_later_whenever_it_was_recorded(
    log: EventLog, make_event: MakeEvent
) -> None:
    def framed(key: str, day: str) -> dict[str, Any]:
        text = f"How can we {key}?"
        return make_event("question.framed", day, question=key, organisation="mill", text=text)

    await log.append(cohort(make_event))
    await log.append([framed("late", "2025-03-01"), framed("early", "2025-02-01")])
    until = datetime.fromisoformat("2025-02-10T00:00:00+00:00")
    rows = await journey_as_of(log, "mill", occurred_at=until)
    own = {row["key"] for row in rows["questions"] if row["organisation"] == "mill"}
    assert own == {"early"}
    assert [row["position"] for row in rows["timeline"]] == [2, 4, 6, 8]
    before = await journey_as_of(log, "mill", position=7, occurred_at=until)
    assert {row["key"] for row in before["questions"]} == {"shared"}


async def test_events_voided_by_then_count_for_nothing_though_the_void_is_dated_later(
    log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    question = make_event(
        "question.framed", "2025-02-01", question="q", organisation="mill", text="How can we q?"
    )
    await log.append([question])
    await log.append([make_event("event.voided", "2025-06-01", event=7, reason="a slip")])
    until = datetime.fromisoformat("2025-02-10T00:00:00+00:00")
    rows = await journey_as_of(log, "mill", occurred_at=until)
    assert {row["key"] for row in rows["questions"]} == {"shared"}
    assert [row["position"] for row in rows["voids"]] == [7]
    assert 8 not in {row["position"] for row in rows["timeline"]}
    stands = await journey_as_of(log, "mill", position=7, occurred_at=until)
    assert {row["key"] for row in stands["questions"]} == {"q", "shared"}


async def test_before_the_first_event_there_is_nothing(
    log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    first = await log.event(1)
    assert first is not None
    begin = datetime.fromisoformat(first.content["recordedtime"])
    rows = await journey_as_of(log, "mill", recorded_at=begin - timedelta(microseconds=1))
    assert not any(rows.values())
