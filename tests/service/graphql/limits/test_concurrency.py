"""Turns and slices: an expensive query delays its own sender, and no query holds the event loop."""

import asyncio
import gc
import time
from typing import Any

import pytest
from graphql import parse
from strawberry.types.execution import PreExecutionError

from events.access.principal import PUBLIC, RECORD
from events.log import EventLog
from projections.insights.follower import InsightsFollower
from projections.updating.runner import Runner
from service.graphql.context import Context
from service.graphql.limits.concurrency import Turns
from service.graphql.limits.query_size import Limits, QueryMeasure
from service.graphql.limits.time_slices import SLICE_SECONDS, Computing
from service.graphql.schema import Schema
from tests.projections.stories import cohort, event_maker
from tests.service.graphql.client import Asker


async def test_a_request_for_much_is_not_served_before_others() -> None:
    turns = Turns(at_once=2, each_max=2)
    taken: list[str] = []
    go_on = asyncio.Event()

    async def one(asker: str) -> None:
        async with turns.taken(asker):
            taken.append(asker)
            await go_on.wait()

    many = [asyncio.create_task(one("many")) for _ in range(6)]
    await asyncio.sleep(0)
    few = [asyncio.create_task(one(name)) for name in ("few", "other")]
    await asyncio.sleep(0)
    assert taken == ["many", "many"]
    go_on.set()
    await asyncio.gather(*many, *few)
    assert sorted(taken[2:5]) == ["few", "many", "other"]


async def test_an_asker_leaves_turns_to_others() -> None:
    turns = Turns(at_once=4, each_max=3)
    taken: list[str] = []

    async def one(asker: str) -> None:
        async with turns.taken(asker):
            taken.append(asker)
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(one(name)) for name in ["many"] * 9 + ["few"]]
    await asyncio.sleep(0)
    assert taken == ["many"] * 3 + ["few"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # The clients that went away left nothing behind: all turns are free.
    async with asyncio.timeout(1):
        async with turns.taken("a"), turns.taken("a"), turns.taken("a"), turns.taken("b"):
            pass


async def test_a_turn_that_comes_as_its_asker_goes_away_is_given_on() -> None:
    turns = Turns(at_once=1, each_max=1)

    async def hold(asker: str) -> None:
        async with turns.taken(asker):
            await asyncio.Event().wait()

    first, second = (asyncio.create_task(hold(name)) for name in ("a", "b"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(1), turns.taken("c"):
        pass


async def test_the_loop_goes_round_between_slices() -> None:
    computing = Computing()
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    async def compute() -> int:
        async with computing.slice("a"):
            began = time.monotonic()
            while time.monotonic() - began <= 1.5 * SLICE_SECONDS:
                pass
            return rounds

    counting = asyncio.create_task(count())
    found = await asyncio.gather(*(compute() for _ in range(5)))
    counting.cancel()
    assert len(set(found)) == 5


async def test_a_long_answer_is_the_same_in_however_many_slices(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = """{ __schema { types { name kind fields { name type { name ofType { name } } } } }
      cohorts(first: 5) { nodes { key organisations(first: 5) { nodes { key name } } } } }"""
    await log.append(cohort(event_maker()))
    found: list[Any] = []
    async with Runner(log) as runner:
        for seconds in (60.0, 0.0002):
            monkeypatch.setattr("service.graphql.limits.time_slices.SLICE_SECONDS", seconds)
            asker = Asker(log, runner)
            async with asker.http:
                found.append(await asker.ask(query))
    assert found[0] == found[1]
    assert len(found[0]["__schema"]["types"]) > 100


async def test_the_time_of_a_query_runs_out_while_it_is_computed(log: EventLog) -> None:
    # Without variables, cost or database: nothing but computing.
    selected = "types { fields { name type { name } } }"
    query = "{" + " ".join(f"a{n}: __schema {{ {selected} }}" for n in range(9)) + "}"
    async with Runner(log) as runner:
        await runner.catch_up()
        limits = Limits(seconds_max=0.05, introspection_cost=1)
        asker = Asker(log, runner, viewer=PUBLIC, limits=limits, catches_up=False)
        async with asker.http:
            await asker.post(query)  # Read and checked by now.
            answer = (await asker.post(query)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["query.too_slow"]
            # Nothing continues behind it.
            assert (await asker.post("{ __typename }")).json()["data"]


async def test_the_time_of_a_query_runs_out_while_it_waits_to_be_read(log: EventLog) -> None:
    schema = Schema(Limits(seconds_max=0.05))
    async with Runner(log) as runner:
        context = Context(log=log, served=runner, insights=InsightsFollower(log), viewer=RECORD)
        async with asyncio.timeout(5), schema.documents.turns.taken("others"):
            result = await schema.execute("{ __typename }", context_value=context)
            assert "more than 0.05 seconds" in str(result.errors)
            results = await schema.stream("{ __typename }", context_value=context)
            [result] = [result async for result in results]
            assert isinstance(result, PreExecutionError)
            assert "more than 0.05 seconds" in str(result.errors)


async def test_a_document_that_takes_long_to_read_holds_nobody_up(log: EventLog) -> None:
    schema = Schema()
    async with Runner(log) as runner:
        context = Context(log=log, served=runner, insights=InsightsFollower(log), viewer=PUBLIC)
        gc.disable()
        try:
            # Each of the fields is compared with each other one. Once will do: this machine may be busy.
            assert any([await longest_pause(schema, context, n) < 0.5 for n in range(3)])
        finally:
            gc.enable()


async def longest_pause(schema: Schema, context: Context, number: int) -> float:
    """Return the longest time without a turn for others while a document was read, as a share of the whole."""
    document = f"query Q{number} {{" + "event(position: 1) { id } " * 200 + "}"
    reading = asyncio.create_task(schema.documents.read(document, context))
    began = last = time.perf_counter()
    longest = 0.0
    while not reading.done():
        await asyncio.sleep(0)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    return longest / (last - began)


def cost(query: str, **prices: int) -> int:
    document = parse(query)
    [operation] = document.definitions
    return QueryMeasure(document, {}, prices).of(operation).cost  # type: ignore[arg-type]  # it is one


def test_fields_that_take_long_have_a_price() -> None:
    assert cost("{ search { totalCount } }") == 2
    assert cost("{ search { totalCount } }", search=40) == 42
    assert cost("{ a: search { totalCount } b: search { totalCount } }", search=40) == 84
    past = {"journey(asOf)": 9}
    assert cost("{ organisation { journey { position } } }", **past) == 3
    assert cost("{ organisation { journey(asOf: {position: 1}) { position } } }", **past) == 12
    assert cost("{ __schema { types { name } } __typename }", __schema=7) == 7


async def test_thirty_searches_are_more_than_a_query_may_ask(log: EventLog) -> None:
    fields = " ".join(f's{n}: search(text: "zz{n}", first: 1) {{ totalCount }}' for n in range(30))
    async with Runner(log) as runner:
        asker = Asker(log, runner, viewer=PUBLIC)
        async with asker.http:
            answer = (await asker.post(f"{{ {fields} }}")).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == [
                "query.too_costly"
            ]
            assert answer["extensions"]["cost"]["requested"] > 250_000
            asker.viewer = RECORD
            figures = "{ insights { failFast { __typename } learningVelocity { __typename } } }"
            extensions = (await asker.post(figures)).json()["extensions"]
            assert extensions["cost"]["requested"] == 5_003
