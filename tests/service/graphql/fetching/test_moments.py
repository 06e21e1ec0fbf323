"""An answer is of one moment, however many statements it takes, also where the database goes away in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.models.cohorts import Cohorts
from projections.models.wordings import Wordings
from projections.queries.read_models import MOMENTS_MAX, ReadModels
from projections.updating.runner import Runner
from service.graphql.fetching.loading import Loading
from tests.databases import connected
from tests.projections.stories import MakeEvent, cohort, event_maker
from tests.service.graphql.client import Asker

MILL = Principal("mill", Role.ORGANISATION, organisation="mill")

SEARCHED = 'search(text: "the", kinds: [ORGANISATION]) { totalCount nodes { subject { stream } } }'

QUERIES = {
    # The first is compiled; search is executed as usual.
    "in two ways": "{ organisations { totalCount nodes { key } } " + SEARCHED + " }",
    "as usual": "{ " + SEARCHED + " again: " + SEARCHED + " }",
}


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """Asks for a cohort of two organisations."""
    await log.append(cohort(event_maker()))
    async with Runner(log) as runner:
        await runner.catch_up()
        yield Asker(log, runner, catches_up=False)


def before(
    monkeypatch: pytest.MonkeyPatch, call: int, happens: Callable[[], Awaitable[Any]]
) -> list[int]:
    """Let something happen before one of the calls that fetch rows as usual; returns the list of the calls."""
    calls: list[int] = []

    def noted(fetch: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def fetched(*given: Any) -> Any:
            calls.append(len(calls))
            if len(calls) == call:
                await happens()
            return await fetch(*given)

        return fetched

    for name in ("rows", "row"):
        monkeypatch.setattr(Loading, name, noted(getattr(Loading, name)))
    return calls


def newcomer(make_event: MakeEvent) -> dict[str, Any]:
    return make_event(
        "organisation.registered",
        "2025-01-05",
        "public",
        organisation="new",
        name="The New",
        sector="arts",
    )


@pytest.mark.parametrize("viewer", [RECORD, MILL, PUBLIC], ids=lambda viewer: viewer.role.value)
@pytest.mark.parametrize("how", QUERIES)
async def test_what_is_recorded_meanwhile_is_in_all_of_an_answer_or_in_none(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, viewer: Principal, how: str
) -> None:
    asker.viewer = viewer
    expected = await asker.ask(QUERIES[how])

    async def record() -> None:
        await asker.log.append([{**newcomer(event_maker()), "id": "new"}])
        await asker.runner.catch_up()

    calls = before(monkeypatch, 1 if how == "in two ways" else 2, record)
    assert await asker.ask(QUERIES[how]) == expected
    assert len(calls) > 1
    monkeypatch.undo()
    # Before, it was of one moment; now it is of another.
    found = await asker.ask(QUERIES[how])
    assert all(
        field["totalCount"] == expected[name]["totalCount"] + 1 for name, field in found.items()
    )


@pytest.mark.parametrize("viewer", [RECORD, MILL, PUBLIC], ids=lambda viewer: viewer.role.value)
@pytest.mark.parametrize("how", QUERIES)
async def test_an_answer_whose_moment_was_lost_is_made_again(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, viewer: Principal, how: str
) -> None:
    asker.viewer = viewer
    expected = await asker.ask(QUERIES[how])

    async def lose() -> None:
        ended = await asker.log.ask(
            lambda connection: connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'howcanwe reading' AND datname = current_database()"
            )
        )
        assert ended

    before(monkeypatch, 2, lose)
    assert await asker.ask(QUERIES[how]) == expected


async def code(asker: Asker) -> str:
    [error] = (await asker.post(QUERIES["as usual"])).json()["errors"]
    return str(error["extensions"]["code"])


async def test_answers_that_take_too_long_let_go_of_their_moments(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = asker.schema.limits
    asker.schema.limits = replace(usual, seconds_max=0.3)

    async def never() -> None:
        await asyncio.Event().wait()

    async with connected(asker.log.url) as connection:
        # More than can hold a moment at once: some wait beside the database, some for it.
        for _ in range(MOMENTS_MAX + 1):
            with monkeypatch.context() as patched:
                before(patched, 2, never)
                assert await code(asker) == "query.too_slow"
            async with connection.transaction():
                await connection.execute(
                    f'LOCK TABLE "{asker.runner.read_models.schema}".{Wordings.table.name}'
                )
                assert await code(asker) == "query.too_slow"
        held = await connection.fetch(
            "SELECT state, query FROM pg_stat_activity WHERE application_name = 'howcanwe reading'"
            " AND datname = current_database() AND state <> 'idle'"
        )
        assert held == []
    asker.schema.limits = usual
    await asker.ask(QUERIES["as usual"])


async def test_a_new_connection_to_a_replica_is_asked_at_one_moment(log: EventLog) -> None:
    await log.append(cohort(event_maker()))

    async def checked(connection: Any) -> None:
        pass

    async with Runner(log) as runner:
        await runner.catch_up()
        models = ReadModels(log.url, check=checked)
        try:
            assert runner.read_models.schema is not None
            models.use(runner.read_models.schema)
            # With tokens that are not known yet, it is asked in a transaction that repeats what it reads.
            assert [row["key"] for row in await models.seen(MILL, select(Cohorts.table.c.key))]
        finally:
            await models.close()
