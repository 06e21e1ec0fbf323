"""Queries that a replica cancels for a change of its primary: they are asked again, and not without end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from sqlalchemy import case, func, select

from events.access.principal import Principal, Role
from events.store import lookups
from events.store.connections import Unavailable
from events.vocabulary.stream import Stream
from projections.folding.tables import checkpoint
from projections.queries.read_models import ReadModels
from tests.service.app import Api, open_api
from tests.service.replicas.servers import PATIENCE_SECONDS, Pair
from tests.service.replicas.test_graphql import begin, note, replica_settings, until_served


@pytest.fixture
async def api(pair: Pair) -> AsyncIterator[Api]:
    """A service on the primary that reads from the replica, with a cohort of six events."""
    async with open_api(pair.primary, lives=True, **replica_settings(pair)) as api:
        await begin(api)
        yield api


async def test_a_query_cancelled_by_a_conflict_with_the_primary_is_asked_again(
    pair: Pair, api: Api
) -> None:
    models = api.service.served.read_models
    at = select(checkpoint.c.position).scalar_subquery()
    # It runs for ever, unless it is asked once more when there is more.
    slow = select(at, func.pg_sleep(case((at == 6, PATIENCE_SECONDS * 10), else_=0)))
    asked = asyncio.create_task(models.rows(slow))
    await until_asleep(pair)
    await note(api)
    await until_served(api, 7)
    await in_the_way(pair, models)
    async with asyncio.timeout(PATIENCE_SECONDS):
        [row] = await asked
    assert row[0] == 7


async def test_a_question_that_is_always_in_the_way_is_refused_for_now(
    pair: Pair, api: Api
) -> None:
    models = api.service.served.read_models
    at = select(checkpoint.c.position).scalar_subquery()
    asked = asyncio.create_task(models.rows(select(at, func.pg_sleep(PATIENCE_SECONDS * 10))))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not asked.done():
            await until_asleep(pair, or_done=asked)
            await in_the_way(pair, models)
    with pytest.raises(Unavailable, match="conflict with recovery"):
        await asked


async def test_a_cancelled_page_of_the_log_is_read_again(pair: Pair, api: Api) -> None:
    log = api.service.replica
    assert log is not None
    statement = f"""select max(position), pg_sleep(case
        when (select max(position) from events) = 6 then {PATIENCE_SECONDS * 10} else 0 end)
        from events"""
    asked = asyncio.create_task(log.ask(lambda connection: connection.fetchval(statement)))
    await until_asleep(pair)
    await note(api)
    await pair.until_it_has(7)
    await pair.on_primary("begin; lock table events in access exclusive mode; commit")
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await asked == 7


@pytest.mark.parametrize("question", ["page", "event", "version", "introduction"])
async def test_a_question_of_somebody_who_sees_a_part_is_asked_again_too(
    pair: Pair, api: Api, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    log = api.service.replica
    assert log is not None
    viewer = Principal(id="mill", role=Role.ORGANISATION, organisation="mill")
    page = [recorded async for recorded in log.read()]
    asked_for = lookups.subjects
    tries: list[str] = []

    async def slow(connection: asyncpg.Connection, streams: Sequence[Stream]) -> Any:
        if not tries:
            tries.append(question)
            await connection.execute(
                f"select pg_sleep({PATIENCE_SECONDS * 10}) from events limit 1"
            )
        return await asked_for(connection, streams)

    monkeypatch.setattr(lookups, "subjects", slow)
    questions: dict[str, Callable[[], Awaitable[Any]]] = {
        "page": lambda: log.visible(page, viewer),
        "event": lambda: log.visible_event(page[0].position, viewer),
        "version": lambda: log.stream_version("organisation/mill", viewer),
        "introduction": lambda: log.introduction("nobody", viewer),
    }
    asked = asyncio.ensure_future(questions[question]())
    await until_asleep(pair, or_done=asked)
    await pair.on_primary("begin; lock table events in access exclusive mode; commit")
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await asked
    assert tries
    assert bool(answer) is (question != "introduction")


async def until_asleep(pair: Pair, or_done: "asyncio.Task[Any] | None" = None) -> None:
    """Wait until a statement sleeps on the replica."""
    sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await pair.replica.execute(sleeping):
            if or_done is not None and or_done.done():
                return
            await asyncio.sleep(0.02)


async def in_the_way(pair: Pair, models: ReadModels) -> None:
    """Let the primary do what no reader on the replica may be in the way of."""
    await pair.on_primary(
        f'begin; lock table "{models.schema}".checkpoint in access exclusive mode; commit'
    )
