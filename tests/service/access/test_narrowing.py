"""What was hidden is hidden at once, also where the read models are behind, or stand still, in every process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from tests.events.samples import (
    Told,
    captured,
    closed,
    forgotten,
    left,
    noted,
    paired,
    pairing_ended,
    shown,
    voided,
)
from tests.service.app import Door, open_door, person
from tests.service.graphql.client import caught_up
from tests.service.graphql.live.test_live import connected, entries, follow, hear
from tests.service.serving import serving

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

Pair = tuple[Door, Door]


def learning(level: str) -> Told:
    return captured(cohort="heritage", statement=f"A {WORD} carries.", visibility=level)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[Pair]:
    """Two processes' doors over one database, with the story's cohort in it."""
    async with (
        open_door(url, lives=True, min_position_seconds=0.05) as here,
        open_door(url, lives=True, min_position_seconds=0.05) as there,
    ):
        there.keys = here.keys
        await here.begin()
        yield here, there


async def level(doors: Pair) -> None:
    """Wait until the read models have everything, as both know."""
    head = await doors[0].head()
    for door in doors:
        assert await door.service.runner.wait_for(head, 30)
        await caught_up(door.service.runner)


@asynccontextmanager
async def standing_still(door: Door) -> AsyncIterator[None]:
    """Let nobody project: somebody else holds the checkpoint."""
    schema = door.service.runner.schema
    connection = await asyncpg.connect(door.service.log.url)
    try:
        async with connection.transaction():
            await connection.fetchval(f'select position from "{schema}".checkpoint for update')
            yield
    finally:
        await connection.close()


async def ask(door: Door, who: str | None, query: str) -> httpx.Response:
    return await door.client.post("/graphql", json={"query": query}, headers=door.headers(who))


async def told(door: Door, who: str | None) -> dict[str, Any]:
    """Return the answers to all questions; none of them is refused."""
    found = {}
    for name, query in QUESTIONS.items():
        answer = (await ask(door, who, query)).json()
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
async def test_what_is_hidden_is_shown_by_no_process_though_the_read_models_stand_still(
    database_url: str, before: list[Told], hides: Callable[[], Told], who: str | None
) -> None:
    async with two(database_url) as doors:
        here, _ = doors
        for event in before:
            assert (await here.post(event)).status_code == 201
        await level(doors)
        shown_before = await told(here, who)
        assert WORD in str(shown_before)
        async with standing_still(here):
            response = await here.post(hides())
            assert response.status_code == 201, response.text
            position = response.json()["receipts"][0]["position"]
            held = {
                name: [await ask(door, who, query) for door in doors]
                for name, query in QUESTIONS.items()
            }
        await level(doors)
        shown_after = await told(here, who)
        assert shown_after == await told(doors[1], who)
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
    async with two(database_url) as doors:
        here, _ = doors
        assert (await here.post(person())).status_code == 201
        await level(doors)
        for door in doors:
            assert "Grace" in (await ask(door, "facilitator", query)).text
        async with standing_still(here):
            assert (await here.post(forgotten())).status_code == 201
            for door in doors:
                for who in ("facilitator", "mill"):
                    assert "race" not in (await ask(door, who, query)).text


async def test_who_sees_everything_is_answered_though_the_read_models_stand_still(
    database_url: str,
) -> None:
    async with two(database_url) as doors:
        here, _ = doors
        await here.post(learning("cohort"))
        await level(doors)
        async with standing_still(here):
            await here.post(shown("learning/learning", "private"))
            for door in doors:
                answer = await ask(door, "facilitator", QUESTIONS["list"])
                assert answer.status_code == 200
                assert WORD in answer.text


async def test_what_hides_nothing_holds_nobody_up(database_url: str) -> None:
    async with two(database_url) as doors:
        here, _ = doors
        await here.post(learning("cohort"))
        await level(doors)
        async with standing_still(here):
            for _ in range(3):
                await here.post(noted("organisation/mill"))
            for door in doors:
                answer = await ask(door, "analyst", QUESTIONS["list"])
                assert answer.status_code == 200
                assert WORD in answer.text


async def test_an_acknowledged_change_is_in_the_next_answer_of_another_process(
    database_url: str,
) -> None:
    async with two(database_url) as doors:
        here, there = doors
        for door in doors:
            object.__setattr__(door.app.state.limits, "min_position_seconds", 20)
        await here.post(learning("private"))
        await level(doors)
        for _ in range(12):
            response = await here.post(shown("learning/learning", "cohort"))
            position = response.json()["receipts"][0]["position"]
            assert await there.service.runner.wait_for(position, 20)
            answer = await ask(there, "analyst", QUESTIONS["subject"])
            assert answer.json()["data"]["learning"] is not None
            await here.post(shown("learning/learning", "private"))
            answer = await ask(there, "analyst", QUESTIONS["subject"])
            assert answer.json()["data"] == {"learning": None}


async def test_who_follows_is_not_given_what_was_hidden_before(database_url: str) -> None:
    async with serving(database_url, min_position_seconds=20) as served:
        door = served.door
        await door.begin()
        await door.post(learning("cohort"))
        await caught_up(door.service.runner)
        assert await door.service.runner.wait_for(7, 30)
        async with connected(served, "analyst") as socket:
            async with standing_still(door):
                await door.post(shown("learning/learning", "private"))
                await follow(socket, 0)
                heard = asyncio.create_task(hear(socket))
                await asyncio.wait([heard], timeout=0.3)
                assert not heard.done()
                await door.post(noted("organisation/mill"))
            first = await heard
            positions = [first["payload"]["data"]["timeline"]["position"]]
            positions += await entries(socket, 2)
            assert positions == [2, 5, 9]
