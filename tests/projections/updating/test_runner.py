"""The runner: every event is in the read models once, in batches of any size and as it is recorded."""

import asyncio
import itertools

import pytest
import structlog
from sqlalchemy import select, text

from events.log import EventLog
from projections.folding.decorators import enters
from projections.folding.fold import Undigested
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Key, Row
from projections.models.cohorts import Organisations
from projections.models.record import Timeline, Voids
from projections.store.progress import Phase
from projections.updating.runner import Runner
from tests.projections.rows import rows_of
from tests.projections.stories import EventJson, MakeEvent, cohort, published
from tests.projections.updating.following import PATIENCE_S, running, until

PAIRED = "org.howcanwe.organisations.paired.v1"


class Choosy(Projection):
    """Cannot take in that organisations are paired."""

    table = Voids.table

    def keys(self, step: Step) -> list[Key]:
        return [(step.position,)]

    @enters("organisations.paired")
    def paired(self, step: Step, key: Key) -> Row:
        raise ValueError("no pairs, please")


class Overfull(Choosy):
    """Makes a row that the database refuses of the fact that organisations are paired."""

    @enters("organisations.paired")
    def paired(self, step: Step, key: Key) -> Row:
        return dict.fromkeys(self.table.columns.keys()) | {"position": key[0]}


def taken_back(make_event: MakeEvent) -> list[list[EventJson]]:
    """Return a cohort's story in which a level and a registration are voided; each list is a request."""
    return [
        [
            *cohort(make_event),
            make_event(
                "visibility.changed", "2025-02-01", of="organisation/mill", visibility="pair"
            ),
            make_event(
                "organisation.registered", "2025-02-01", organisation="x", name="X", sector="y"
            ),
        ],
        [
            make_event("event.voided", "2025-02-02", event=7, reason="a slip"),
            make_event("event.voided", "2025-02-02", event=8, reason="twice"),
        ],
    ]


async def test_what_is_recorded_is_in_the_read_models_once_caught_up(
    log: EventLog, runner: Runner
) -> None:
    await log.append(published())
    await runner.catch_up()
    assert runner.position == await log.head()
    organisations = Organisations.table.c
    query = select(organisations.name, organisations.country)
    [found] = await runner.read_models.rows(query.where(organisations.key == "amnesty-uk"))
    assert tuple(found) == ("Amnesty International UK", "GB")


async def test_batches_of_any_size_give_the_same_rows(log: EventLog, make_event: MakeEvent) -> None:
    for request in taken_back(make_event):
        await log.append(request)
    found = []
    for size in (1, 3, 500):
        async with Runner(log, schema=f"of_{size}", batch_events_max=size) as runner:
            await runner.catch_up()
            found.append(await rows_of(runner))
    assert found[0] == found[1] == found[2]
    assert [void[:2] for void in found[0]["voids"]] == [(7, 9), (8, 10)]


async def test_new_events_are_followed_live(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with running(runner):
        receipts = await log.append(cohort(make_event))
        assert await runner.wait_for(receipts[-1].position, PATIENCE_S)
        assert await runner.wait_for(receipts[0].position, 0)
        await until(lambda: runner.state.is_ready)


async def _counted(runner: Runner) -> float:
    """Return how many rows PostgreSQL counted among the organisations; -1 if it did not."""
    name = f"{runner.schema}.{Organisations.table.name}"
    counted = text("select reltuples from pg_class where oid = cast(:name as regclass)")
    async with runner.engine.connect() as connection:
        return float((await connection.execute(counted, {"name": name})).scalar_one())


@pytest.mark.parametrize("follows", [False, True])
async def test_postgresql_knows_how_large_the_read_models_are_once_they_have_doubled(
    log: EventLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch, follows: bool
) -> None:
    monkeypatch.setattr("projections.updating.runner.ANALYZED_EVENTS_MIN", 10)

    async def reach(head: int) -> None:
        async with Runner(log) as runner:
            if follows:
                async with running(runner):
                    assert await runner.wait_for(head, PATIENCE_S)
                    await until(lambda: runner.state.is_ready)
            else:
                await runner.catch_up()
            counted.append(await _counted(runner))

    counted: list[float] = []
    first, *others = [
        make_event(
            "organisation.registered",
            "2025-01-01",
            organisation=f"o{number}",
            name="One",
            sector="civic",
        )
        for number in range(21)
    ]
    for batch in ([first], others[:9], others[9:]):
        receipts = await log.append(batch)
        await reach(receipts[-1].position)
    assert counted == [-1, -1, 21]


async def test_waiting_for_what_was_not_recorded_ends_in_time(runner: Runner) -> None:
    async with running(runner):
        assert not await runner.wait_for(1, 0.05)


@pytest.mark.parametrize("choosy", [Choosy(), Overfull()], ids=["in code", "in the database"])
async def test_an_event_that_cannot_be_digested_stops_the_projection_before_it(
    log: EventLog, make_event: MakeEvent, choosy: Projection
) -> None:
    receipts = await log.append(cohort(make_event))
    async with Runner(log, projections=(Organisations(), Timeline(), choosy)) as runner:
        await asyncio.wait_for(runner.run(), PATIENCE_S)
        state = runner.state
        assert (state.phase, state.position) == (Phase.STOPPED, 5)
        assert state.undigested is not None
        assert (state.undigested.position, state.undigested.type) == (6, PAIRED)
        assert not await runner.wait_for(receipts[-1].position, 10)
        assert {entry[2] for entry in (await rows_of(runner))["timeline"]} == {1, 2, 3, 4, 5}
        with pytest.raises(Undigested):
            await runner.catch_up()


async def test_catching_up_says_from_time_to_time_how_far_it_is(
    log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    minutes = itertools.count(step=60)
    async with Runner(log, batch_events_max=2, clock=lambda: float(next(minutes))) as runner:
        with structlog.testing.capture_logs() as logged:
            async with running(runner):
                assert await runner.wait_for(6, PATIENCE_S)
    [first, *_] = [entry for entry in logged if entry["event"] == "projections catch up"]
    assert (first["position"], first["head"]) == (2, 6)
    assert first["events_per_second"] >= 0
    assert first["seconds_left"] > 0
