"""What was hidden is hidden at once, also where the read models are behind, or stand still, in every process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from tests.events.samples import (
    EventJson,
    asked,
    captured,
    closed,
    failed,
    forgotten,
    left,
    noted,
    paired,
    pairing_ended,
    reclassified,
    shown,
    voided,
)
from tests.service.app import Api, open_api, person
from tests.service.graphql.client import caught_up
from tests.service.graphql.live.test_live import connected, entries, follow, hear
from tests.service.serving import serving

pytestmark = pytest.mark.generated

WORD = "whisper"
QUESTIONS: Mapping[str, str] = {
    "subject": '{ learning(key: "learning") { statement } }',
    "list": "{ learnings(first: 5) { totalCount nodes { statement } } }",
    "search": f'{{ search(text: "{WORD}", first: 5) {{ totalCount nodes {{ fragments {{ text }} }} }} }}',
    "timeline": """{ organisation(key: "mill") { timeline(first: 20) {
        totalCount nodes { ... on TimelineEntry { position }
            ... on LearningCaptured { learning { statement } } } } } }""",
    "journey": """{ organisation(key: "mill") { journey { learnings(first: 5) { nodes { statement } } } } }""",
    "as it stood": """{ organisation(key: "mill") { journey(asOf: { position: 8 }) {
        learnings(first: 5) { nodes { statement } } } } }""",
    "insights": "{ insights { funnel { learnings } } }",
    "events": "{ events(first: 50) { nodes { position } } }",
}

Pair = tuple[Api, Api]


def learning(level: str) -> EventJson:
    return captured(cohort="heritage", statement=f"A {WORD} carries.", visibility=level)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[Pair]:
    """The APIs of two processes over one database, with the story's cohort in it."""
    async with (
        open_api(url, lives=True, min_position_seconds=0.05) as here,
        open_api(url, lives=True, min_position_seconds=0.05) as there,
    ):
        there.keys = here.keys
        await here.begin()
        yield here, there


async def level(apis: Pair) -> None:
    """Wait until the read models have everything, as both know."""
    head = await apis[0].head()
    for api in apis:
        assert await api.service.runner.wait_for(head, 30)
        await caught_up(api.service)


@asynccontextmanager
async def projections_stopped(api: Api) -> AsyncIterator[None]:
    """Stop projections: hold the lock on the checkpoint."""
    schema = api.service.runner.schema
    connection = await asyncpg.connect(api.service.log.url)
    try:
        async with connection.transaction():
            await connection.fetchval(f'select position from "{schema}".checkpoint for update')
            yield
    finally:
        await connection.close()


async def ask(api: Api, who: str | None, query: str) -> httpx.Response:
    return await api.client.post("/graphql", json={"query": query}, headers=api.headers(who))


async def answers(api: Api, who: str | None) -> dict[str, Any]:
    """Return the answers to all questions; none of them is refused."""
    found = {}
    for name, query in QUESTIONS.items():
        answer = (await ask(api, who, query)).json()
        assert "errors" not in answer, (name, answer)
        found[name] = answer["data"]
    return found


@pytest.mark.parametrize(
    ("before", "hides", "who"),
    [
        pytest.param(
            [learning("cohort")], lambda: shown("learning/learning", "private"), "analyst"
        ),
        pytest.param(
            [shown("organisation/mill", "public"), learning("public")],
            lambda: shown("learning/learning", "cohort"),
            None,
        ),
        pytest.param([learning("cohort")], lambda: voided(7), "analyst"),
        pytest.param([learning("pair"), paired()], pairing_ended, "archive"),
        pytest.param([learning("pair"), paired()], lambda: left("archive"), "archive"),
        pytest.param([learning("pair"), paired()], closed, "archive"),
    ],
    ids=["level", "level for the public", "void", "end of a pairing", "leaving", "close"],
)
async def test_hidden_items_are_shown_by_no_process_though_the_read_models_stand_still(
    database_url: str, before: list[EventJson], hides: Callable[[], EventJson], who: str | None
) -> None:
    async with two(database_url) as apis:
        here, _ = apis
        for event in before:
            assert (await here.post(event)).status_code == 201
        await level(apis)
        shown_before = await answers(here, who)
        assert WORD in str(shown_before)
        async with projections_stopped(here):
            response = await here.post(hides())
            assert response.status_code == 201, response.text
            position = response.json()["receipts"][0]["position"]
            held = {
                name: [await ask(api, who, query) for api in apis]
                for name, query in QUESTIONS.items()
            }
        await level(apis)
        shown_after = await answers(here, who)
        assert shown_after == await answers(apis[1], who)
        for name, responses in held.items():
            # A line names more than the learning: the public was not given it before.
            assert shown_before[name] != shown_after[name] or (who, name) == (None, "events"), name
            for answer in responses:
                if answer.status_code == 503:
                    [error] = answer.json()["errors"]
                    assert error["extensions"] == {
                        "code": "position.not_reached",
                        "position": position - 1,
                        "lag": 1,
                    }
                    assert WORD not in answer.text
                    assert answer.headers["retry-after"]
                else:
                    assert answer.json()["data"] == shown_after[name], name
        # What is asked of the log itself is answered all the same.
        assert {answer.status_code for answer in held["events"]} == {200}
        assert {answer.status_code for answer in held["insights"]} == {200}
        assert {answer.status_code for answer in held["list"]} == {503}


async def test_a_name_that_is_forgotten_is_shown_by_no_process(database_url: str) -> None:
    query = '{ person(key: "grace") { name email } }'
    async with two(database_url) as apis:
        here, _ = apis
        assert (await here.post(person())).status_code == 201
        await level(apis)
        for api in apis:
            assert "Grace" in (await ask(api, "facilitator", query)).text
        async with projections_stopped(here):
            assert (await here.post(forgotten())).status_code == 201
            for api in apis:
                for who in ("facilitator", "mill"):
                    assert "race" not in (await ask(api, who, query)).text


async def test_viewers_of_everything_are_answered_though_the_read_models_stand_still(
    database_url: str,
) -> None:
    async with two(database_url) as apis:
        here, _ = apis
        await here.post(learning("cohort"))
        await level(apis)
        async with projections_stopped(here):
            await here.post(shown("learning/learning", "private"))
            for api in apis:
                answer = await ask(api, "facilitator", QUESTIONS["list"])
                assert answer.status_code == 200
                assert WORD in answer.text


async def test_a_change_that_hides_nothing_holds_nobody_up(database_url: str) -> None:
    async with two(database_url) as apis:
        here, _ = apis
        await here.post(learning("cohort"))
        await level(apis)
        async with projections_stopped(here):
            for _ in range(3):
                await here.post(noted("organisation/mill"))
            for api in apis:
                answer = await ask(api, "analyst", QUESTIONS["list"])
                assert answer.status_code == 200
                assert WORD in answer.text


async def test_an_acknowledged_change_is_in_the_next_answer_of_another_process(
    database_url: str,
) -> None:
    async with two(database_url) as apis:
        here, there = apis
        for api in apis:
            object.__setattr__(api.app.state.limits, "min_position_seconds", 20)
        await here.post(learning("private"))
        await level(apis)
        for _ in range(12):
            response = await here.post(shown("learning/learning", "cohort"))
            position = response.json()["receipts"][0]["position"]
            assert await there.service.runner.wait_for(position, 20)
            answer = await ask(there, "analyst", QUESTIONS["subject"])
            assert answer.json()["data"]["learning"] is not None
            await here.post(shown("learning/learning", "private"))
            answer = await ask(there, "analyst", QUESTIONS["subject"])
            assert answer.json()["data"] == {"learning": None}


@pytest.mark.parametrize(
    ("before", "hides", "who"),
    [
        (learning("cohort"), shown("learning/learning", "private"), "analyst"),
        (
            failed(cohort="heritage", visibility="private"),
            reclassified(failure_cause="deviance"),
            "evaluator",
        ),
    ],
    ids=["level", "deviance"],
)
async def test_a_follower_is_not_given_what_was_hidden_before(
    database_url: str, before: EventJson, hides: EventJson, who: str
) -> None:
    async with serving(database_url, min_position_seconds=20) as served:
        api = served.api
        await api.begin()
        await api.post(before)
        await caught_up(api.service)
        assert await api.service.runner.wait_for(7, 30)
        async with connected(served, who) as socket:
            async with projections_stopped(api):
                await api.post(hides)
                await follow(socket, 0)
                heard = asyncio.create_task(hear(socket))
                await asyncio.wait([heard], timeout=0.3)
                assert not heard.done()
                await api.post(asked(cohort="heritage"))
            first = await heard
            positions = [first["payload"]["data"]["timeline"]["position"]]
            positions += await entries(socket, 2)
            assert positions == [2, 5, 9]
